"""Who may ask: the token, the Host and Origin of a request, its size and its pace."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from docqa.messages import say
from docqa.serve.wire import error_body

MOST_BYTES = 4 * 1024 * 1024
# Set by hand: a body of the greatest size over a slow modem line, and no longer.
_SECONDS_FOR_BODY = 30
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_Message = MutableMapping[str, Any]


class Access:
    """Refuses requests before anything is done for them."""

    def __init__(
        self, app: ASGIApp, token: str, hosts: Iterable[str] = (), origins: Iterable[str] = ()
    ) -> None:
        """Let in who names one of the hosts and knows the token, if there is one."""
        self._app = app
        self._token = token
        self._hosts = {*LOOPBACK, *hosts}
        self._origins = set(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then hand it on with a limit on its body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        limited = _Limited(receive)
        if origin := headers.get("origin"):
            if scope["method"] == "OPTIONS":
                await _preflight(origin)(scope, receive, send)
                return
            send = _allowing(send, origin)
        await self._app(scope, limited, send)

    def _refusal(self, scope: Scope, headers: Headers) -> JSONResponse | None:
        if _host(headers.get("host", "")) not in self._hosts:
            return _error(421, "serve.wrong_host", "host")
        origin = headers.get("origin")
        if origin and origin not in self._origins and not self._is_same(origin, headers):
            return _error(403, "serve.wrong_origin", "origin")
        if scope["method"] == "OPTIONS" or scope["path"] == "/health":
            return None
        if self._token and not self._knows_token(scope, headers):
            return _error(401, "serve.wrong_token", "token")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return _error(413, "serve.too_large", "size")
        return None

    def _is_same(self, origin: str, headers: Headers) -> bool:
        return urlsplit(origin).netloc == headers.get("host")

    def _knows_token(self, scope: Scope, headers: Headers) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and hmac.compare_digest(given.encode(), self._token.encode()):
            return True
        # A link to a page is opened in a browser, which sends no token: the link is signed.
        query = scope["query_string"].decode("latin-1")
        link, _, given = query.rpartition("&key=")
        path = scope["raw_path"].decode("latin-1") if scope.get("raw_path") else scope["path"]
        wanted = signature(self._token, f"{path}?{link}")
        return bool(link) and hmac.compare_digest(given, wanted)


class BodyTooSlow(Exception):
    """The client sends its body slower than anybody would."""


class BodyTooLarge(Exception):
    """The body is longer than it said, or than allowed."""


class _Limited:
    """A body of limited length in limited time."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0
        self._whole = False

    async def __call__(self) -> _Message:
        if self._whole:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), _SECONDS_FOR_BODY)
        except TimeoutError as error:
            raise BodyTooSlow from error
        self._bytes += len(message.get("body", b""))
        if self._bytes > MOST_BYTES:
            raise BodyTooLarge
        self._whole = not message.get("more_body", False)
        return message


def signature(token: str, link: str) -> str:
    """What makes a link to a page usable without the token."""
    return hmac.new(token.encode(), link.encode(), hashlib.sha256).hexdigest()[:32]


def _host(header: str) -> str:
    """The host of a Host header without its port."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _error(status: int, message: str, code: str) -> JSONResponse:
    return JSONResponse(error_body(say(message), "invalid_request_error", code), status)


def _preflight(origin: str) -> JSONResponse:
    return JSONResponse(
        {},
        headers={
            "access-control-allow-origin": origin,
            "access-control-allow-methods": "GET, POST",
            "access-control-allow-headers": "authorization, content-type",
            "vary": "origin",
        },
    )


def _allowing(send: Send, origin: str) -> Callable[[_Message], Awaitable[None]]:
    async def with_origin(message: _Message) -> None:
        if message["type"] == "http.response.start":
            more = [(b"access-control-allow-origin", origin.encode()), (b"vary", b"origin")]
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)

    return with_origin
