"""How a place in a document is named to people; a page by its printed number first."""

from pathlib import PurePath

from docqa.clean import one_line
from docqa.messages import say
from docqa.types import Citation, Passage


def page_words(document: str, page: int, label: str | None = None) -> str:
    """第 108 页（文件第 136 页）; a spreadsheet has no pages but sheets, a mailbox has mails."""
    family = _family(document)
    if family == "sheets":
        return say("search.sheet", sheet=page)
    if family == "mail":
        return say("search.mail", mail=page)
    if label is None:
        return say("search.page", page=page)
    return say("search.printed_page", label=label, page=page)


def length_words(document: str, count: int) -> str:
    """How many pages, sheets or mails a file has; empty where they are not counted."""
    lengths = {"sheets": "search.sheets", "mail": "search.mails"}
    return say(lengths.get(_family(document), "search.pages"), count=count) if count else ""


def source_words(source: Passage | Citation) -> str:
    """Document, page and headings of a passage or citation, on one line."""
    parts = [one_line(source.document)]
    if source.page is not None:
        parts.append(page_words(source.document, source.page, source.page_label))
    if source.heading:
        parts.append(one_line(" > ".join(source.heading)))
    return " · ".join(parts)


def _family(document: str) -> str:
    # Imported here with its decoders: most citations have no page.
    from ingest.formats import FAMILIES

    return FAMILIES.get(PurePath(document).suffix.lower(), "")
