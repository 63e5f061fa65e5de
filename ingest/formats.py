"""What a file is, judged by its content first and its name second."""

import io
import stat
import zlib
from pathlib import Path

from ingest.encodings.decode import END_MARK, allowed_controls
from ingest.errors import FileUnreadable
from ingest.source import SourceFile

# Each family is a module of ingest.parsers.
_SUFFIXES_OF = {
    "text": (
        ".txt .text .log .rst .org .adoc .tex .bib .py .pyi .js .mjs .ts .tsx .jsx .java .kt .c"
        " .h .cc .cpp .hpp .cxx .cs .go .rs .rb .php .pl .lua .r .jl .m .swift .scala .sh .bash"
        " .zsh .fish .ps1 .bat .cmd .sql .css .scss .less .vue .toml .yaml .yml .ini .cfg .conf"
        " .properties .diff .patch .proto .cmake .gradle .po .f90 .asm .dart .hs .el"
    ),
    "markdown": ".md .markdown .mdown .mkd .mdx .qmd .rmd",
    "html": ".html .htm .xhtml .shtml",
    "xml": ".xml .fb2 .docbook .dbk .dita .opml",
    "pdf": ".pdf",
    "word": ".docx .docm .dotx .dotm",
    "slides": ".pptx .pptm .ppsx .ppsm .potx",
    "sheets": ".xlsx .xlsm .xlsb .xls .xltx .et .ods",
    "delimited": ".csv .tsv .tab",
    "epub": ".epub",
    "ofd": ".ofd",
    "mail": ".eml .mbox .mbx .mht .mhtml",
    "data": ".json .jsonl .ndjson .geojson",
    "notebook": ".ipynb",
    "subtitles": ".srt .vtt",
    "opendocument": ".odt .ott .odp",
    "image": ".png .jpg .jpeg .tif .tiff .bmp .webp .gif",
    "rtf": ".rtf",
    "longtail": ".doc .dot .wps .ppt .pps .dps .msg",
}
FAMILIES = {suffix: family for family, row in _SUFFIXES_OF.items() for suffix in row.split()}
_TEXTUAL = frozenset(
    ("text", "markdown", "html", "xml", "delimited", "mail", "data", "notebook", "subtitles")
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF87a", b"GIF89a")
_BITMAP = b"BM"
_ZIP_MARKS = (
    ("word/document.xml", "word"),
    ("ppt/presentation.xml", "slides"),
    ("xl/workbook.xml", "sheets"),
    ("xl/workbook.bin", "sheets"),
    ("META-INF/container.xml", "epub"),
    ("OFD.xml", "ofd"),
)
_OPEN_DOCUMENTS = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "opendocument",
    b"application/vnd.oasis.opendocument.presentation": "opendocument",
    b"application/vnd.oasis.opendocument.spreadsheet": "sheets",
}
_OLE_MARKS = (
    ("EncryptedPackage", "encrypted"),
    ("__substg1.0_", "msg"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_OLE_FAMILIES = {"encrypted": "encrypted", "xls": "sheets"}
_HEAD = 4096


def reason_to_skip(path: Path) -> str | None:
    """Why a folder's file is not worth reading: by its suffix, else by its head."""
    family = FAMILIES.get(path.suffix.lower())
    if family == "image":
        from ingest import ocr

        return None if ocr.engine() else "skipped_image"
    return None if family or _looks_readable(path) else "skipped_binary"


def family_of(source: SourceFile) -> str:
    """The family whose parser reads the content; the name decides between kinds of text."""
    named = FAMILIES.get(source.suffix)
    found = _family_by_content(source.data, named)
    if found == "encrypted":
        raise FileUnreadable("encrypted")
    if found:
        return found
    if not looks_like_text(source.data[:_HEAD]):
        if named in _TEXTUAL:
            return named  # decoding finds the encoding, or says that this is no text
        raise FileUnreadable("damaged" if named else "unsupported", suffix=source.suffix)
    if _starts_as_html(source.data) and (named not in _TEXTUAL or source.suffix == ".txt"):
        return "html"
    return named if named in _TEXTUAL else "text"


def fits_name(source: SourceFile, family: str) -> bool:
    """Whether the name promises what the content turned out to be."""
    return FAMILIES.get(source.suffix, family) == family


def looks_like_text(head: bytes) -> bool:
    """Whether bytes are text in some encoding: no controls but those that text has."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    head = head.rstrip(END_MARK.encode())
    controls = len(head) - len(head.translate(None, _CONTROLS))
    few = 0 if b"\0" in head else allowed_controls(len(head))
    return controls <= max(few, len(head) // 500)


_CONTROLS = bytes(set(range(32)) - {8, 9, 10, 12, 13, 27}) + b"\x7f"


def _looks_readable(path: Path) -> bool:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    if head.startswith(b"%PDF-"):
        return True
    return bool(head) and looks_like_text(head) and not head.startswith(b"PK\3\4")


def _family_by_content(data: bytes, named: str | None) -> str | None:
    if data.startswith(b"PK\3\4"):
        return _family_of_zip(data)
    if data.startswith(_OLE):
        return _family_of_ole(data, named)
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(b"%PDF-") or (named not in _TEXTUAL and b"%PDF-" in data[:1024]):
        return "pdf"
    if data.startswith(_IMAGES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "image"
    # These two letters alone may open a text, such as "BMW".
    return "image" if data.startswith(_BITMAP) and not looks_like_text(data[:_HEAD]) else None


def _family_of_zip(data: bytes) -> str:
    # Imported here: texts do not need it.
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            mime = archive.read("mimetype").strip() if "mimetype" in names else b""
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, zlib.error) as error:
        raise FileUnreadable("damaged") from error
    if mime in _OPEN_DOCUMENTS:
        return _OPEN_DOCUMENTS[mime]
    for mark, family in _ZIP_MARKS:
        if mark in names:
            return family
    raise FileUnreadable("unsupported_archive")


def ole_kind(data: bytes) -> str | None:
    """What an OLE container holds, by the names of its streams."""
    return next((kind for mark, kind in _OLE_MARKS if mark.encode("utf-16-le") in data), None)


def _family_of_ole(data: bytes, named: str | None) -> str:
    kind = ole_kind(data)
    if kind is None:
        # The names of the streams stand last: a file cut short has none.
        raise FileUnreadable("damaged" if named else "unsupported")
    return _OLE_FAMILIES.get(kind, "longtail")


def _starts_as_html(data: bytes) -> bool:
    return (
        data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))
    )
