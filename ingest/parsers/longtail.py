"""The long tail: old Office files by their successors' parsers, mail of Outlook by a package."""

from ingest import longtail
from ingest.converted import convert
from ingest.formats import ole_kind
from ingest.parsers import parser
from ingest.source import SourceFile
from ingest.types import Parsed

_PARSERS = {"doc": "word", "ppt": "slides"}


def parse(source: SourceFile) -> Parsed:
    """Read a DOC, PPT or MSG file."""
    kind = ole_kind(source.data)
    if kind in _PARSERS:
        return parser(_PARSERS[kind])(convert(source, kind))
    return longtail.partition(source)
