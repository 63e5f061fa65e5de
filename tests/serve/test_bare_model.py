"""Chat completions by the model alone, whole and as a stream; and what a client's talk asks."""

import asyncio
import json

import pytest

from docqa.engine.serving import ServingEngine
from docqa.errors import QueryError
from docqa.serve.bare_model import BareChat
from docqa.serve.chat_completions import ask_request, is_helper
from docqa.serve.wire import ChatRequest, Message, StreamOptions
from docqa.settings import ModelSettings, Settings
from tests.support.serving import filled_home

TALK = [Message("developer", "简短。"), Message("user", "年假有几天？")]


@pytest.fixture
def engine(home):
    filled_home(home)
    with ServingEngine(Settings(model=ModelSettings(engine="echo"))) as opened:
        yield opened


def test_the_stream_says_what_the_whole_says(engine):
    request = ChatRequest("docqa", TALK, stream_options=StreamOptions(include_usage=True))

    async def stream():
        return [event async for event in BareChat(engine, request).stream()]

    whole = asyncio.run(BareChat(engine, request).whole())
    said = whole["choices"][0]["message"]["content"]
    events = [json.loads(one.removeprefix(b"data: ")) for one in asyncio.run(stream())]
    deltas = [one["choices"][0]["delta"] for one in events if one["choices"]]
    assert "".join(delta.get("content", "") for delta in deltas) == said != ""
    assert whole["choices"][0]["finish_reason"] == "stop"
    assert [one for one in events if one.get("usage")]


def test_the_last_question_is_asked_and_the_turns_before_go_with_it():
    talk = [Message("user", "年假？"), Message("assistant", "八天。"), Message("user", "病假呢？")]
    request = ask_request(talk)
    assert request.question == "病假呢？"
    assert [(turn.question, turn.answer.text) for turn in request.turns] == [("年假？", "八天。")]


def test_a_long_question_is_material_with_a_question_first_or_last():
    long = "\n".join(["第一条 说明。" * 400] * 3)
    for text in (f"{long}\n这说了什么？", f"这说了什么？\n{long}"):
        request = ask_request([Message("user", text)])
        assert request.question == "这说了什么？" and request.extra == long
    with pytest.raises(QueryError):
        ask_request([Message("user", "字" * 5000)])


@pytest.mark.parametrize("talk", [[], [Message("assistant", "你好。")], [Message("user", "  ")]])
def test_a_talk_without_a_question_is_refused(talk):
    with pytest.raises(QueryError):
        ask_request(talk)
    assert not is_helper(talk)
