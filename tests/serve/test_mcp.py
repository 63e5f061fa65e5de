"""The MCP server, asked by the SDK's own client over both transports, and by hand."""

import json
import subprocess
import sys
from contextlib import asynccontextmanager
from urllib.parse import quote

import httpx
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import ResourceTemplateReference

from docqa.cli import run
from docqa.stores.records.library import Library
from tests.support.serving import ENVIRONMENT, filled_home, serving
from tests.support.small_library import LEAVE, fill

QUESTION = "病假什么时候通知主管？"


@asynccontextmanager
async def connected(transport, home, *arguments):
    """A client of a real server process."""
    if transport == "stdio":
        yield_to = StdioServerParameters(
            command=sys.executable,
            args=["-m", "docqa", "mcp", "--engine", "quotes", *arguments],
            env={**ENVIRONMENT, "DOCQA_HOME": str(home)},
        )
        async with Client(yield_to) as client:
            yield client
        return
    with serving(home, "mcp", "--http", "--port", "0", "--engine", "quotes", *arguments) as (_, at):
        async with Client(at) as client:
            yield client


@pytest.fixture(params=["stdio", "http"])
def transport(request):
    return request.param


async def test_an_agent_finds_reads_and_asks(tmp_path, transport):
    async with connected(transport, filled_home(tmp_path)) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert {"search", "fetch", "find", "get_text", "outline"} <= set(tools)
        assert {"list_documents", "ask", "check", "status"} <= set(tools)
        assert "ingest" not in tools and "remove" not in tools
        assert all(tool.annotations.read_only_hint for tool in tools.values())

        found = (await client.call_tool("search", {"query": QUESTION})).structured_content
        fetched = await client.call_tool("fetch", {"id": found["results"][0]["id"]})
        assert fetched.structured_content["text"] == LEAVE

        passages = await client.call_tool("find", {"query": "茶壶", "documents": ["茶壶*"], "k": 1})
        (passage,) = passages.structured_content["passages"]
        assert passage["document"] == "茶壶.txt"

        part = {"document": "假期.txt", "start": 0, "end": 6}
        text = (await client.call_tool("get_text", part)).structured_content
        assert (text["text"], text["characters"]) == (LEAVE[:6], len(LEAVE))

        claims = "员工累计工作满一年不满十年的，年休假为八天。病假须在当天下午三点前通知主管。"
        checked = (await client.call_tool("check", {"statement": claims})).structured_content
        assert [one["verdict"] for one in checked["sentences"]] == ["supported", "contradicted"]
        assert "上午十点" in checked["sentences"][1]["citations"][0]["quote"]

        answer = (await client.call_tool("ask", {"question": QUESTION})).structured_content
        assert answer["status"] in {"answered", "perhaps"}
        assert "上午十点" in answer["citations"][0]["quote"]


async def test_find_keeps_to_dates_and_kinds(tmp_path):
    texts = {"2023年规定.txt": "住宿标准三百元。", "2024年规定.txt": "住宿标准四百元。"}
    with Library.open(tmp_path / "libraries" / "default", create=True) as library:
        fill(library, {**texts, "2024年规定.md": "住宿标准见附表。"})
    limits = {"since": "2024", "until": "2024-12", "kind": ["txt"]}
    async with connected("stdio", tmp_path) as client:
        found = await client.call_tool("find", {"query": "住宿标准", **limits})
        names = [one["document"] for one in found.structured_content["passages"]]
        assert names == ["2024年规定.txt"]
        assert "去年" in await _error_of(client, "find", {"query": "住宿", "since": "去年"})
        assert "txt (2)" in await _error_of(client, "find", {"query": "住宿", "kind": ["pdf"]})


async def test_resources_and_the_prompt(tmp_path, transport):
    async with connected(transport, filled_home(tmp_path)) as client:
        contents = (await client.read_resource(f"docqa://default/{quote('假期.txt')}")).contents
        assert contents[0].text == LEAVE
        (template,) = (await client.list_resource_templates()).resource_templates
        wanted = ResourceTemplateReference(type="ref/resource", uri=template.uri_template)
        found = await client.complete(wanted, {"name": "document", "value": "茶"})
        assert found.completion.values == ["茶壶.txt"]
        prompt = await client.get_prompt("answer_with_citations", {"question": QUESTION})
        assert QUESTION in prompt.messages[0].content.text


BAD_CALLS = [
    ("fetch", {"id": "../../etc/passwd"}),
    ("fetch", {"id": "999.0.1"}),
    ("get_text", {"document": "没有.txt"}),
    ("get_text", {"document": "假期.txt", "page": 99}),
    ("get_text", {"document": "/etc/passwd"}),
    ("find", {"query": "茶", "mode": "magic"}),
    ("find", {"query": ""}),
    ("find", {"query": "茶", "k": 100000}),
    ("list_documents", {"cursor": "x"}),
    ("ask", {"question": "？" * 5000}),
    ("nothing", {}),
]


