"""Mail: EML files and MBOX archives, a page per message with the documents attached to it."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ingest.dated import date_of_mail
from ingest.encodings.decode import codec, decode
from ingest.errors import FileUnreadable, IngestError
from ingest.formats import family_of
from ingest.parsers import parser
from ingest.parsers.html.markup import html_blocks, tree
from ingest.parsers.text import prose_blocks
from ingest.source import SourceFile
from ingest.types import Block, BlockKind, PageReport, Parsed, ReadOptions

_BREAK = re.compile(
    rb"^From [^\r\n]{3,200}\d{4}[^\r\n]{0,20}\r?\n(?=[A-Za-z-]{2,40}:)", re.MULTILINE
)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)  # so that it begins no message
_HEADERS = ("From", "To", "Cc", "Date")
_LONGEST_HEADER = 20_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _parse_header(name: str, value: str) -> Any:
    # The parser of headers takes megabytes of memory for each kilobyte.
    return _parse_short_header(name, value[:_LONGEST_HEADER])


# The parts of a message have the same few headers, each of which takes a third of a millisecond.
@lru_cache(maxsize=2048)
def _parse_short_header(name: str, value: str) -> Any:
    return _REGISTRY(name, value)


_REGISTRY = HeaderRegistry()
_POLICY = policy.default.clone(header_factory=_parse_header)


def parse(source: SourceFile) -> Parsed:
    """Read one message or an archive of them."""
    data = source.data
    if data.startswith(_UTF16):
        data = decode(data).text.encode("utf-8")
    pieces = [data]
    if data.startswith(b"From "):
        pieces = [_QUOTED_FROM.sub(rb"\1", piece) for piece in _BREAK.split(data)]
    blocks: list[Block] = []
    reports: list[PageReport] = []
    subject = ""
    encrypted = False
    for piece in pieces:
        if not piece.strip():
            continue
        number = len(reports) + 1
        message = message_from_bytes(piece, policy=_POLICY)
        subject = _header(message, "Subject")
        encrypted = encrypted or message.get_content_type() == "multipart/encrypted"
        found = [
            *_body(message, number, source.options.encoding),
            *_attach(message, number, source.options),
        ]
        length = sum(len(block.text) for block in found)
        reports.append(
            PageReport(number, length, 1.0 if length else 0.0, bool(length), label=subject)
        )
        blocks += *_head(message, subject, number), *found
    if not any(report.characters for report in reports):
        raise FileUnreadable("encrypted" if encrypted else "no_text")
    if len(reports) > 1:
        return Parsed(tuple(blocks), tuple(reports))
    dated = date_of_mail(_header(message, "Date"))
    return Parsed(tuple(blocks), tuple(reports), title=subject, dated=dated)


def _head(message: EmailMessage, subject: str, number: int) -> Iterator[Block]:
    if subject:
        yield Block(subject, BlockKind.HEADING, 1, number)
    lines = [f"{name}: {value}" for name in _HEADERS if (value := _header(message, name))]
    lines += [f"Attachment: {name}" for name, _ in _attachments(message)]
    yield Block("\n".join(lines), page=number)


def _header(message: EmailMessage, name: str) -> str:
    raws = message.raw_items()
    raw = next((str(raw) for key, raw in raws if key.lower() == name.lower()), "")
    if any("\udc80" <= character <= "\udcff" for character in raw):
        # Eight-bit text without a declared encoding.
        return " ".join(decode(raw.encode("utf-8", "surrogateescape")).text.split())
    # Headers that break the rules raise what their parser stumbled over.
    try:
        value = str(message.get(name, ""))
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        value = raw
    return " ".join(value.split())


def _attachments(message: EmailMessage) -> Iterator[tuple[str, EmailMessage]]:
    for part in message.walk():
        if part.get_content_disposition() == "attachment" and (name := part.get_filename()):
            yield " ".join(str(name).split()), part


def _attach(message: EmailMessage, number: int, options: ReadOptions) -> Iterator[Block]:
    """The text of the attached documents, each under its name; what is none has its name only."""
    for name, part in _attachments(message):
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes) or not data:
            continue
        try:
            source = SourceFile(Path(name), data, options)
            family = family_of(source)
            # Pictures in mail are logos and signatures.
            blocks = parser(family)(source).blocks if family != "image" else ()
        except IngestError:
            continue
        if blocks:
            yield Block(name, BlockKind.HEADING, 2, number)
        for block in blocks:
            yield replace(block, level=block.level and block.level + 2, page=number)


def _body(message: EmailMessage, number: int, wanted: str | None) -> Iterator[Block]:
    """The plain body, else the HTML one; forwarded messages and each alternative once."""
    plain: list[Block] = []
    rich: list[Block] = []
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if kind not in ("text/plain", "text/html"):
            continue
        text = _text(part, wanted)
        if kind == "text/plain":
            plain += (
                Block(b.text, b.kind, b.level and b.level + 1, number) for b in prose_blocks(text)
            )
        elif text.strip():
            rich += html_blocks(tree(text), number)
    chosen = plain if any(block.text.strip() for block in plain) else rich
    return iter([block for block in chosen if block.text.strip()])


def _text(part: EmailMessage, wanted: str | None) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data:
        return ""
    declared = codec(str(part.get_content_charset("")) or "") if not wanted else None
    if declared and declared != "utf-8":
        try:
            return data.decode(declared).replace("\r\n", "\n")
        except UnicodeDecodeError:
            pass
    return decode(data, wanted).text
