"""Answers worded by a model, here the echo engine: the chain, its events, its checks."""

import pytest
from langchain_core.callbacks import BaseCallbackHandler

from docqa.answer.checking.marks import without_marks
from docqa.engine import Engine
from docqa.errors import ContextTooSmall
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import (
    AnswerMode,
    AnswerStatus,
    AskRequest,
    Cited,
    ContextPacked,
    Done,
    PassagesFound,
    Progress,
    Rewritten,
    Token,
    Verdict,
    Withdrawn,
)
from tests.support.small_library import done, fill

QUESTION = "去上海出差住宿费每晚最多多少？"


class Heard(BaseCallbackHandler):
    def __init__(self):
        self.names = []

    def on_chain_start(self, serialized, inputs, *, name="", **kwargs):
        self.names.append(name)

    def on_retriever_start(self, *args, **kwargs):
        self.names.append("retriever")

    def on_chat_model_start(self, *args, **kwargs):
        self.names.append("chat model")


def test_events_tell_search_packing_words_and_citations(echo):
    events = list(echo.ask(AskRequest(QUESTION)))
    kinds = [type(event) for event in events]
    assert kinds[:3] == [PassagesFound, ContextPacked, Token]
    assert Cited in kinds and kinds[-1] is Done
    streamed = "".join(event.text for event in events if isinstance(event, Token))
    assert streamed.strip() == events[-1].answer.text


async def test_async_tells_the_same_as_sync(echo):
    request = AskRequest(QUESTION, save=False)
    there = [event async for event in echo.aask(request)]
    here = list(echo.ask(request))
    assert [type(event) for event in there] == [type(event) for event in here]
    assert there[-1].answer.text == here[-1].answer.text


def test_callbacks_hear_every_step_of_the_chain(echo):
    heard = Heard()
    list(echo.ask(AskRequest(QUESTION), config={"callbacks": [heard], "tags": ["测试"]}))
    assert {"answer", "rewrite", "find", "retriever", "pack", "chat model"} <= set(heard.names)


def test_the_answer_counts_its_tokens(echo):
    answer = done(echo.ask(AskRequest(QUESTION)))
    assert answer.usage.prompt_tokens > 100
    assert answer.usage.answer_tokens > 5
    assert answer.budget.found >= answer.budget.fitted > 0


def test_words_alone_do_not_refuse_where_everything_fits_the_window(echo):
    heard = Heard()
    events = list(echo.ask(AskRequest("唐朝的开国皇帝是谁？"), config={"callbacks": [heard]}))
    (packed,) = [event for event in events if isinstance(event, ContextPacked)]
    assert "chat model" in heard.names and len(packed.budget.whole) == 3
    # What echo repeats stands there, but speaks of nothing that was asked.
    answer = events[-1].answer
    assert answer.status is AnswerStatus.NOT_FOUND
    assert answer.text == REFUSED and not answer.citations
    # The words that count for nothing are taken back before the refusal comes.
    at = next(n for n, event in enumerate(events) if isinstance(event, Withdrawn))
    assert "".join(event.text for event in events[at:] if isinstance(event, Token)) == REFUSED


def test_nothing_relevant_means_no_prompt_where_not_everything_fits(echo):
    echo.use_settings(model_context=300, model_max_tokens=50)
    heard = Heard()
    answer = done(echo.ask(AskRequest("唐朝的开国皇帝是谁？"), config={"callbacks": [heard]}))
    assert answer.status is AnswerStatus.NOT_FOUND
    assert "chat model" not in heard.names


def test_open_answers_anyway_and_says_from_where(echo):
    answer = done(echo.ask(AskRequest("唐朝的开国皇帝是谁？", open=True)))
    assert answer.status is AnswerStatus.ANSWERED
    assert not answer.from_documents and not answer.citations


REFUSED = "文档中没有找到这个问题的答案。"


@pytest.fixture
def refusing(home):
    """The echo engine over a passage that it can only repeat, which is what a refusal says."""
    with Library.open(home / "libraries" / "default", create=True) as library:
        fill(library, {"笔记.txt": REFUSED})
    with Engine(Settings()) as engine:
        engine.use_settings(model_engine="echo")
        yield engine


