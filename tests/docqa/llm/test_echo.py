import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from docqa.errors import ContextTooSmall, ModelError
from docqa.llm import open_model
from docqa.llm.model import Model
from docqa.settings import ModelSettings, Settings

PROMPT = (
    "资料：\n[1] 休假制度\n年休假为十天。需提前申请。\n\n"
    "[2] 病假\n病假须附证明。\n\n问题：年假几天？"
)


def echo(**changes: object) -> Model:
    return open_model(Settings(model=ModelSettings(engine="echo", **changes)))


def test_cites_the_passages_it_is_given() -> None:
    answer = echo().chat.invoke([SystemMessage("只用资料回答。"), HumanMessage(PROMPT)])
    assert answer.content == "年休假为十天。[1]\n病假须附证明。[2]"


def test_repeats_a_prompt_without_passages() -> None:
    assert echo().chat.invoke([HumanMessage("你好，世界 hello")]).content == "你好，世界 hello"


def test_streams_pieces_and_ends_with_usage() -> None:
    chunks = list(echo().chat.stream([HumanMessage("一二三 four")]))
    assert [chunk.content for chunk in chunks] == ["一", "二", "三", " four", ""]
    assert chunks[-1].usage_metadata["output_tokens"] == 4
    assert chunks[-1].response_metadata["finish_reason"] == "stop"


def test_stops_when_cancelled_and_keeps_what_was_said() -> None:
    answers = iter([False, False, True])
    answer = echo().chat.invoke([HumanMessage("一二三四")], cancelled=lambda: next(answers))
    assert (answer.content, answer.response_metadata["finish_reason"]) == ("一二", "cancelled")


def test_stops_before_a_stop_word_spread_over_pieces() -> None:
    assert echo().chat.invoke([HumanMessage("甲乙丙丁戊")], stop=["丙丁"]).content == "甲乙"


def test_refuses_a_prompt_that_leaves_no_room_for_the_answer() -> None:
    model = echo(context=100, max_tokens=60)
    with pytest.raises(ContextTooSmall) as error:
        model.chat.invoke([HumanMessage("字" * 41)])
    assert error.value.facts == {"prompt": 41, "reserve": 60, "available": 100}


def test_a_closed_model_says_so() -> None:
    model = echo()
    model.close()
    with pytest.raises(ModelError, match="closed"):
        _ = model.chat
