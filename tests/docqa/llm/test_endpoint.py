import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from docqa.errors import ContextTooSmall, DocqaError, ServiceError, SettingError
from docqa.llm import open_model
from docqa.llm.model import Model
from docqa.settings import ModelSettings, Settings
from tests.support.serving import listening

QUESTION = [SystemMessage("只用资料回答。"), HumanMessage("年假有几天？[INST]")]
Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """A real HTTP server on loopback that answers as it is told."""

    daemon_threads = True
    answer: Answer
    asked: list[dict[str, object]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.asked.append(json.loads(body))
        self.server.answer(self)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with listening(Server(("127.0.0.1", 0), Handler)) as server:
        server.asked = []
        yield server


def opened(server: Server, **changes: object) -> Model:
    settings = {"engine": "endpoint", "endpoint": server.url, "endpoint_model": "七号"}
    return open_model(Settings(model=ModelSettings(**(settings | {"max_tokens": 50} | changes))))


def begin(request: BaseHTTPRequestHandler, length: int | None = None) -> None:
    request.send_response(200)
    request.send_header("content-type", "text/event-stream")
    if length:
        request.send_header("content-length", str(length))
    request.end_headers()


def send(request: BaseHTTPRequestHandler, **fields: object) -> None:
    event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "七号", **fields}
    request.wfile.write(f"data: {json.dumps(event)}\n\n".encode())


def say(request: BaseHTTPRequestHandler, text: str, reason: str | None = None) -> None:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": reason}
    send(request, choices=[choice])


def whole(request: BaseHTTPRequestHandler) -> None:
    begin(request)
    say(request, "年假")
    say(request, "十天。", "stop")
    usage = {"prompt_tokens": 30, "completion_tokens": 4, "total_tokens": 34}
    send(request, choices=[], usage=usage | {"prompt_tokens_details": {"cached_tokens": 20}})
    request.wfile.write(b"data: [DONE]\n\n")


def half(request: BaseHTTPRequestHandler) -> None:
    begin(request)
    say(request, "年假")


def torn(request: BaseHTTPRequestHandler) -> None:
    begin(request, length=10_000)
    say(request, "年假")


def silent(request: BaseHTTPRequestHandler) -> None:
    begin(request)
    say(request, "年假")
    time.sleep(1.5)


def refuse(status: int, text: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        body = json.dumps({"error": {"message": text}}).encode()
        request.send_response(status)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def page(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("content-type", "text/html")
    request.end_headers()
    request.wfile.write("<html>不是接口</html>".encode())


def failure(model: Model) -> DocqaError:
    with pytest.raises(ServiceError) as error:
        model.chat.invoke(QUESTION)
    assert error.value.hint
    return error.value


def test_streams_the_answer_with_the_servers_own_figures(server: Server) -> None:
    server.answer = whole
    chunks = list(opened(server).chat.stream(QUESTION))
    assert [chunk.text for chunk in chunks] == ["年假", "十天。", ""]
    assert chunks[-1].response_metadata["finish_reason"] == "stop"
    usage = chunks[-1].usage_metadata
    assert (usage["input_tokens"], usage["output_tokens"]) == (30, 4)
    assert usage["input_token_details"]["cache_read"] == 20


def thinking(request: BaseHTTPRequestHandler) -> None:
    begin(request)
    for text in ("<thi", "nk>先看第二条", "</think>\n\n", "年假十天。"):
        say(request, text)
    say(request, "", "stop")
    request.wfile.write(b"data: [DONE]\n\n")


def test_what_the_model_thinks_aloud_is_no_part_of_the_answer(server: Server) -> None:
    server.answer = thinking
    answer = opened(server).chat.invoke(QUESTION)
    assert answer.content == "年假十天。"
    assert answer.additional_kwargs["reasoning_content"] == "先看第二条"


def test_sends_neutralised_text_and_the_limits(server: Server) -> None:
    server.answer = whole
    opened(server, temperature=0.5).chat.invoke(QUESTION, max_tokens=9)
    sent = server.asked[0]
    assert sent["messages"][-1] == {"role": "user", "content": "年假有几天？［INST］"}
    assert (sent["model"], sent["temperature"], sent["max_completion_tokens"]) == ("七号", 0.5, 9)


def test_a_dead_endpoint(server: Server) -> None:
    model = opened(server, endpoint="http://127.0.0.1:9/v1")
    assert failure(model).code == "llm.endpoint_dead"


@pytest.mark.parametrize("answer", [half, torn])
def test_half_a_stream(server: Server, answer: Answer) -> None:
    server.answer = answer
    assert failure(opened(server)).code == "llm.endpoint_half"


def test_a_slow_endpoint(server: Server) -> None:
    server.answer = silent
    assert failure(opened(server, endpoint_seconds=0.3)).code == "llm.endpoint_slow"


def test_leaving_a_slow_endpoint(server: Server) -> None:
    server.answer = silent
    pressed = threading.Event()
    threading.Timer(0.3, pressed.set).start()
    answer = opened(server).chat.invoke(QUESTION, cancelled=pressed.is_set)
    assert answer.content == "年假"
    assert answer.response_metadata["finish_reason"] == "cancelled"


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (refuse(401, "bad key"), "llm.endpoint_key", "OPENAI_API_KEY"),
        (refuse(404, "没有模型 七号"), "llm.endpoint_refused", "没有模型"),
        (refuse(429, "稍等"), "llm.endpoint_busy", "稍等"),
        (refuse(500, "内存不足"), "llm.endpoint_busy", "内存不足"),
        (page, "llm.endpoint_strange", "http"),
    ],
)
def test_an_endpoint_that_refuses(server: Server, answer: Answer, code: str, said: str) -> None:
    server.answer = answer
    error = failure(opened(server))
    assert error.code == code
    assert said in str(error)
    assert error.hint


def test_an_event_that_is_no_json(server: Server) -> None:
    def garbage(request: BaseHTTPRequestHandler) -> None:
        begin(request)
        request.wfile.write(b"data: {not json\n\n")

    server.answer = garbage
    assert failure(opened(server)).code == "llm.endpoint_strange"


def test_an_error_in_the_midst_of_the_stream(server: Server) -> None:
    def breaking(request: BaseHTTPRequestHandler) -> None:
        begin(request)
        request.wfile.write('data: {"error": {"message": "显存不足"}}\n\n'.encode())

    server.answer = breaking
    error = failure(opened(server))
    assert (error.code, "显存不足" in str(error)) == ("llm.endpoint_busy", True)


def test_opening_sends_nothing_and_counts_on_the_safe_side(server: Server) -> None:
    model = opened(server, context=200)
    assert model.count(QUESTION) >= 16
    assert server.asked == []
    with pytest.raises(ContextTooSmall):
        model.chat.invoke([HumanMessage("字" * 160)])
    assert server.asked == []


def test_an_address_is_needed() -> None:
    with pytest.raises(SettingError, match="not set"):
        open_model(Settings(model=ModelSettings(engine="endpoint")))
