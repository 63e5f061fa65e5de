"""What stands on a web page around its text: menus, the path to the page, its foot."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from lxml import etree, html

from ingest.types import Block, BlockKind

# What page makers call the parts of a page. These never hold its text …
_SURE_WORDS = (
    "breadcrumb breadcrumbs crumb crumbs copyright footer pagination pager editsection navheader"
    " navfooter navbar navbox contentinfo cookie cookies"
)
# … and these hold none where they are made of links.
_LIKELY_WORDS = (
    "nav navi navigation search menu header head top topbar bottom side sidebar aside related"
    " relate recommend hot rank ranking toc share links friendlink friendlinks toolbar tools login"
    " ad ads advert banner tags comment comments prev next position location path complementary"
)
_PART_TAGS = "div ul ol dl p section nav aside header footer form table td center"
_SURE, _LIKELY, _PARTS = (
    frozenset(words.split()) for words in (_SURE_WORDS, _LIKELY_WORDS, _PART_TAGS)
)
_NAMED = etree.XPath(
    "//*[@class or @id or @role or self::footer or self::header or self::aside]",
    smart_strings=False,
)
_HOLDS_TEXT = etree.XPath("boolean(.//h1 | .//main | .//article)")
_OWN_FOOT = frozenset(("article", "main", "section", "blockquote"))
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LINKED = 0.5
_MUCH = 500

_PATH = re.compile(
    r"(?:您|你)?(?:现在|当前|目前)?(?:所在|的|所处)*位置\s*[:：].{0,120}(?:首页|主页|[>»›→])"
)
_FOOT = re.compile(
    r"ICP[备证]|公网安备|版权所有|Copyright|©|All Rights Reserved|网站标识码"
    r"|(?:关于|联系)我们\s*[|｜·]|[|｜·]\s*(?:关于|联系)我们",
    re.IGNORECASE,
)
_LONGEST_FOOT = 300


def drop_furniture(root: html.HtmlElement) -> None:
    """Take the parts out of the tree that hold no text of the page."""
    body = root.find("body")
    whole = _length(root if body is None else body)
    for node in cast("list[html.HtmlElement]", _NAMED(root)):
        is_edit_link = node.tag == "span" and "editsection" in _words(node)
        if is_edit_link or (node.tag in _PARTS and _is_furniture(node, whole)):
            node.drop_tree()


def without_furniture(blocks: Sequence[Block]) -> list[Block]:
    """The blocks less the path to the page, and less what its foot says of the site."""
    kept = [block for block in blocks if not _PATH.match(block.text)]
    while kept and _is_foot(kept[-1]):
        kept.pop()
    return kept


def _is_foot(block: Block) -> bool:
    is_words = block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST)
    return is_words and len(block.text) <= _LONGEST_FOOT and bool(_FOOT.search(block.text))


def _is_furniture(node: html.HtmlElement, whole: int) -> bool:
    words = _words(node)
    sure, likely = not words.isdisjoint(_SURE), not words.isdisjoint(_LIKELY)
    if node.tag == "footer":
        sure = not any(above.tag in _OWN_FOOT for above in node.iterancestors())
    elif node.tag in ("header", "aside"):
        likely = True
    if not (sure or likely) or _HOLDS_TEXT(node):
        return False
    length = _length(node)
    if sure:
        return length < _MUCH or length < whole / 2
    linked = sum(map(_length, node.iter("a")))
    return linked >= _LINKED * length


def _words(node: html.HtmlElement) -> frozenset[str]:
    return _split(" ".join(node.get(name, "") for name in ("id", "class", "role")))


@lru_cache(maxsize=1024)
def _split(names: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(names))


def _length(node: html.HtmlElement) -> int:
    return len("".join(str(node.text_content()).split()))
