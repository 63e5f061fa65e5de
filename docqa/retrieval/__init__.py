"""Finds passages: `open_searcher` gives the search over a library."""

from docqa.retrieval.legs import Legs
from docqa.retrieval.searcher import Searcher
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import ReportProgress

__all__ = ["Legs", "Searcher", "open_searcher"]


def open_searcher(
    library: Library, settings: Settings, report: ReportProgress | None = None
) -> Searcher:
    """The search over a library; its index is caught up first, and `report` hears of it."""
    return Searcher(library, settings, report)
