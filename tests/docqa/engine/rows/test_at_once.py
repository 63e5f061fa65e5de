"""Several documents at once, where an endpoint answers: more in less time, in the same order."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from docqa.engine.rows.row_engine import map_in_order
from docqa.engine.rows.tables import TableEngine, columns_of
from docqa.settings import ModelSettings, Settings
from docqa.types import AnswerStatus, never
from tests.support.serving import listening
from tests.support.small_library import default_library

DOCUMENTS = {f"{n:02}.txt": f"会议纪要\n本次会议由第{n}小组在{n}号楼召开。" for n in range(1, 11)}
COLUMNS = columns_of(["哪个小组召开了会议？"])


class Endpoint(ThreadingHTTPServer):
    """Answers every question after a while, and counts how many wait at once."""

    daemon_threads = True
    under_way = most = asked = 0
    breaks_from = len(DOCUMENTS) + 1
    """The document from which on it hangs up."""
    lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            self.server.under_way += 1
            self.server.asked += 1
            self.server.most = max(self.server.most, self.server.under_way)
        text = asked["messages"][-1]["content"]
        number = text.partition("第")[2].partition("小组")[0]
        if int(number) >= self.server.breaks_from:
            with self.server.lock:
                self.server.under_way -= 1
            self.close_connection = True
            return
        # The earlier a document, the later its answer comes.
        time.sleep(0.3 - 0.02 * int(number))
        with self.server.lock:
            self.server.under_way -= 1
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        said = json.dumps({"value": f"第{number}小组"}, ensure_ascii=False)
        first = {"index": 0, "delta": {"role": "assistant", "content": said}, "finish_reason": None}
        for part in (first, {"index": 0, "delta": {}, "finish_reason": "stop"}):
            event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            self.wfile.write(f"data: {json.dumps({**event, 'choices': [part]})}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    with listening(Endpoint(("127.0.0.1", 0), Handler)) as server:
        yield server


@pytest.fixture
def engine(home, endpoint):
    pytest.importorskip("langchain_openai", reason="needs the extra endpoint")
    address = f"http://127.0.0.1:{endpoint.server_port}/v1"
    model = ModelSettings(engine="endpoint", endpoint=address, endpoint_model="m")
    with default_library(home, DOCUMENTS), TableEngine(Settings(model=model)) as opened:
        yield opened


def test_an_endpoint_is_asked_of_several_documents_and_the_rows_keep_their_order(engine, endpoint):
    rows = [row for _, _, row in engine.rows(COLUMNS, (), never)]
    assert [row.document for row in rows] == sorted(DOCUMENTS)
    assert [row.cells[0].value for row in rows] == [f"第{n}小组" for n in range(1, 11)]
    assert all(row.cells[0].status is AnswerStatus.ANSWERED for row in rows)
    assert 1 < endpoint.most <= 4


def test_as_many_as_the_user_says(engine, endpoint):
    assert len(list(engine.rows(COLUMNS, ["0[1-3]*"], never, jobs=1))) == 3
    assert endpoint.most == 1


def test_what_is_done_when_the_user_stops_is_kept_and_not_asked_again(engine, endpoint):
    stop = threading.Event()
    rows = []
    for _, _, row in engine.rows(COLUMNS, (), stop.is_set):
        rows.append(row)
        if len(rows) == 3:
            stop.set()
    assert len(rows) == 3
    again = [row for _, _, row in engine.rows(COLUMNS, (), never)]
    assert again[:3] == rows
    assert len(again) == len(DOCUMENTS)


def test_an_error_of_one_is_raised_in_its_turn():
    def work(number):
        return 1 / number

    results = map_in_order(work, [2, 1, 0, 4], 3)
    assert [next(results), next(results)] == [0.5, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_an_endpoint_that_hangs_up_costs_its_rows_and_they_are_asked_again(engine, endpoint):
    endpoint.breaks_from = 7
    rows = [row for _, _, row in engine.rows(COLUMNS, [], never)]
    assert [bool(row.error) for row in rows] == [False] * 6 + [True] * 4
    endpoint.breaks_from, endpoint.asked = 99, 0
    rows = [row for _, _, row in engine.rows(COLUMNS, [], never)]
    assert [row.cells[0].value for row in rows] == [f"第{n}小组" for n in range(1, 11)]
    assert endpoint.asked == 4
