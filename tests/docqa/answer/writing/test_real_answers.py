"""Answers that a real model writes, with the check and the judgement; skipped without weights."""

from docqa.engine import Engine
from docqa.settings import Settings
from docqa.types import AnswerStatus, AskRequest, Verdict
from tests.support.real_models import real_model
from tests.support.small_library import done, fill

LAW = (
    "职工累计工作已满一年不满十年的，年休假为五天。\n"
    "职工累计工作已满十年不满二十年的，年休假为十天；已满二十年的，年休假为十五天。\n"
    "请事假应当提前三个工作日书面申请。"
)


def test_a_right_answer_in_other_words_is_not_taken_for_none(library):
    fill(library, {"休假.txt": LAW})
    with Engine(Settings()) as engine:
        engine.use_settings(model_engine="llama", model_name=str(real_model("qwen05")))
        request = AskRequest("满十年的年假有几天？", scope=("休假.txt",), save=False)
        answer = done(engine.ask(request))
    assert answer.status is not AnswerStatus.NOT_FOUND
    assert answer.sentences[0].verdict is Verdict.SUPPORTED
    assert "满十年不满二十年" in answer.citations[0].quote
