"""Material handed over with a question."""

from docqa.engine import Engine
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import AnswerStatus, AskRequest, Warned
from tests.support.small_library import done

MAIL = "各位好：\n支付联调的负责人是刘洋，联调定于5月9日开始。\n测试账号请向运维组申请。\n"


def test_the_material_answers_and_is_cited_as_such(engine):
    answer = done(engine.ask(AskRequest("支付联调的负责人是谁？", extra=MAIL)))
    first = answer.citations[0]
    assert answer.status is not AnswerStatus.NOT_FOUND
    assert "刘洋" in first.quote
    assert MAIL[first.start : first.end] == first.quote
    assert first.document == "your material"


def test_the_library_still_answers_beside_material(engine):
    events = list(engine.ask(AskRequest("年休假有几天？", extra=MAIL)))
    assert "年休假为八天" in events[-1].answer.citations[0].quote
    told = [event.message for event in events if isinstance(event, Warned)]
    assert "answer.material_aside" in told


def test_a_question_about_the_material_is_asked_of_nothing_else(engine):
    answer = done(engine.ask(AskRequest("这份材料里年休假有几天？", extra=MAIL)))
    assert {found.passage.document for found in answer.passages} == {"your material"}


def test_what_the_material_says_is_told_in_short(engine):
    answer = done(engine.ask(AskRequest("这份材料说了什么？", extra=MAIL)))
    assert "刘洋" in answer.text
    assert all(citation.document == "your material" for citation in answer.citations)


def test_an_empty_library_does_not_keep_the_material_from_answering(home):
    Library.open(home / "libraries" / "空", create=True).close()
    with Engine(Settings(), "空") as engine:
        answer = done(engine.ask(AskRequest("联调什么时候开始？", extra=MAIL)))
    assert "5月9日" in answer.citations[0].quote


def test_a_model_reads_the_material_as_a_numbered_passage(echo):
    answer = done(echo.ask(AskRequest("支付联调的负责人是谁？", extra=MAIL)))
    assert "your material" in {citation.document for citation in answer.citations}
