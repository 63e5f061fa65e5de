"""PDF."""

from ingest.parsers.pdf.parser import parse

__all__ = ["parse"]
