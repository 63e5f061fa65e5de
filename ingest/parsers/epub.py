"""EPUB books: a page per chapter file, in the order of the book's spine."""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from ingest.archive import FAULTS, check_archive, entry, open_archive
from ingest.encodings.decode import decode
from ingest.errors import FileUnreadable
from ingest.parsers.html.markup import html_blocks, tree
from ingest.parsers.xml import parse_xml
from ingest.quality import quality
from ingest.source import SourceFile
from ingest.types import Block, BlockKind, PageReport, Parsed

_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def parse(source: SourceFile) -> Parsed:
    """Read an EPUB file."""
    check_archive(source, office=False)
    blocks: list[Block] = []
    reports: list[PageReport] = []
    with open_archive(source) as archive:
        names = set(archive.namelist())
        _refuse_locked(archive, names)
        folder, package = _package(archive)
        for number, name in enumerate(_spine(package, folder), 1):
            data = _chapter(archive, name) if name in names else None
            if data is None:
                reports.append(PageReport(number, 0, 0.0, False, label=posixpath.basename(name)))
                continue
            text = decode(data).text
            found = html_blocks(tree(_without_declaration(text)), number) if text.strip() else []
            words = "\n".join(block.text for block in found)
            label = next((b.text for b in found if b.kind is BlockKind.HEADING), None)
            # A cover or a plate holds a picture only.
            worth = quality(words) if words else 1.0
            reports.append(PageReport(number, len(words), worth, worth >= 0.5, label=label))
            blocks += found
    return Parsed(tuple(blocks), tuple(reports), title=_title(package))


def _chapter(archive: ZipFile, name: str) -> bytes | None:
    """A chapter's file; None where it is damaged, so that the others are still read."""
    try:
        return entry(archive, name)
    except FAULTS:
        return None


def _refuse_locked(archive: ZipFile, names: set[str]) -> None:
    if "META-INF/encryption.xml" in names and b"obfuscation" not in entry(
        archive, "META-INF/encryption.xml"
    ):
        raise FileUnreadable("encrypted")


def _package(archive: ZipFile) -> tuple[str, etree._Element]:
    container = parse_xml(entry(archive, "META-INF/container.xml"))
    for node in container.iter("{*}rootfile"):
        path = node.get("full-path") or ""
        return posixpath.dirname(path), parse_xml(entry(archive, path))
    raise FileUnreadable("damaged")


def _spine(package: etree._Element, folder: str) -> Iterator[str]:
    items = {
        item.get("id"): item.get("href") or ""
        for item in package.iter("{*}item")
        if item.get("media-type") in _PAGES
    }
    for reference in package.iter("{*}itemref"):
        href = items.get(reference.get("idref"))
        if href:
            yield posixpath.normpath(posixpath.join(folder, unquote(href)))


def _title(package: etree._Element) -> str | None:
    found = package.find(".//{http://purl.org/dc/elements/1.1/}title")
    return found.text.strip() or None if found is not None and found.text else None


def _without_declaration(text: str) -> str:
    # The HTML parser would take the declaration's encoding, but the text is decoded already.
    return text[text.find("?>") + 2 :] if text.startswith("<?xml") else text