async def test_bad_calls_are_errors_that_an_agent_can_read(tmp_path):
    async with connected("stdio", filled_home(tmp_path)) as client:
        for tool, arguments in BAD_CALLS:
            told = await _error_of(client, tool, arguments)
            assert told and "Traceback" not in told, (tool, arguments)
        assert (await client.call_tool("status", {})).structured_content["documents"] == 3


async def _error_of(client, tool, arguments):
    """What the client is told, as a result or as an error of the protocol."""
    try:
        result = await client.call_tool(tool, arguments)
    except MCPError as error:
        return str(error)
    assert result.is_error
    return result.content[0].text


async def test_writing_is_allowed_inside_the_named_folders_only(tmp_path):
    home = filled_home(tmp_path / "home")
    allowed, elsewhere = tmp_path / "文件", tmp_path / "别处"
    for folder in (allowed, elsewhere):
        folder.mkdir()
        (folder / "公告.txt").write_text("食堂周五供应饺子。", encoding="utf-8")
    async with connected("stdio", home, "--allow-write", str(allowed)) as client:
        outside = await client.call_tool("ingest", {"path": str(elsewhere / "公告.txt")})
        assert outside.is_error
        (allowed / "桥").symlink_to(elsewhere)
        linked = await client.call_tool("ingest", {"path": str(allowed / "桥" / "公告.txt")})
        assert linked.is_error
        added = await client.call_tool("ingest", {"path": str(allowed / "公告.txt")})
        assert added.structured_content["files"][0]["status"] == "added"
        found = await client.call_tool("find", {"query": "食堂饺子"})
        name = found.structured_content["passages"][0]["document"]
        assert (await client.call_tool("remove", {"document": name})).structured_content
        assert (await client.call_tool("remove", {"document": "假期.txt"})).is_error


NOISY = """
import builtins, os
plain = builtins.__import__
def noisy(name, *rest, **named):
    if name.startswith(("mcp", "starlette", "tantivy")):
        print("importing", name)
        os.write(1, b"imported\\n")
    return plain(name, *rest, **named)
builtins.__import__ = noisy
"""


def test_nothing_but_protocol_comes_out_and_garbage_is_survived(tmp_path):
    client = {"name": "手", "version": "1"}
    begin = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    lines = [
        *(b"not json", b'{"jsonrpc":"2.0"}', b"\xff\xfe", b"[]"),
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": begin}).encode(),
        b'{"jsonrpc":"2.0","method":"notifications/initialized"}',
        b'{"jsonrpc":"2.0","id":2,"method":"no/such"}',
        b'{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"status"}}',
    ]
    command = [sys.executable, "-m", "docqa", "mcp", "--engine", "quotes"]
    (tmp_path / "noisy").mkdir()
    (tmp_path / "noisy" / "sitecustomize.py").write_text(NOISY, encoding="utf-8")
    home = {"DOCQA_HOME": str(filled_home(tmp_path)), "PYTHONPATH": str(tmp_path / "noisy")}
    environment = {**ENVIRONMENT, **home}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe
    ) as process:
        process.stdin.write(b"\n".join(lines) + b"\n")
        process.stdin.flush()
        replies = {}
        while 3 not in replies:
            reply = json.loads(process.stdout.readline())
            replies[reply.get("id")] = reply
        process.stdin.close()
        assert process.wait(timeout=30) == 0
        assert process.stdout.read() == b""
        told = process.stderr.read()
    assert b"Traceback" not in told
    assert b"importing mcp" in told, "the libraries did print"
    assert "error" in replies[2]
    assert replies[3]["result"]["structuredContent"]["documents"] == 3


async def test_http_wants_the_token(tmp_path):
    arguments = ("mcp", "--http", "--port", "0", "--token", "secret")
    with serving(filled_home(tmp_path), *arguments) as (_, at):
        assert httpx.post(at, json={}).status_code == 401
        assert httpx.post(at, json={}, headers={"Host": "evil.example"}).status_code == 421
        knows = {"Authorization": "Bearer secret"}
        strange = {**knows, "Origin": "https://evil.example"}
        assert httpx.post(at, json={}, headers=strange).status_code == 403
        assert httpx.post(at, json={}, headers=knows).status_code == 400


def test_others_than_this_machine_need_a_token(home):
    filled_home(home)
    assert run(["mcp", "--http", "--host", "0.0.0.0"]) == 2


@pytest.mark.parametrize("client", ["claude", "cherry", "cursor", "vscode", "opencode", "codex"])
def test_every_client_gets_its_snippet(home, capsys, client):
    filled_home(home)
    assert run(["mcp", "--config", client]) == 0
    out = capsys.readouterr().out
    assert "docqa" in out and "mcp" in out
    if client != "codex":
        json.loads(out)


def test_an_unknown_client_is_told_the_known_ones(home, capsys):
    filled_home(home)
    assert run(["mcp", "--config", "clippy"]) == 2
    assert "opencode" in capsys.readouterr().err


def test_the_skill_is_shipped(home, capsys):
    assert run(["mcp", "--skill"]) == 0
    assert capsys.readouterr().out.startswith("---\nname: docqa")
