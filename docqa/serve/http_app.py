"""The HTTP server: an OpenAI-compatible API over the libraries, and pages to open citations at."""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from docqa import __version__
from docqa.errors import DocqaError, ModelBusy, UsageError
from docqa.messages import say
from docqa.serve.access import Access, BodyTooLarge, BodyTooSlow, signature
from docqa.serve.answering import Turns
from docqa.serve.bare_model import BareChat
from docqa.serve.chat_completions import LibraryChat, is_helper
from docqa.serve.document_page import HEADERS, document_page, shown_stretch
from docqa.serve.libraries import Libraries
from docqa.serve.library_tools import LibraryTools
from docqa.serve.openapi import EVENTS, HTML, JSON, Handler, Operation, describe
from docqa.serve.wire import (
    DONE,
    ChatRequest,
    EmbeddingRequest,
    SearchBody,
    error_body,
    event,
    frame_list,
)
from docqa.types import Citation

_Body = TypeVar("_Body")
_LOG = logging.getLogger(__name__)
_BARE = "model:"
# Set by hand: who waits longer than a few answers will have given up.
_MOST_WAITING = 8
_RETRY_SECONDS = "10"
_NOT_THERE = ("error.unknown_library", "serve.unknown_id")


def http_app(
    libraries: Libraries,
    token: str = "",
    hosts: Iterable[str] = (),
    origins: Iterable[str] = (),
) -> Starlette:
    """The application; it closes the libraries when it ends."""
    api = _Api(libraries, token)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        libraries.close()

    return Starlette(
        routes=list(_routes(api, libraries.default)),
        lifespan=lifespan,
        middleware=[Middleware(Access, token=token, hosts=hosts, origins=origins)],
        exception_handlers={404: _not_found, 405: _wrong_method, Exception: _fail},
    )


def _routes(api: "_Api", library: str) -> Iterator[Route]:
    """The routes, and their description with this library in its examples."""
    store = "/v1/vector_stores/{library}"
    operations = [
        Operation("/health", api.health, is_public=True),
        Operation("/v1/models", api.models),
        Operation("/v1/chat/completions", api.chat, ChatRequest, content=(JSON, EVENTS)),
        Operation("/v1/embeddings", api.embeddings, EmbeddingRequest),
        Operation("/v1/vector_stores", api.vector_stores),
        Operation(store, api.vector_store),
        Operation(f"{store}/search", api.search, SearchBody),
        Operation("/d/{library}/{document:int}", api.page, query=("start", "end"), content=(HTML,)),
    ]

    async def description(_request: Request) -> Response:
        return JSONResponse(describe(operations, library))

    for one in (*operations, Operation("/openapi.json", description)):
        yield Route(one.path, _guard(one.handler), methods=[one.method])


