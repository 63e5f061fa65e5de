"""Who is let in, and what a request may carry."""

import asyncio
import json

import pytest

from docqa.errors import UsageError
from docqa.serve import access, wire
from docqa.serve.access import MOST_BYTES, Access, BodyTooLarge, BodyTooSlow, signature
from docqa.serve.run import token_for
from docqa.types import Usage


def call(*, token="", headers=None, method="GET", path="/v1/models", query="", bodies=(b"",)):
    """The status and the headers of an answer, and what the application read."""
    read, sent = [], []

    async def app(_scope, receive, send):
        while (await_body := await receive()) and await_body.get("more_body"):
            read.append(await_body["body"])
        read.append(await_body["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    parts = [
        {"type": "http.request", "body": body, "more_body": n + 1 < len(bodies)}
        for n, body in enumerate(bodies)
    ]

    async def receive():
        return parts.pop(0)

    async def send(message):
        sent.append(message)

    named = {"host": "127.0.0.1:8765", **(headers or {})}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in named.items()],
    }
    asyncio.run(Access(app, token, origins=["https://known.example"])(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(read)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:1"}, 200),
        ({"host": "[::1]:8765"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "[bad"}, 421),
        ({"origin": "http://127.0.0.1:8765"}, 200),
        ({"origin": "https://known.example"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"content-length": str(MOST_BYTES + 1)}, 413),
        ({"content-length": "many"}, 413),
    ],
)
def test_only_known_hosts_and_origins_and_bodies_of_some_size(headers, status):
    assert call(headers=headers)[0] == status


def test_a_token_is_asked_for_but_not_for_health():
    assert call(token="geheim")[0] == 401
    assert call(token="geheim", headers={"authorization": "Bearer wrong"})[0] == 401
    assert call(token="geheim", headers={"authorization": "Bearer geheim"})[0] == 200
    assert call(token="geheim", path="/health")[0] == 200


def test_a_signed_link_opens_its_own_page_alone():
    path, link = "/documents/1", "start=3&end=9"
    key = signature("geheim", f"{path}?{link}")
    assert call(token="geheim", path=path, query=f"{link}&key={key}")[0] == 200
    assert call(token="geheim", path="/documents/2", query=f"{link}&key={key}")[0] == 401


def test_a_known_origin_may_ask_before_and_is_named_in_the_answer():
    origin = {"origin": "https://known.example"}
    status, headers, read = call(headers=origin, method="OPTIONS")
    assert (status, read) == (200, b"")
    assert headers[b"access-control-allow-origin"] == b"https://known.example"
    assert call(headers=origin)[1][b"access-control-allow-origin"] == b"https://known.example"


def test_a_body_comes_in_parts_and_ends_at_the_limit(monkeypatch):
    assert call(bodies=(b"ab", b"cd"))[2] == b"abcd"
    monkeypatch.setattr(access, "MOST_BYTES", 3)
    with pytest.raises(BodyTooLarge):
        call(bodies=(b"ab", b"cd"))


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(access, "_SECONDS_FOR_BODY", 0.01)

    async def slow():
        await asyncio.sleep(5)

    with pytest.raises(BodyTooSlow):
        asyncio.run(access._Limited(slow)())


def test_beyond_this_machine_a_token_must_be_given():
    assert token_for("127.0.0.1", "") == ""
    assert token_for("0.0.0.0", "eigen") == "eigen"
    with pytest.raises(UsageError):
        token_for("0.0.0.0", "")


def test_the_shapes_of_the_api():
    message = wire.Message("user", [wire.TextPart("text", "你"), wire.TextPart("image_url")])
    assert message.text == "你" and wire.Message("user").text == ""
    request = wire.ChatRequest("m", [message], max_tokens=5, max_completion_tokens=7)
    assert request.limit == 7
    reply = wire.Reply("m")
    chunk = json.loads(reply.chunk({"content": "好"}).removeprefix(b"data: "))
    assert chunk["choices"][0]["delta"] == {"content": "好"} and chunk["id"] == reply.id
    assert json.loads(reply.usage(Usage()).removeprefix(b"data: "))["choices"] == []
    assert wire.comment("a\nb") == b": a b\n\n"
