"""How a page is named to people: by its printed number, beside the sheet where they differ."""

from pathlib import PurePath

from docqa.messages import say
from ingest.formats import FAMILIES


def page_words(document: str, page: int, label: str | None = None) -> str:
    """第 108 页（文件第 136 页）; a spreadsheet has no pages but sheets."""
    if FAMILIES.get(PurePath(document).suffix.lower()) == "sheets":
        return say("search.sheet", sheet=page)
    if label is None:
        return say("search.page", page=page)
    return say("search.printed_page", label=label, page=page)
