"""The styles of a Word document: which are headings, and which lines of a table of contents."""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

from lxml import etree

from ingest.parsers.word.names import PARSER, w

_STYLE, _IDENTITY, _VAL = w("style"), w("styleId"), w("val")
_OUTLINE = f"{w('pPr')}/{w('outlineLvl')}"


class Styles:
    """What a document's styles say; the same for all documents made from one template."""

    def __init__(self, root: Any) -> None:
        """Take the root of the part; what it holds is looked up when it is asked for."""
        self.root = root

    @cached_property
    def levels(self) -> dict[str | None, int]:
        """The heading level of each style, by its outline level or its name, or inherited."""
        own: dict[str, int] = {}
        for style, name in self._names.items():
            if name.startswith("heading ") and name[8:].isdigit():
                own[style] = int(name[8:])
            elif name == "title":
                own[style] = 1
        for style, outline in self._values(_OUTLINE):
            if outline.isdigit():
                own[style] = int(outline) + 1
        based = dict(self._values(w("basedOn")))
        levels: dict[str | None, int] = {}
        for style in (*own, *based):
            at, seen = style, set[str]()
            while at not in own and at in based and at not in seen:
                seen.add(at)
                at = based[at]
            if own.get(at, 10) < 10:
                levels[style] = own[at]
        return levels

    @cached_property
    def contents(self) -> frozenset[str | None]:
        """The styles of tables of contents, whose lines look like the headings they name."""
        return frozenset(style for style, name in self._names.items() if name.startswith("toc "))

    @cached_property
    def _names(self) -> dict[str, str]:
        return {style: name.lower() for style, name in self._values(w("name"))}

    def _values(self, path: str) -> Iterator[tuple[str, str]]:
        """Identity of each style that has this element, and its value."""
        for style in self.root.iterfind(_STYLE):
            found = style.find(path)
            if found is not None and style.get(_IDENTITY) and found.get(_VAL):
                yield style.get(_IDENTITY), found.get(_VAL)


# Often the largest part by far, and the same in many documents of a folder.
@lru_cache(maxsize=1)
def read_styles(part: bytes) -> Styles:
    """The styles in a part's bytes."""
    return Styles(etree.fromstring(part, PARSER) if part else etree.Element(w("styles")))
