"""docqa as a part of somebody else's LangChain program."""

import asyncio

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.output_parsers import StrOutputParser
from langchain_core.runnables import RunnableLambda

import docqa
from docqa import AskRequest, Engine, SearchRequest, Settings
from docqa.langchain import AnswerChain, LibraryRetriever
from tests.support.small_library import done, open_filled

QUESTION = "病假什么时候通知主管？"


@pytest.fixture(params=["quotes", "echo"])
def engine(home, request):
    with open_filled(home / "libraries" / "default"), Engine(Settings()) as opened:
        opened.use_settings(model_engine=request.param)
        yield opened


class Runs(BaseCallbackHandler):
    """Notes the runs it is told of."""

    def __init__(self):
        self.names = []

    def on_chain_start(self, serialized, inputs, **facts):
        self.names.append(facts.get("name"))

    def on_retriever_start(self, serialized, query, **facts):
        self.names.append("retriever")


def engine_text(engine, question):
    return done(engine.ask(AskRequest(question, save=False))).text


def test_the_answer_brings_its_citations(engine):
    message = AnswerChain(engine).invoke(QUESTION)
    answer = message.response_metadata
    assert message.text == answer["text"] and answer["question"] == QUESTION
    assert any("上午十点前通知主管" in passage["passage"]["text"] for passage in answer["passages"])
    if engine.settings.model.engine == "quotes":
        assert "上午十点前通知主管" in answer["citations"][0]["quote"]


def test_what_is_streamed_adds_up_to_a_message_with_the_metadata(engine):
    first, *others = AnswerChain(engine).stream(QUESTION)
    whole = sum(others, first)
    assert whole.text == whole.response_metadata["text"]
    assert whole.response_metadata["question"] == QUESTION


async def test_the_event_loop_is_free_while_it_answers(engine):
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(tick())
    chunks = [chunk async for chunk in AnswerChain(engine).astream(QUESTION)]
    beside.cancel()
    assert chunks[-1].response_metadata["question"] == QUESTION
    assert ticks > 1


def test_it_is_composed_and_batched_like_any_runnable(engine):
    chain = RunnableLambda(str.strip) | AnswerChain(engine) | StrOutputParser()
    leave, hotel = chain.batch([f"  {QUESTION}", "北京住宿费每晚多少？ "])
    assert leave == engine_text(engine, QUESTION) and hotel != leave


def test_its_steps_are_traced(engine):
    runs = Runs()
    AnswerChain(engine).invoke(QUESTION, {"callbacks": [runs]})
    assert runs.names[0] == "AnswerChain"
    assert ("retriever" in runs.names) == (engine.settings.model.engine == "echo")


def test_a_bare_question_leaves_no_session_and_a_request_does(engine):
    AnswerChain(engine).invoke(QUESTION)
    assert engine.sessions() == []
    session = AnswerChain(engine).invoke(AskRequest(QUESTION)).response_metadata["session"]
    assert [kept.id for kept in engine.sessions()] == [session]


def test_an_engine_is_a_retriever(engine):
    (document,) = LibraryRetriever(search=engine.search).invoke(QUESTION, k=1)
    found = engine.search(SearchRequest(QUESTION, k=1)).found[0].passage
    assert (document.page_content, document.id) == (found.text, str(found.id))


def test_the_public_names_are_few_and_there():
    assert sorted(docqa.__all__) == ["Answer", "AskRequest", "Engine", "SearchRequest", "Settings"]
    assert all(getattr(docqa, name).__name__ == name for name in docqa.__all__)
    with pytest.raises(AttributeError):
        _ = docqa.Motor
