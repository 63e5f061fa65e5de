"""Reads bytes as if they were a file of a name, and shows what came out."""

from pathlib import Path

from ingest.read import read_source
from ingest.source import SourceFile
from ingest.types import BlockKind, Extract, ReadOptions


def read(name: str, data: bytes | str, **options) -> Extract:
    """The extract of a file with this name and content."""
    content = data.encode() if isinstance(data, str) else data
    return read_source(SourceFile(Path(name), content, ReadOptions(**options)))


def outline(extract: Extract) -> list[tuple[str, ...]]:
    """The heading paths in their order."""
    return [s.heading for s in extract.sections if s.kind is BlockKind.HEADING]


def texts(extract: Extract, kind: BlockKind | None = None) -> list[str]:
    """The text of every section, or of those of a kind."""
    return [extract.text[s.start : s.end] for s in extract.sections if kind in (None, s.kind)]
