"""The description of the HTTP side, made from the same table as its routes."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from docqa import __version__

Handler = Callable[[Request], Awaitable[Response]]

JSON, EVENTS, HTML = "application/json", "text/event-stream", "text/html"
# What may be refused, whatever was asked: a wrong body or number, no token, another Origin, no such
# library or document, a body that is slow or large, another Host, no turn, a library that is gone.
_REFUSALS = (400, 401, 403, 404, 408, 413, 421, 429, 503)
_PARAMETER = re.compile(r"{(\w+)(?::(\w+))?}")


class Operation(Struct, frozen=True):
    """One route: what it takes and what it gives."""

    path: str
    handler: Handler
    body: type[Struct] | None = None
    query: tuple[str, ...] = ()
    """Names of its parameters; all are numbers that may be left out."""
    content: tuple[str, ...] = (JSON,)
    is_public: bool = False
    """Whether no token is asked for."""

    @property
    def method(self) -> str:
        """How it is called: with a body it is POST."""
        return "POST" if self.body else "GET"


def describe(operations: Sequence[Operation], library: str) -> dict[str, Any]:
    """The OpenAPI document of these operations; `library` is an example of one."""
    bodies = [one.body for one in operations if one.body]
    _, schemas = msgspec.json.schema_components(bodies, ref_template="#/components/schemas/{name}")
    paths: dict[str, Any] = {}
    for one in operations:
        path = _PARAMETER.sub(r"{\1}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one, library)
    return {
        "openapi": "3.1.0",
        "info": {"title": "docqa", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Refusal": _REFUSAL},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


_REFUSAL = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {"message": {"type": "string"}, "code": {"type": "string"}},
        }
    },
}


def _operation(one: Operation, library: str) -> dict[str, Any]:
    refusal = {JSON: {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    described: dict[str, Any] = {
        "summary": (one.handler.__doc__ or "").rstrip("."),
        "parameters": _parameters(one, library),
        "responses": {
            "200": {"description": "OK", "content": {kind: {} for kind in one.content}},
            **{str(code): {"description": "Refused", "content": refusal} for code in _REFUSALS},
        },
    }
    if one.body:
        schema = {"$ref": f"#/components/schemas/{one.body.__name__}"}
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    if not one.is_public:
        described["security"] = [{"token": []}, {}]
    return described


def _parameters(one: Operation, library: str) -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 0, "examples": [1]}
    text = {"type": "string", "minLength": 1, "examples": [library]}
    inside = [
        {"name": name, "in": "path", "required": True, "schema": number if kind else text}
        for name, kind in _PARAMETER.findall(one.path)
    ]
    asked = [{"name": name, "in": "query", "schema": number} for name in one.query]
    return [*inside, *asked]
