"""When a document was written, as its own metadata says."""

import re
import zipfile
from email.utils import parsedate_to_datetime

from ingest.archive import FAULTS, open_archive
from ingest.errors import IngestError
from ingest.source import SourceFile

_LONGEST = 64 * 1024
# Office's own files first, then those of OpenDocument; the last change before the beginning,
# because a template's date stays in every document that is made of it.
_PARTS = {
    "docProps/core.xml": (rb"<dcterms:modified[^>]*>", rb"<dcterms:created[^>]*>"),
    "meta.xml": (rb"<dc:date>", rb"<meta:creation-date>"),
}
_DAY = rb"\s*(\d{4}-\d\d-\d\d)"
# Documents made by python-docx and python-pptx keep these days of their templates, as created and
# as modified, whenever they were written; such a file is dated by its text or by itself.
_OF_TEMPLATES = (b"2013-12-23", b"2013-01-27")
_PDF = re.compile(r"(?:D:)?((?:19|20)\d\d)([01]\d)?([0-3]\d)?")


def date_of_archive(source: SourceFile) -> str | None:
    """The day in an Office or OpenDocument file; None where it has none."""
    try:
        with open_archive(source) as archive:
            return _read_day(archive)
    except IngestError:
        return None


def date_of_pdf(value: str | None) -> str | None:
    """The day in a date as PDF writes it, D:20250304…, as far as it is given."""
    found = _PDF.match(value or "")
    return "-".join(part for part in found.groups() if part) if found else None


def date_of_mail(value: str) -> str | None:
    """The day in the Date line of a mail."""
    try:
        return parsedate_to_datetime(value).strftime("%Y-%m-%d")
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _read_day(archive: zipfile.ZipFile) -> str | None:
    for name, tags in _PARTS.items():
        try:
            with archive.open(name) as file:
                data = file.read(_LONGEST)
        except FAULTS:
            continue
        for tag in tags:
            found = re.search(tag + _DAY, data)
            if found and found[1] not in _OF_TEMPLATES:
                return found[1].decode()
    return None
