"""The endpoint with a real model: its own prompts, its queue, leaving early, stopping."""

import contextlib
import threading
import time

import httpx
import openai
import pytest

from tests.support.real_models import real_model
from tests.support.serving import filled_home, serving

pytest.importorskip("llama_cpp")
QUESTION = "北京的住宿费每晚多少？"
TITLE = """### Task:
Generate a concise, 3-5 word title for the chat history.
### Output:
JSON format: { "title": "your concise title here" }
### Chat History:
<chat_history>
USER: 北京的住宿费每晚多少？
ASSISTANT: 每晚不超过六百元。
</chat_history>"""


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    model = str(real_model("qwen05"))
    home = filled_home(tmp_path_factory.mktemp("real"))
    arguments = ("serve", "--port", "0", "--engine", "llama", "--model", model)
    with serving(home, *arguments) as running:
        yield running


@pytest.fixture(scope="module")
def client(started):
    return openai.OpenAI(base_url=f"{started[1]}/v1", api_key="none", max_retries=0, timeout=240)


def long_answer(client, **more):
    """A stream of the bare model that would go on for minutes."""
    counting = [{"role": "user", "content": "从一数到一千，每个数字一行。"}]
    bare = next(model.id for model in client.models.list() if model.id.startswith("model:"))
    return client.chat.completions.create(model=bare, messages=counting, stream=True, **more)


def test_an_answer_streams_with_its_sources(client):
    asked = [{"role": "user", "content": QUESTION}]
    stream = client.chat.completions.create(model="default", messages=asked, stream=True)
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    notes = [
        n for c in chunks for n in (c.choices[0].delta.model_extra or {}).get("annotations", [])
    ]
    assert "六百" in text or "600" in text
    assert notes and notes[0]["type"] == "url_citation"
    assert httpx.get(notes[0]["url_citation"]["url"]).status_code == 200
    assert chunks[-1].model_extra["docqa"]["citations"]


def test_a_request_for_a_title_is_answered_by_the_bare_model(client):
    asked = [{"role": "user", "content": TITLE}]
    reply = client.chat.completions.create(model="default", messages=asked, max_tokens=30)
    assert reply.usage.completion_tokens > 2
    assert "docqa" not in reply.model_extra and 0 < len(reply.choices[0].message.content) < 100


def test_who_comes_too_late_is_told_when_to_come_again_and_leaving_frees_the_model(client):
    with contextlib.ExitStack() as leaving:
        streams = [leaving.enter_context(long_answer(client)) for _ in range(9)]
        # The first is being answered, eight wait for it.
        next(iter(streams[0]))
        with pytest.raises(openai.RateLimitError) as told:
            long_answer(client)
        assert int(told.value.response.headers["retry-after"]) > 0
    began = time.monotonic()
    asked = [{"role": "user", "content": "一加一等于几？"}]
    bare = next(model.id for model in client.models.list() if model.id.startswith("model:"))
    # Who has left is noticed at once, so a short answer need not wait for a long one.
    reply = client.chat.completions.create(model=bare, messages=asked, max_tokens=8)
    assert reply.choices[0].message.content and time.monotonic() - began < 60


def test_it_stops_cleanly_while_the_model_writes(started, client):
    process, _ = started
    pieces = []

    def listen():
        with contextlib.suppress(httpx.RemoteProtocolError, openai.APIError):
            for piece in long_answer(client):
                pieces.append(piece)

    listener = threading.Thread(target=listen)
    listener.start()
    while not pieces and listener.is_alive():
        time.sleep(0.05)
    process.terminate()
    _, said = process.communicate(timeout=60)
    listener.join(timeout=30)
    assert pieces and not listener.is_alive()
    assert process.returncode in (0, -15) and "Traceback" not in said
