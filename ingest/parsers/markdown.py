"""Markdown: headings, paragraphs, lists, tables and fenced code, marks of emphasis taken out."""

import re
from collections.abc import Iterator

from ingest.encodings.decode import decode
from ingest.parsers.html.markup import html_blocks, tree
from ingest.source import SourceFile
from ingest.splitting.line_joining import unwrap
from ingest.tables import table_blocks
from ingest.types import Block, BlockKind, Parsed

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(?!.*`)")
# Chinese writers leave out the space; a single mark without it may be a tag.
_ATX = re.compile(r" {0,3}(?:(#{1,6})(?:[ \t]+|$)|(#{2,6})(?=[^\s#!]))(.*?)[ \t#]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
# `名称：` or `**名称**：` at the head of a line, as forms have it; no address.
_LABEL = re.compile(r"(?:\*\*)?[^\W\d_]{2,10}(?:\*\*)?(?:：|:(?!//))")
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\S")
_DELIMITERS = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL = re.compile(r"(?<!\\)\|")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]]{0,500})\]\([^)]{0,2000}\)")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,50}\](?::[ \t]*)?")
# None reaches further than its marks ever stand apart: a file of brackets would take for ever.
_LINK = re.compile(
    r"(?<!\\)\[([^\[\]\n]{1,500})\]\(<?([^)\s>]{0,2000})>?(?:\s+\"[^\"]{0,500}\")?\)"
)
_EMPHASIS = re.compile(r"(?<![\\*\w])(\*{1,3}|__|~~)(?=\S)(.{1,500}?)(?<=\S)\1", re.DOTALL)
_STRONG = re.compile(r"(\*\*)(?=\S)(.{1,500}?)(?<=\S)\1", re.DOTALL)
_CODE = re.compile(r"(?<!`)(`{1,9})(?!`)(.{1,1000}?)(?<!`)\1(?!`)", re.DOTALL)
_TAG = re.compile(
    r"</?(?:br|p|div|span|b|i|u|s|em|strong|a|img|sup|sub|font|center|kbd|details|summary|small|mark"
    r"|del|ins|hr|ul|ol|li|dl|dt|dd|h[1-6]|figure|figcaption|picture|source|video|section|article"
    r"|blockquote|table|t(?:able|head|body|foot|r|d|h))\b[^>]*>",
    re.I,
)
_HTML_TABLE = re.compile(r" {0,3}<table\b", re.I)
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)


def parse(source: SourceFile) -> Parsed:
    """Read a Markdown file."""
    decoded = decode(source.data, source.options.encoding)
    front, body = _front_matter(decoded.text)
    blocks = tuple(markdown_blocks(body))
    found = _FRONT_TITLE.search(front)
    first = next((b.text for b in blocks if b.kind is BlockKind.HEADING and b.level == 1), None)
    title = found.group(1) if found else first
    return Parsed(blocks, encoding=decoded.encoding, title=title, notes=decoded.notes)


def markdown_blocks(text: str, page: int | None = None) -> Iterator[Block]:
    """The blocks of a Markdown text."""
    if "<!--" in text:
        text = _COMMENT.sub("", text)
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip() or _RULE.match(line):
            at += 1
        elif fence := _FENCE.match(line):
            end = _fence_end(lines, at + 1, fence.group(1))
            yield Block("\n".join(lines[at + 1 : end]), BlockKind.CODE, page=page)
            at = end + 1
        elif heading := _ATX.match(line):
            marks, crowded, words = heading.groups()
            yield Block(_plain(words), BlockKind.HEADING, len(marks or crowded), page)
            at += 1
        elif _HTML_TABLE.match(line):
            end = next((i for i in range(at, len(lines)) if "</table" in lines[i].lower()), at)
            yield from html_blocks(tree("\n".join(lines[at : end + 1])), page)
            at = end + 1
        elif _begins_table(lines, at):
            end = next((i for i in range(at + 2, len(lines)) if "|" not in lines[i]), len(lines))
            rows = [_cells(row) for row in (lines[at], *lines[at + 2 : end])]
            yield from table_blocks(rows, page)
            at = end
        else:
            end = _paragraph_end(lines, at)
            yield from _paragraph(lines[at:end], page)
            at = end


def _front_matter(text: str) -> tuple[str, str]:
    if text.startswith("---\n") and (end := text.find("\n---", 3)) > 0:
        return text[4:end], text[end + 4 :].lstrip("-")
    return "", text


def _fence_end(lines: list[str], start: int, fence: str) -> int:
    closing = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
    return next((i for i in range(start, len(lines)) if closing.match(lines[i])), len(lines))


def _begins_table(lines: list[str], at: int) -> bool:
    below = lines[at + 1] if at + 1 < len(lines) else ""
    return "|" in lines[at] and "-" in below and "|" in below and bool(_DELIMITERS.match(below))


def _paragraph_end(lines: list[str], at: int) -> int:
    for i in range(at + 1, len(lines)):
        line = lines[i]
        if not line.strip() or _ATX.match(line) or _FENCE.match(line) or _begins_table(lines, i):
            return i
        if _HTML_TABLE.match(line):
            return i
        if _UNDERLINE.match(line):
            return i + 1
    return len(lines)


def _paragraph(lines: list[str], page: int | None) -> Iterator[Block]:
    under = _UNDERLINE.match(lines[-1]) if len(lines) > 1 else None
    if under:
        level = 1 if under.group(1)[0] == "=" else 2
        yield Block(_plain(unwrap("\n".join(lines[:-1]))), BlockKind.HEADING, level, page)
        return
    if any(_ITEM.match(line) for line in lines):
        yield from _list(lines, page)
        return
    quoted = "\n".join(line.lstrip("> ") for line in lines)
    # Two spaces or a backslash at its end keep a line break; so does the next line of a form.
    ends = r"(?: {2,}|\\)\n"
    if _LABEL.match(quoted):
        ends += rf"|\n(?={_LABEL.pattern})"
    parts = re.split(ends, quoted)
    yield Block("\n".join(_plain(unwrap(part)) for part in parts), page=page)


def _list(lines: list[str], page: int | None) -> Iterator[Block]:
    items: list[list[str]] = []
    for line in lines:
        if _ITEM.match(line) or not items:
            items.append([line.rstrip()])
        else:
            items[-1].append(line.strip())
    text = "\n".join(_plain(_indent(item)) for item in items)
    yield Block(text, BlockKind.LIST, page=page)


def _indent(item: list[str]) -> str:
    first = item[0]
    indent = first[: len(first) - len(first.lstrip())]
    return indent + unwrap("\n".join((first.lstrip(), *item[1:])))


def _cells(row: str) -> list[str]:
    inner = row.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [_plain(cell.strip()).replace("\\|", "|") for cell in _CELL.split(inner)]


def _plain(text: str) -> str:
    if "[" in text:
        text = _FOOTNOTE.sub("", text)
        text = _LINK.sub(_link, _IMAGE.sub(r"\1", text))
    if "*" in text or "_" in text or "~" in text:
        text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    if "`" in text:
        text = _CODE.sub(r"\2", text)
    return _TAG.sub("", text) if "<" in text else text


def _link(match: re.Match[str]) -> str:
    words, target = match.groups()
    return f"{words} ({target})" if "://" in target and words != target else words
