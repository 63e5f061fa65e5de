"""The OpenAI-compatible endpoint, asked by the clients that people use."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from html import unescape
from html.parser import HTMLParser

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI

from docqa.serve.http_app import http_app
from docqa.serve.libraries import Libraries
from docqa.settings import Settings
from tests.support.serving import ENVIRONMENT, filled_home, serving
from tests.support.small_library import TRAVEL

QUESTION = "病假什么时候通知主管？"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = filled_home(tmp_path_factory.mktemp("serve"))
    with serving(home, "serve", "--port", "0", "--engine", "echo") as (_, at):
        yield at


@pytest.fixture(scope="module")
def client(address):
    return openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)


def ask(question, model="default:quotes"):
    return {"model": model, "messages": [{"role": "user", "content": question}]}


def test_libraries_are_models_and_vector_stores(client):
    names = [model.id for model in client.models.list()]
    assert names[:2] == ["default", "default:quotes"] and names[2].startswith("model:")
    assert [store.id for store in client.vector_stores.list()] == ["default"]


def test_the_official_client_gets_an_answer_with_citations(client):
    completion = client.chat.completions.create(**ask(QUESTION))
    message = completion.choices[0].message
    assert "上午十点前通知主管" in message.content and "[1] 假期.txt" in message.content
    annotation = message.annotations[0].url_citation
    assert message.content[annotation.start_index : annotation.end_index] == "[1]"
    extension = completion.model_extra["docqa"]
    assert extension["status"] in {"answered", "perhaps"}
    assert "上午十点" in extension["citations"][0]["quote"]


def test_a_stream_brings_text_annotations_usage_and_its_end(client):
    stream = client.chat.completions.create(
        **ask(QUESTION, "default"), stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert chunks[0].choices[0].delta.role == "assistant" and text
    assert chunks[-1].usage.total_tokens > 0 and not chunks[-1].choices
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"


def test_langchain_asks_it_like_any_other_endpoint(address):
    chat = ChatOpenAI(base_url=f"{address}/v1", api_key="none", model="default:quotes")
    assert "上午十点前通知主管" in chat.invoke(QUESTION).text
    assert "上午十点前通知主管" in "".join(str(piece.text) for piece in chat.stream(QUESTION))


def test_the_official_client_searches_a_vector_store(client):
    found = client.vector_stores.search("default", query="茶壶保修", max_num_results=2).data
    assert found[0].filename == "茶壶.txt" and "24 个月" in found[0].content[0].text


def test_what_is_not_in_the_documents_is_refused(client):
    message = client.chat.completions.create(**ask("唐朝的开国皇帝是谁？")).choices[0].message
    assert message.refusal and message.refusal in message.content
    assert not message.annotations


def test_a_client_s_own_prompts_reach_the_bare_model(address):
    body = ask("### Task:\nGenerate a concise title for this chat.", "default")
    reply = httpx.post(f"{address}/v1/chat/completions", json=body).json()
    assert "docqa" not in reply and reply["choices"][0]["message"]["content"]


def test_earlier_turns_complete_a_follow_up(client):
    messages = [
        {"role": "user", "content": "北京的住宿费每晚多少？"},
        {"role": "assistant", "content": "不超过六百元。"},
        {"role": "user", "content": "其他城市呢？"},
    ]
    completion = client.chat.completions.create(model="default:quotes", messages=messages)
    assert "三百五十元" in completion.choices[0].message.content


class _Marked(HTMLParser):
    """Gathers what is marked, and every tag."""

    def __init__(self):
        super().__init__()
        self.tags, self.marked, self._inside = [], "", False

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._inside = self._inside or (tag == "mark")

    def handle_endtag(self, tag):
        self._inside = self._inside and tag != "mark"

    def handle_data(self, data):
        self.marked += data if self._inside else ""


def test_a_citation_s_link_opens_the_document_with_the_sentence_marked(client):
    completion = client.chat.completions.create(**ask("北京的住宿费每晚多少？"))
    extension = completion.model_extra["docqa"]["citations"][0]
    link = completion.choices[0].message.annotations[0].url_citation.url
    page = httpx.get(link)
    marked = _Marked()
    marked.feed(page.text)
    assert marked.marked == extension["quote"] == TRAVEL[extension["start"] : extension["end"]]
    assert link.endswith("#cited") and 'id="cited"' in page.text
    assert "script" not in marked.tags
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/chat/completions", b"{", 400),
        ("POST", "/v1/chat/completions", b"\xff\xfe", 400),
        ("POST", "/v1/chat/completions", b'{"model":"default","messages":[]}', 400),
        ("POST", "/v1/chat/completions", b'{"model":"gone","messages":[{"role":"user"}]}', 404),
        (
            "POST",
            "/v1/chat/completions",
            b'{"model":"../../etc","messages":[{"role":"user"}]}',
            404,
        ),
        ("POST", "/v1/chat/completions", b'{"model":"model:x","messages":[]}', 400),
        ("POST", "/v1/embeddings", b'{"model":"x","input":[]}', 400),
        ("POST", "/v1/vector_stores/gone/search", b'{"query":"a"}', 404),
        ("POST", "/v1/vector_stores/default/search", b'{"query":""}', 400),
        ("GET", "/d/default/999", b"", 404),
        ("GET", "/d/default/1?start=x", b"", 400),
        ("GET", "/d/..%2f..%2fetc/1", b"", 404),
        ("GET", "/v1/nothing", b"", 404),
        ("GET", f"/d/default/{10**30}", b"", 404),
        ("DELETE", "/v1/models", b"", 405),
    ],
)
def test_bad_requests_get_one_clear_error(address, method, path, body, status):
    reply = httpx.request(method, address + path, content=body)
    assert (reply.status_code, set(reply.json())) == (status, {"error"}), reply.text
    assert "Traceback" not in reply.text and reply.json()["error"]["message"]


async def test_an_error_that_nobody_foresaw_is_told_without_its_details():
    class Broken(Libraries):
        def engine(self, name):
            raise RuntimeError("secret")

    app = httpx.ASGITransport(http_app(Broken(Settings(), "default")), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=app, base_url="http://localhost") as client:
        reply = await client.get("/v1/models")
    assert reply.status_code == 500 and reply.json()["error"]["code"] == "failed"
    assert "secret" not in reply.text


def test_pages_and_hosts_from_elsewhere_are_turned_away(address):
    assert httpx.get(f"{address}/v1/models", headers={"Host": "evil.example"}).status_code == 421
    strange = {"Origin": "https://evil.example"}
    assert httpx.get(f"{address}/v1/models", headers=strange).status_code == 403


def test_a_body_that_is_too_large_is_refused_before_it_is_read(address):
    host, port = re.match(r"http://(.*):(\d+)", address).groups()
    with socket.create_connection((host, int(port))) as sender:
        sender.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Length: 5000000\r\n\r\n"
        )
        assert sender.recv(100).startswith(b"HTTP/1.1 413")


def test_many_ask_at_once(address):
    results = []

    def search():
        reply = httpx.post(
            f"{address}/v1/vector_stores/default/search", json={"query": "住宿费"}, timeout=60
        )
        results.append(reply.status_code)

    threads = [threading.Thread(target=search) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [200] * 30


def test_a_client_that_sends_nothing_disturbs_nobody(address):
    host, port = re.match(r"http://(.*):(\d+)", address).groups()
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n")
        assert httpx.get(f"{address}/health").json()["status"] == "ok"


def test_others_than_this_machine_need_a_token(tmp_path, home):
    from docqa.cli import run

    filled_home(home)
    assert run(["serve", "--host", "0.0.0.0"]) == 2


def test_what_another_process_reads_meanwhile_is_found(tmp_path):
    home = filled_home(tmp_path / "home")
    notice = tmp_path / "公告.txt"
    notice.write_text("食堂周五供应饺子。", encoding="utf-8")
    with serving(home, "serve", "--port", "0", "--engine", "quotes") as (_, at):
        search = f"{at}/v1/vector_stores/default/search"
        before = httpx.post(search, json={"query": "食堂饺子"}, timeout=60).json()["data"]
        assert "公告" not in str(before)
        subprocess.run(
            [sys.executable, "-m", "docqa", "ingest", str(notice)],
            env={**os.environ, **ENVIRONMENT, "DOCQA_HOME": str(home)},
            capture_output=True,
            check=True,
        )
        after = httpx.post(search, json={"query": "食堂饺子"}, timeout=60).json()["data"]
        assert after[0]["filename"].endswith("公告.txt")


def test_a_token_is_asked_for_and_links_work_without_it(tmp_path):
    arguments = ("serve", "--port", "0", "--engine", "quotes", "--token", "secret")
    with serving(filled_home(tmp_path), *arguments) as (_, at):
        assert httpx.get(f"{at}/v1/models").status_code == 401
        knows = {"Authorization": "Bearer secret"}
        reply = httpx.post(f"{at}/v1/chat/completions", json=ask(QUESTION), headers=knows).json()
        link = reply["choices"][0]["message"]["annotations"][0]["url_citation"]["url"]
        assert httpx.get(unescape(link)).status_code == 200
        assert httpx.get(link.replace("start=", "start=1")).status_code == 401


def test_it_stops_cleanly_with_an_answer_in_flight(tmp_path):
    arguments = ("serve", "--port", "0", "--engine", "echo")
    with serving(filled_home(tmp_path), *arguments) as (process, at):
        body = {**ask(QUESTION, "default"), "stream": True}
        with httpx.stream("POST", f"{at}/v1/chat/completions", json=body, timeout=30) as reply:
            lines = reply.iter_lines()
            assert next(lines).startswith("data: ")
            process.terminate()
            assert [line for line in lines if line][-1] == "data: [DONE]"
        began = time.monotonic()
        assert process.wait(timeout=30) in (0, -15)
        assert time.monotonic() - began < 25
