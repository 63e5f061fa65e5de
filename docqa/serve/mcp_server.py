"""The MCP server: a library's search, texts, answers and check as tools."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import unquote

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import (
    CallToolResult,
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
    TextContent,
    ToolAnnotations,
)
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from docqa import __version__
from docqa.engine.serving import ServingEngine
from docqa.errors import DocqaError
from docqa.json_shapes import Values
from docqa.messages import say
from docqa.serve.library_tools import LibraryTools, location
from docqa.types import DocumentLimits

_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)
_BEGIN, _END = "<<<document text", "document text>>>"
_Result = TypeVar("_Result")

Query = Annotated[str, Field(description="What to look for. 要查找的内容。", max_length=4000)]
Scope = Annotated[
    list[str] | None,
    Field(description="Only documents that match these names or globs. 只在这些文档中查找。"),
]
Date = Annotated[
    str | None,
    Field(description="First or last date: 2024, 2024-03 or 2024-03-05. 起止日期。"),
]
DocumentName = Annotated[
    str, Field(description="Name of a document, or the end of its path. 文档名或路径的末尾。")
]


def mcp_server(engine: ServingEngine, writable: Iterable[Path] = ()) -> MCPServer:
    """The server over an engine; files below `writable` may be ingested and removed."""
    server = MCPServer("docqa", version=__version__, instructions=say("serve.instructions"))
    tools = LibraryTools(engine)
    _add_search(server, tools)
    _add_reading(server, tools)
    _add_answers(server, tools, engine)
    _add_resources(server, tools)
    roots = [root.resolve() for root in writable]
    if roots:
        _add_writing(server, engine, roots)
    return server


def _add_search(server: MCPServer, tools: LibraryTools) -> None:
    @server.tool(description=say("serve.tool_search"), annotations=_READS)
    def search(query: Query) -> CallToolResult:
        found = _or_tool_error(lambda: tools.find(query))
        results = [
            {"id": one["id"], "title": _heading(one), "url": one["uri"], "text": one["text"][:500]}
            for one in found
        ]
        return _result({"results": results}, _passages(found))

    @server.tool(description=say("serve.tool_fetch"), annotations=_READS)
    def fetch(
        id: Annotated[str, Field(description="An id from search or find. 检索结果中的 id。")],
    ) -> CallToolResult:
        values = _or_tool_error(lambda: tools.fetch(id))
        return _result(values, f"{values['title']}\n{_fence(values['text'])}")

    @server.tool(description=say("serve.tool_find"), annotations=_READS)
    def find(
        query: Query,
        k: Annotated[int, Field(description="Most passages. 段落数上限。", ge=1, le=50)] = 8,
        documents: Scope = None,
        mode: Annotated[str, Field(description="auto, lexical, dense, hybrid")] = "auto",
        since: Date = None,
        until: Date = None,
        kind: Annotated[
            list[str] | None,
            Field(description="Only these endings, such as pdf. 只查这些类型，如 pdf。"),
        ] = None,
    ) -> CallToolResult:
        limits = DocumentLimits(tuple(kind or ()), since, until)
        found = _or_tool_error(lambda: tools.find(query, k, documents or (), mode, limits))
        return _result({"passages": found}, _passages(found))


def _add_reading(server: MCPServer, tools: LibraryTools) -> None:
    @server.tool(description=say("serve.tool_get_text"), annotations=_READS)
    def get_text(
        document: DocumentName,
        page: Annotated[int | None, Field(description="A page. 页码。")] = None,
        section: Annotated[
            str | None, Field(description="Part of a heading. 标题的一部分。")
        ] = None,
        start: Annotated[int | None, Field(description="First character. 起始字符。", ge=0)] = None,
        end: Annotated[int | None, Field(description="Last character. 结束字符。", ge=0)] = None,
    ) -> CallToolResult:
        values = _or_tool_error(lambda: tools.text(document, page, section, start, end))
        return _result(values, f"{values['document']}\n{_fence(values['text'])}")

    @server.tool(description=say("serve.tool_outline"), annotations=_READS)
    def outline(document: DocumentName) -> CallToolResult:
        values = _or_tool_error(lambda: tools.outline(document))
        lines = [
            f"{'  ' * (len(one['heading']) - 1)}{one['heading'][-1]}" for one in values["headings"]
        ]
        return _result(values, f"{values['document']}\n{_fence(chr(10).join(lines))}")

    @server.tool(description=say("serve.tool_list_documents"), annotations=_READS)
    def list_documents(
        filter: Annotated[str, Field(description="Part of a name or title. 名称的一部分。")] = "",
        cursor: Annotated[
            str, Field(description="next_cursor of the page before. 上页给出。")
        ] = "",
    ) -> CallToolResult:
        values = _or_tool_error(lambda: tools.documents(filter, cursor))
        lines = [one["document"] for one in values["documents"]]
        return _result(values, _fence("\n".join(lines)))

    @server.tool(description=say("serve.tool_status"), annotations=_READS)
    def status() -> CallToolResult:
        values = _or_tool_error(tools.status)
        return _result(values, say("serve.status", **values))


def _add_answers(server: MCPServer, tools: LibraryTools, engine: ServingEngine) -> None:
    @server.tool(description=say("serve.tool_ask"), annotations=_READS)
    def ask(
        question: Annotated[str, Field(description="A question. 问题。", max_length=2000)],
        documents: Scope = None,
    ) -> CallToolResult:
        values = _or_tool_error(lambda: tools.ask(question, documents or ()))
        sources = [f"[{one['n']}] {_heading(one)}" for one in values["citations"]]
        text = "\n".join([values["status"], _fence(values["answer"]), *sources])
        return _result(values, text)

    @server.tool(description=say("serve.tool_check"), annotations=_READS)
    def check(
        statement: Annotated[
            str, Field(description="What is claimed. 待核对的说法。", max_length=8000)
        ],
        documents: Scope = None,
    ) -> CallToolResult:
        values = _or_tool_error(lambda: tools.check(statement, documents or ()))
        lines = [f"{one['verdict']}: {one['text']}" for one in values["sentences"]]
        return _result(values, "\n".join(lines))

    @server.prompt(name="answer_with_citations", description=say("serve.prompt_description"))
    def answer_with_citations(question: str) -> str:
        return say("serve.prompt", question=question)


def _add_resources(server: MCPServer, tools: LibraryTools) -> None:
    library = Path(tools.status()["library"]).name

    @server.resource(
        f"docqa://{library}/{{+document}}",
        name="document",
        description=say("serve.resource"),
        mime_type="text/plain",
    )
    def document(document: str) -> str:
        name, _, page = unquote(document).partition("#page=")
        values = _or_tool_error(lambda: tools.text(name, int(page) if page.isdecimal() else None))
        text: str = values["text"]
        return text

    # The SDK gives this decorator no types.
    @server.completion()  # type: ignore[no-untyped-call,untyped-decorator]
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        _context: CompletionContext | None,
    ) -> Completion | None:
        if not isinstance(ref, ResourceTemplateReference) or argument.name != "document":
            return None
        found = await run_in_threadpool(tools.documents, argument.value)
        names = [one["document"] for one in found["documents"]]
        more = found["next_cursor"] is not None
        return Completion(values=names, total=found["total"], has_more=more)


def _add_writing(server: MCPServer, engine: ServingEngine, roots: list[Path]) -> None:
    def inside(path: str) -> Path:
        file = Path(path).expanduser().resolve()
        if not any(file == root or root in file.parents for root in roots):
            raise ToolError(say("serve.outside_roots", path=path))
        return file

    @server.tool(description=say("serve.tool_ingest"), annotations=_WRITES)
    def ingest(
        path: Annotated[str, Field(description="A file or folder. 文件或文件夹。")],
    ) -> CallToolResult:
        file = inside(path)
        steps = _or_tool_error(lambda: [step.file for step in engine.ingest([file]) if step.file])
        files = [
            {"document": one.shown, "status": one.status.value, "reason": one.reason}
            for one in steps
        ]
        return _result({"files": files}, f"{len(files)}")

    @server.tool(description=say("serve.tool_remove"), annotations=_WRITES)
    def remove(document: DocumentName) -> CallToolResult:
        (found, *more) = _or_tool_error(lambda: engine.documents([document]))
        if more:
            raise ToolError(say("library.ambiguous", path=document, found=found.path))
        file = engine.file_of(found.path)
        inside(str(file) if file else found.path)
        _or_tool_error(lambda: engine.remove(found.path))
        return _result({"removed": found.path}, found.path)


def _or_tool_error(call: Callable[[], _Result]) -> _Result:
    """The result; what docqa would tell its user becomes the tool's error."""
    try:
        return call()
    except DocqaError as error:
        raise ToolError(" ".join(filter(None, (str(error), error.hint)))) from error


def _result(values: Values, text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=values)


def _passages(found: list[Values]) -> str:
    return "\n\n".join(f"[{one['id']}] {_heading(one)}\n{_fence(one['text'])}" for one in found)


def _heading(one: Values) -> str:
    return location(one["document"], one["page"], one["page_label"], one["heading"])


def _fence(text: str) -> str:
    """Text of documents between marks that it cannot hold: it is data, not instructions."""
    return f"{_BEGIN}\n{text.replace(_END, 'document text >>>')}\n{_END}"