def test_a_refusal_of_the_model_is_an_answer_not_found(refusing):
    answer = done(refusing.ask(AskRequest("文档中没有找到哪个问题的答案？")))
    # The search is sure of what it found, so the reader gets the passage as well.
    assert answer.status is AnswerStatus.PERHAPS
    assert not any(sentence.verdict is Verdict.CONTRADICTED for sentence in answer.sentences)


async def test_an_open_question_is_asked_openly_after_the_model_refused(refusing):
    request = AskRequest("文档中没有找到哪个问题的答案？", open=True, save=False)
    events = list(refusing.ask(request))
    answer = events[-1].answer
    assert answer.status is AnswerStatus.ANSWERED
    assert not answer.from_documents and not answer.citations
    assert answer.text.startswith(REFUSED) and len(answer.text) > len(REFUSED) + 5
    streamed = "".join(event.text for event in events if isinstance(event, Token))
    assert without_marks(streamed).strip() == answer.text
    there = [event async for event in refusing.aask(request)]
    assert there[-1].answer.text == answer.text


def test_a_follow_up_is_completed_and_can_be_undone(echo):
    first = done(echo.ask(AskRequest("T3-800 的容量是多少？")))
    events = list(echo.ask(AskRequest("它保修多久？", session=first.session)))
    rewritten = [event for event in events if isinstance(event, Rewritten)]
    assert rewritten and "T3-800" in rewritten[0].question
    asked = AskRequest("它保修多久？", session=first.session, rewrite=False)
    assert not any(isinstance(event, Rewritten) for event in echo.ask(asked))


def test_passages_stand_before_the_conversation(echo):
    first = done(echo.ask(AskRequest("T3-800 的容量是多少？")))
    plan = echo.plan_prompt(AskRequest("它的保修期是多久？", session=first.session))
    roles = [role for role, _ in plan.messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert "[1]" in plan.messages[1][1] and "[1]" not in plan.messages[3][1]


def test_extra_material_stands_in_the_prompt_without_a_number(echo):
    plan = echo.plan_prompt(
        AskRequest("这违反了住宿标准吗？出差住宿费", extra="我住了每晚九百元的酒店。")
    )
    assert "每晚九百元" in plan.messages[-1][1]


def test_refine_goes_through_groups_and_cites_the_later_ones(echo, library):
    rules = "\n".join(f"第{n}号仓库的保管员每天清点货物，并登记第{n}号台账。" for n in range(1, 25))
    fill(library, {"仓库.txt": rules}, size=60)
    echo.use_settings(model_context=600, model_max_tokens=60)
    request = AskRequest(
        "仓库的保管员每天清点货物并登记什么台账？",
        k=20,
        mode=AnswerMode.REFINE,
        scope=("仓库.txt",),
    )
    events = list(echo.ask(request))
    answer = events[-1].answer
    assert any(isinstance(event, Progress) for event in events)
    assert answer.status is not AnswerStatus.NOT_FOUND
    assert max(citation.n for citation in answer.citations) > 2


def test_a_window_too_small_for_one_passage_is_a_clear_error(echo):
    echo.use_settings(model_context=150, model_max_tokens=50)
    with pytest.raises(ContextTooSmall) as error:
        list(echo.ask(AskRequest(QUESTION)))
    assert error.value.exit_code == 1 and error.value.hint


def test_asking_again_never_needs_more_than_the_window(echo, library):
    # Repeated in English: the wrong language for the question, so it is asked again.
    text = " ".join(f"T3-800 teapot number {n} holds {n} litres of water." for n in range(60))
    fill(library, {"teapots.txt": text}, size=120)
    again = 0
    for window in range(500, 620, 10):
        echo.use_settings(model_context=window, model_max_tokens=60)
        request = AskRequest("T3-800 teapot 的容量？", scope=("teapots.txt",), save=False)
        events = list(echo.ask(request))
        assert isinstance(events[-1], Done)
        again += any(isinstance(event, Withdrawn) for event in events)
    assert again


def test_a_cancelled_answer_keeps_its_words(echo):
    said = []
    answer = None
    for event in echo.ask(AskRequest(QUESTION), lambda: len(said) > 3):
        if isinstance(event, Token):
            said.append(event.text)
        if isinstance(event, Done):
            answer = event.answer
    assert answer.status is AnswerStatus.CANCELLED
    assert answer.text == "".join(said).strip()
    assert echo.session(answer.session)[1][-1].answer.text == answer.text
