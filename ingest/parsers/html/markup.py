"""HTML and its kin to blocks: one walk over the tree, as a reader would see it."""

import re
from collections.abc import Iterator

from lxml import etree, html

from ingest.errors import FileUnreadable
from ingest.escapes import without_escapes
from ingest.splitting.line_joining import unwrap
from ingest.tables import table_blocks
from ingest.types import Block, BlockKind

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SKIPPED = frozenset(
    ("script", "style", "noscript", "template", "svg", "math", "nav", "head", "iframe", "object",
     "button", "select", "input", "textarea", "canvas", "video", "audio", "dialog")
)  # fmt: skip
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img",
     "ins", "kbd", "label", "mark", "q", "ruby", "rb", "s", "samp", "small", "span", "strike",
     "strong", "sub", "sup", "tt", "u", "var", "wbr", "time", "data", "nobr", "o:p")
)  # fmt: skip
_UNREAD_IN_LINE = frozenset(("rt", "rp"))  # readings above ruby characters
_SPACE = re.compile(r"[^\S\u3000\xa0]+")
# No XML may hold these, so that the tree could not be changed.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DEEPEST = 200
_TOO_DEEP = "Excessive depth"
_TAG = re.compile(r"<script\b.*?</script\s*>|<style\b.*?</style\s*>|<[^<>]*>", re.DOTALL | re.I)


def tree(text: str) -> html.HtmlElement:
    """The tree of an HTML text; never fetches, never expands entities."""
    parser = html.HTMLParser(
        huge_tree=True, no_network=True, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    if _CONTROLS.search(text):
        text = _CONTROLS.sub("", without_escapes(text))
    root = _parse(text, parser)
    if any(_TOO_DEEP in fault.message for fault in parser.error_log):
        # What is nested deeper than the parser goes is lost: read it without its marks.
        root = _parse(_TAG.sub("\n", text), parser)
    return root


def _parse(text: str, parser: html.HTMLParser) -> html.HtmlElement:
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise FileUnreadable("no_text") from error


def title_of(root: html.HtmlElement) -> str | None:
    """What the head gives as title."""
    found = root.findtext(".//title")
    return " ".join(found.split()) or None if found else None


def html_blocks(root: html.HtmlElement, page: int | None = None) -> list[Block]:
    """The blocks of a tree in the order of the document."""
    walk = _Walk(page)
    body = root.find("body")
    walk.element(root if body is None else body, 0)
    walk.flush()
    return walk.blocks


class _Walk:
    """Collects the words of inline elements until a block begins or ends."""

    def __init__(self, page: int | None) -> None:
        self.blocks: list[Block] = []
        self._page = page
        self._words: list[str] = []
        self._kind = BlockKind.PARAGRAPH
        self._bullet = ""

    def element(self, node: html.HtmlElement, depth: int) -> None:
        """Visit an element and what it holds."""
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag in _SKIPPED or tag in _UNREAD_IN_LINE or _is_hidden(node):
            return
        if tag in _HEADINGS:
            self._heading(node, _HEADINGS[tag])
        elif tag in ("pre", "listing", "xmp"):
            self.flush()
            self._add(_all_text(node), BlockKind.CODE)
        elif tag == "table" and _is_data(node):
            self.flush()
            self.blocks += table_blocks(_rows(node), self._page)
        elif tag == "br":
            self._words.append("\v")
        elif tag in _INLINE or depth > _DEEPEST:
            self._inside(node, depth)
        else:
            self._block(node, tag, depth)

    def flush(self) -> None:
        """End the block at hand."""
        text = _collapse("".join(self._words))
        self._words = []
        if text:
            self._add(self._bullet + text, self._kind)
            self._bullet = ""

    def _block(self, node: html.HtmlElement, tag: str, depth: int) -> None:
        self.flush()
        before = self._kind, self._bullet
        if tag in ("li", "dt", "dd"):
            self._kind = BlockKind.LIST
            self._bullet = _bullet(node) if tag == "li" else ""
        elif tag in ("ul", "ol", "dl"):
            self._kind = BlockKind.LIST
        self._inside(node, depth)
        self.flush()
        self._kind, self._bullet = before[0], ""

    def _inside(self, node: html.HtmlElement, depth: int) -> None:
        if depth > _DEEPEST:
            self._words.append(_all_text(node))
            return
        if node.text:
            self._words.append(node.text)
        for child in node:
            if isinstance(child.tag, str):
                self.element(child, depth + 1)
            if child.tail:
                self._words.append(child.tail)

    def _heading(self, node: html.HtmlElement, level: int) -> None:
        self.flush()
        text = _collapse(_all_text(node)).replace("\n", " ")
        if text:
            self.blocks.append(Block(text, BlockKind.HEADING, level, self._page))

    def _add(self, text: str, kind: BlockKind) -> None:
        if text.strip():
            self.blocks.append(Block(text, kind, page=self._page))


def _is_hidden(node: html.HtmlElement) -> bool:
    if "hidden" in node.attrib:
        return True
    style = node.get("style")
    return bool(style) and "display:none" in style.replace(" ", "").lower()


def _bullet(node: html.HtmlElement) -> str:
    parent = node.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    try:
        first = int(parent.get("start", "1"))
    except ValueError:
        first = 1
    return f"{first + sum(1 for _ in node.itersiblings('li', preceding=True))}. "


def _is_data(node: html.HtmlElement) -> bool:
    """Whether a table holds data, not a page's layout."""
    if node.find(".//table") is not None or node.get("role") == "presentation":
        return False
    if any(node.find(f".//{tag}") is not None for tag in ("h1", "h2", "h3")):
        return False
    return any(len(row.findall("td")) + len(row.findall("th")) > 1 for row in node.iter("tr"))


def _rows(node: html.HtmlElement) -> Iterator[list[str]]:
    above: dict[int, tuple[str, int]] = {}  # by column: the words and for how many rows more
    for row in node.iter("tr"):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            _add_from_above(cells, above)
            words, down = _collapse(_all_text(cell)), _span(cell, "rowspan")
            if down > 1:
                above[len(cells)] = words, down - 1
            cells += [words] + [""] * (_span(cell, "colspan") - 1)
        _add_from_above(cells, above)
        yield cells


def _add_from_above(cells: list[str], above: dict[int, tuple[str, int]]) -> None:
    """Let a cell that reaches down into this row speak for it, too."""
    while (column := len(cells)) in above:
        words, more = above.pop(column)
        if more > 1:
            above[column] = words, more - 1
        cells.append(words)


def _span(cell: html.HtmlElement, name: str) -> int:
    span = cell.get(name, "1").strip()
    return max(1, min(int(span), 50)) if span.isascii() and span.isdigit() else 1


def _all_text(node: html.HtmlElement) -> str:
    pieces: list[str] = []
    for item in node.iter():
        tag = item.tag
        if tag == "br" or (tag in ("p", "div", "li", "tr") and item is not node):
            pieces.append("\n")
        if isinstance(tag, str) and tag not in _SKIPPED and tag not in _UNREAD_IN_LINE:
            pieces.append(item.text or "")
        if item is not node:
            pieces.append(item.tail or "")
    return "".join(pieces)


def _collapse(text: str) -> str:
    """Text as a browser shows it: runs of white space are one space, none beside Chinese."""
    lines = (unwrap(_SPACE.sub(_one_space, line)).strip() for line in text.split("\v"))
    return "\n".join(line for line in lines if line).replace("\xa0", " ")


def _one_space(match: re.Match[str]) -> str:
    return "\n" if "\n" in match.group() else " "
