"""HTML, and the markup that other formats share with it."""

from ingest.parsers.html.parser import parse

__all__ = ["parse"]
