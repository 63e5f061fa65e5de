"""Formats without a parser of our own: DOC, PPT, RTF, MSG and the like."""

from ingest.longtail import partition
from ingest.source import Source
from ingest.types import Parsed


def parse(source: Source) -> Parsed:
    """Read the file through the optional long-tail package."""
    return partition(source)
