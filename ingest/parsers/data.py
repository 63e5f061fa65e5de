"""JSON and JSON lines: every value under the path of its keys, a block per record."""

import json
from collections.abc import Iterator
from typing import Any

from ingest.encodings.decode import decode
from ingest.errors import FileUnreadable
from ingest.parsers.text import code_blocks
from ingest.source import SourceFile
from ingest.types import Block, Parsed

_LINES = frozenset((".jsonl", ".ndjson"))
_ENOUGH = 400


def parse(source: SourceFile) -> Parsed:
    """Read a JSON file; one that is none is read as the text it is."""
    decoded = decode(source.data, source.options.encoding)
    try:
        if source.suffix in _LINES:
            values = _records(decoded.text)
            blocks = [Block("\n".join(_lines(value))) for value in values]
        else:
            blocks = list(_blocks(json.loads(decoded.text)))
    except ValueError:
        blocks = code_blocks(decoded.text)
        return Parsed(tuple(blocks), encoding=decoded.encoding, notes=("not_json", *decoded.notes))
    except RecursionError as error:
        raise FileUnreadable("nested_too_deep") from error
    return Parsed(tuple(blocks), encoding=decoded.encoding, notes=decoded.notes)


def _records(text: str) -> Iterator[Any]:
    for line in text.split("\n"):
        if line.strip():
            yield json.loads(line)


def _blocks(value: Any) -> Iterator[Block]:
    """Records of a list each a block; other values gathered to blocks of some lines."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        for item in value:
            yield Block("\n".join(_lines(item)))
        return
    lines: list[str] = []
    length = 0
    for line in _lines(value):
        lines.append(line)
        length += len(line)
        if length >= _ENOUGH:
            yield Block("\n".join(lines))
            lines, length = [], 0
    yield Block("\n".join(lines))


def _lines(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        if all(not isinstance(item, dict | list) for item in value):
            yield from _leaf(path, ", ".join(map(_write, value)))
            return
        for item in value:
            yield from _lines(item, path)
    else:
        yield from _leaf(path, _write(value))


def _leaf(path: str, words: str) -> Iterator[str]:
    if words:
        yield f"{path}: {words}" if path else words


def _write(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
