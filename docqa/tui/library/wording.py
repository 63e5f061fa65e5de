"""How a document's status and problems are said."""

from docqa.messages import messages, say
from docqa.types import DocumentInfo

_STATUS = {
    "added": "tui_library.status_read",
    "updated": "tui_library.status_read",
    "unchanged": "tui_library.status_read",
    "read": "tui_library.status_read",
    "partial": "tui_library.status_partial",
    "failed": "tui_library.status_failed",
}


def status_words(known: DocumentInfo) -> str:
    """How well a document was read."""
    key = _STATUS.get(known.status)
    return say(key) if key else known.status


def reason_words(known: DocumentInfo) -> str:
    """Why a document could not be (wholly) read; empty where it was."""
    if known.reason is None:
        if known.unreadable_pages:
            count = len(known.unreadable_pages)
            return say("tui_library.pages_missing", count=count, pages=known.pages)
        return ""
    area, _, name = known.reason.rpartition(".")
    area = area or "ingest"
    return say(f"{area}.{name}", **known.facts) if name in messages(area) else known.reason
