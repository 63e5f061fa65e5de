"""Word documents (DOCX)."""

from ingest.parsers.word.parser import parse

__all__ = ["parse"]
