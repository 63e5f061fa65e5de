"""XML of any kind: the text of each element that holds some, a line each."""

import re

from lxml import etree

from ingest.encodings.decode import decode
from ingest.errors import FileUnreadable
from ingest.parsers.html.markup import html_blocks, title_of, tree
from ingest.parsers.text import prose_blocks
from ingest.source import SourceFile
from ingest.splitting.line_joining import unwrap
from ingest.types import Block, BlockKind, Parsed

_TITLES = frozenset(("title", "heading", "head", "subtitle", "标题", "题名"))
# Where formats such as OPML keep words that are meant to be read.
_SPOKEN = ("text", "title", "label", "name", "value", "description", "content")
_HAN = re.compile("[\u4e00-\u9fff]")
_WITHIN = frozenset(
    ("emphasis", "strong", "em", "i", "b", "a", "link", "xref", "literal", "code", "sub", "sup")
)


# An entity made of entities grows without bound.
_BOMB = re.compile(rb"<!ENTITY\s[^>]*?[\"'][^\"'<>]*&[\w.-]+;")


def parse(source: SourceFile) -> Parsed:
    """Read an XML file; entities other than XML's own are not expanded."""
    try:
        root = parse_xml(source.data)
    except FileUnreadable as error:
        if error.code != "damaged":
            raise
        decoded = decode(source.data, source.options.encoding)
        return Parsed(tuple(prose_blocks(decoded.text)), encoding=decoded.encoding)
    if etree.QName(root).localname == "html":
        page = tree(etree.tostring(root, encoding="unicode"))
        return Parsed(tuple(html_blocks(page)), title=title_of(page))
    blocks: list[Block] = []
    _collect(root, blocks)
    return Parsed(tuple(blocks))


def parse_xml(data: bytes) -> etree._Element:
    """The root of an XML text; entity bombs and foreign files stay closed."""
    if _BOMB.search(data[:1_000_000]):
        raise FileUnreadable("xml_entities")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FileUnreadable("damaged") from error
    return root


def _collect(root: etree._Element, blocks: list[Block]) -> None:
    """Walk without recursion, since XML may be nested as deep as its writer likes."""
    depth = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, node in walk:
        name = etree.QName(node).localname if isinstance(node.tag, str) else ""
        depth += 1 if event == "start" else -1
        if event == "end" or not name or (name in _WITHIN and node is not root):
            continue
        if name in _TITLES:
            text = unwrap("".join(node.itertext()).strip())
            if text:
                blocks.append(Block(text, BlockKind.HEADING, min(depth, 6)))
            walk.skip_subtree()
            continue
        own = [node.text or ""]
        for child in node:
            if isinstance(child.tag, str) and etree.QName(child).localname in _WITHIN:
                own.append("".join(child.itertext()))
            own.append(child.tail or "")
        text = unwrap("".join(own).strip())
        blocks.append(Block(text or _speak(node)))


def _speak(node: etree._Element) -> str:
    """The words in the attributes of an element that holds no others."""
    said = ((str(name).lower(), str(value)) for name, value in node.items())
    return " ".join(value for name, value in said if name in _SPOKEN or _HAN.search(value))
