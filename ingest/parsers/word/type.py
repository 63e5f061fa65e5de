"""Titles that a Word document shows by their type alone: centred, larger than the running text."""

import re
from collections import Counter
from typing import Any

from ingest.parsers.word.names import w
from ingest.parsers.word.package import WordPackage

_P, _RUN, _T, _PPR, _VAL = (w(name) for name in ("p", "r", "t", "pPr", "val"))
_CENTRED, _STYLE = f"{_PPR}/{w('jc')}", f"{_PPR}/{w('pStyle')}"
_SIZE = f"{w('rPr')}/{w('sz')}"
_DEFAULT = f"{w('docDefaults')}/{w('rPrDefault')}/{_SIZE}"
_LARGER = 1.12
_SENTENCE = re.compile(r"[。！？；，、：;,…]$")
_USUAL = 20  # Word's size where nothing is said, in half points


class Type:
    """Knows the sizes of a document's type; looks at them only once a centred line asks."""

    def __init__(self, document: WordPackage) -> None:
        """Look at nothing yet."""
        self._document = document
        self._styles: dict[str | None, int] = {}
        self._body = 0
        self._ranks: dict[int, int] = {}

    def rank(self, paragraph: Any, text: str) -> int | None:
        """Level of a centred line by its size, 1 for the largest; None where it is no title."""
        if not _is_centred(paragraph) or _SENTENCE.search(text):
            return None
        if not self._body:
            self._measure()
        return self._ranks.get(self._size(paragraph))

    def _measure(self) -> None:
        styles = self._document.styles.root
        usual = _half_points(styles.find(_DEFAULT)) or _USUAL
        self._styles[None] = usual
        for style in styles.iterfind(w("style")):
            identity, size = style.get(w("styleId")), _half_points(style.find(_SIZE))
            self._styles[identity] = size or usual
            if style.get(w("default")) == "1" and style.get(w("type")) == "paragraph":
                self._styles[None] = self._styles[identity]
        running: Counter[int] = Counter()
        titles: set[int] = set()
        for paragraph in self._document.body.iter(_P):
            size = self._size(paragraph)
            if _is_centred(paragraph):
                titles.add(size)
            else:
                running[size] += sum(len(text.text or "") for text in paragraph.iter(_T))
        self._body = running.most_common(1)[0][0] if running else usual
        large = sorted((size for size in titles if size >= self._body * _LARGER), reverse=True)
        self._ranks = {size: rank for rank, size in enumerate(large, 1)}

    def _size(self, paragraph: Any) -> int:
        sizes = [_half_points(run.find(_SIZE)) for run in paragraph.iter(_RUN)]
        style = paragraph.find(_STYLE)
        name = style.get(_VAL) if style is not None else None
        return max(sizes, default=0) or self._styles.get(name, self._styles[None])


def _is_centred(paragraph: Any) -> bool:
    placed = paragraph.find(_CENTRED)
    return placed is not None and placed.get(_VAL) == "center"


def _half_points(size: Any) -> int:
    value = size.get(_VAL) or "" if size is not None else ""
    return int(value) if value.isdigit() else 0
