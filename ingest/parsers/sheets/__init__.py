"""Spreadsheets."""

from ingest.parsers.sheets.parser import parse

__all__ = ["parse"]
