"""The parts of a Word file that are read: a zip of XML whose relations name one another."""

import posixpath
from typing import Any
from zipfile import ZipFile

from lxml import etree

from ingest.archive import entry
from ingest.errors import FileUnreadable
from ingest.parsers.word.names import PARSER, w
from ingest.parsers.word.styles import Styles, read_styles

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


class WordPackage:
    """A document's parts, each read once when the package is opened."""

    def __init__(self, archive: ZipFile) -> None:
        """Read the body and what it relies on; a part that is not there is None."""
        of_file = _relations(archive, "")
        main = of_file.get("officeDocument", "")
        root = _optional(archive, main)
        self.body: Any = root.find(w("body")) if root is not None else None
        if self.body is None:
            raise FileUnreadable("damaged")
        related = _relations(archive, main)
        self.styles: Styles = read_styles(_bytes(archive, related.get("styles")))
        self.numbering: bytes = _bytes(archive, related.get("numbering"))
        notes = (_optional(archive, related.get(kind)) for kind in ("footnotes", "endnotes"))
        self.notes: list[Any] = [part for part in notes if part is not None]
        properties = _optional(archive, of_file.get("core-properties"))
        self.title = properties.findtext(_TITLE, "") if properties is not None else ""


def _relations(archive: ZipFile, part: str) -> dict[str, str]:
    """What a part refers to within the package, by the last word of the relation's type."""
    folder, name = posixpath.split(part)
    found: dict[str, str] = {}
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    root = _optional(archive, path)
    for relation in root.iterfind(_RELATION) if root is not None else ():
        if relation.get("TargetMode") != "External":
            kind = (relation.get("Type") or "").rpartition("/")[2]
            target = posixpath.join("/", folder, relation.get("Target") or "")
            found.setdefault(kind, posixpath.normpath(target).lstrip("/"))
    return found


def _optional(archive: ZipFile, path: str | None) -> Any:
    data = _bytes(archive, path)
    return etree.fromstring(data, PARSER) if data else None


def _bytes(archive: ZipFile, path: str | None) -> bytes:
    if path not in archive.NameToInfo:
        return b""
    data = entry(archive, path)
    # Office formats forbid document types, so a file with one is an attack.
    if b"<!DOCTYPE" in data[:512]:
        raise FileUnreadable("xml_entities")
    return data