class _Api:
    """What each route does."""

    def __init__(self, libraries: Libraries, token: str) -> None:
        self._libraries = libraries
        self._token = token
        self._turns = Turns(_MOST_WAITING)

    async def health(self, _request: Request) -> Response:
        """That the server lives; asked without a token."""
        return JSONResponse({"status": "ok", "version": __version__})

    async def models(self, _request: Request) -> Response:
        """The libraries as models, and the bare model."""
        names = await run_in_threadpool(lambda: list(self._libraries))
        engine = self._libraries.engine(self._libraries.default)
        if engine.writes:
            names.append(_BARE + (engine.answers_with.model or ""))
        shapes = [
            {"id": name, "object": "model", "created": 0, "owned_by": "docqa"} for name in names
        ]
        return JSONResponse(frame_list(shapes))

    async def chat(self, request: Request) -> Response:
        """An answer from a library, or from the bare model."""
        body = await _body(request, ChatRequest)
        bare = body.model.startswith(_BARE)
        library = self._libraries.default if bare else body.model
        engine = await run_in_threadpool(self._libraries.engine, library)
        writes = await run_in_threadpool(lambda: engine.writes)
        if bare or (writes and is_helper(body.messages)):
            chat: LibraryChat | BareChat = BareChat(engine, body)
        else:
            chat = LibraryChat(engine, body, lambda one: self._link(request, library, one))
        if not writes:
            return await self._reply(chat, stream=body.stream)
        self._turns.check()
        if body.stream:
            return _events(self._in_turn(chat))
        async with self._turns.turn():
            return JSONResponse(await chat.whole())

    async def embeddings(self, request: Request) -> Response:
        """Vectors of the library's own embedder."""
        body = await _body(request, EmbeddingRequest)
        texts = [body.input] if isinstance(body.input, str) else body.input
        engine = self._libraries.engine(self._libraries.default)
        rows = await run_in_threadpool(engine.embed, texts)
        shapes = [
            {"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)
        ]
        usage = {"prompt_tokens": 0, "total_tokens": 0}
        return JSONResponse({**frame_list(shapes), "model": body.model, "usage": usage})

    async def vector_stores(self, _request: Request) -> Response:
        """The libraries as vector stores."""
        names = await run_in_threadpool(self._libraries.names)
        return JSONResponse(
            frame_list([{"id": n, "object": "vector_store", "name": n} for n in names])
        )

    async def vector_store(self, request: Request) -> Response:
        """One library as a vector store."""
        name = request.path_params["library"]
        engine = await run_in_threadpool(self._libraries.engine, name)
        status = await run_in_threadpool(engine.status)
        counts = {"total": status.documents, "completed": status.documents}
        shape = {"id": name, "object": "vector_store", "name": name, "file_counts": counts}
        return JSONResponse(shape)

    async def search(self, request: Request) -> Response:
        """A search of a library as of a vector store."""
        body = await _body(request, SearchBody)
        engine = await run_in_threadpool(self._libraries.engine, request.path_params["library"])
        queries = [body.query] if isinstance(body.query, str) else body.query
        tools = LibraryTools(engine)
        found = await run_in_threadpool(tools.find, " ".join(queries), body.max_num_results)
        return JSONResponse(
            {
                "object": "vector_store.search_results.page",
                "search_query": queries,
                "data": [_hit(one) for one in found],
                "has_more": False,
                "next_page": None,
            }
        )

    async def page(self, request: Request) -> Response:
        """A document, opened at a cited stretch."""
        cited = (_number(request, "start"), _number(request, "end"))
        library, number = request.path_params["library"], request.path_params["document"]
        html = await run_in_threadpool(self._page, library, number, cited)
        return HTMLResponse(html, headers=HEADERS)

    def _page(self, library: str, number: int, cited: tuple[int, int]) -> str:
        engine = self._libraries.engine(library)
        info = engine.document_by_number(number)
        shown = shown_stretch(info.characters, *cited)
        text = engine.document_text(number, *shown)
        before = self._part(library, number, shown[0] - 1) if shown[0] else None
        after = self._part(library, number, shown[1]) if shown[1] < info.characters else None
        return document_page(info, text, engine.sections(number), shown, cited, (before, after))

    async def _reply(self, chat: LibraryChat | BareChat, *, stream: bool) -> Response:
        return _events(chat.stream()) if stream else JSONResponse(await chat.whole())

    async def _in_turn(self, chat: LibraryChat | BareChat) -> AsyncGenerator[bytes]:
        async with self._turns.turn(), aclosing(chat.stream()) as pieces:
            async for piece in pieces:
                yield piece

    def _link(self, request: Request, library: str, citation: Citation) -> str:
        number = self._number(library, citation.document)
        path = self._sign(library, number, citation.start, citation.end)
        return f"{str(request.base_url).rstrip('/')}{path}#cited"

    def _number(self, library: str, document: str) -> int:
        found = self._libraries.engine(library).documents([document])
        return next((info.id for info in found if info.path == document), found[0].id)

    def _part(self, library: str, number: int, at: int) -> str:
        return self._sign(library, number, at, at)

    def _sign(self, library: str, number: int, start: int, end: int) -> str:
        path = f"/d/{quote(library, safe='')}/{number}?start={start}&end={end}"
        return f"{path}&key={signature(self._token, path)}" if self._token else path


async def _body(request: Request, kind: type[_Body]) -> _Body:
    return msgspec.json.decode(await request.body(), type=kind)


def _number(request: Request, name: str) -> int:
    value = request.query_params.get(name, "0")
    if not value.isascii() or not value.isdecimal() or len(value) > 12:
        raise UsageError("serve.no_number", name=name)
    return int(value)


def _hit(one: dict[str, Any]) -> dict[str, Any]:
    attributes = {key: one[key] for key in ("page", "start", "end", "uri") if one[key] is not None}
    return {
        "file_id": one["id"],
        "filename": one["document"],
        "score": one["score"],
        "attributes": attributes,
        "content": [{"type": "text", "text": one["text"]}],
    }


def _events(pieces: AsyncGenerator[bytes]) -> Response:
    headers = {"cache-control": "no-cache", "x-accel-buffering": "no"}
    return StreamingResponse(_until_done(pieces), media_type=EVENTS, headers=headers)


async def _until_done(pieces: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """The pieces and the end of a stream; an error that comes too late for a status is a piece."""
    async with aclosing(pieces):
        try:
            async for piece in pieces:
                yield piece
        except DocqaError as error:
            yield event(error_body(str(error), "server_error", error.code))
        except Exception as error:
            yield event(_failure(error))
    yield DONE


def _guard(handler: Handler) -> Handler:
    """Whatever a handler raises becomes an error that clients of this API understand."""

    async def guard(request: Request) -> Response:
        try:
            return await handler(request)
        except msgspec.DecodeError as error:
            return _problem(400, str(error), "invalid_request_error", "invalid_body")
        except UnicodeDecodeError:
            return _problem(400, say("serve.no_text"), "invalid_request_error", "invalid_body")
        except BodyTooLarge:
            return _problem(413, say("serve.too_large"), "invalid_request_error", "size")
        except BodyTooSlow:
            return _problem(408, say("serve.too_slow"), "invalid_request_error", "time")
        except ModelBusy as error:
            busy = _problem(429, str(error), "rate_limit_error", error.code)
            busy.headers["retry-after"] = _RETRY_SECONDS
            return busy
        except UsageError as error:
            status = 404 if error.code in _NOT_THERE else 400
            return _problem(status, str(error), "invalid_request_error", error.code)
        except DocqaError as error:
            return _problem(503, str(error), "server_error", error.code)
        except ClientDisconnect:
            return Response(status_code=499)

    return guard


async def _not_found(_request: Request, _error: Exception) -> Response:
    return _problem(404, say("serve.no_route"), "invalid_request_error", "not_found")


async def _wrong_method(_request: Request, error: Exception) -> Response:
    wrong = _problem(405, say("serve.no_route"), "invalid_request_error", "method")
    if isinstance(error, HTTPException):
        # Which methods there are.
        wrong.headers.update(error.headers or {})
    return wrong


async def _fail(_request: Request, error: Exception) -> Response:
    return JSONResponse(_failure(error), 500)


def _failure(error: Exception) -> dict[str, Any]:
    """What a client learns of an unexpected error; the log has the rest."""
    _LOG.error("unforeseen", exc_info=error)
    return error_body(say("error.failed", reason=type(error).__name__), "server_error", "failed")


def _problem(status: int, message: str, kind: str, code: str) -> Response:
    body = json.dumps(error_body(message, kind, code), ensure_ascii=False)
    return Response(body, status, media_type="application/json")
