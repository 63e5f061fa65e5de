"""Headers, footers and page numbers: what stands at the same place of many pages."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.pages.fragments import Fragment

# How much of the page's height, above and below, may hold what repeats.
_MARGIN = 0.09
_PLACES = 6.0
_NUMBER = re.compile(
    r"[-–—·~\s]*(?:第\s*)?(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,6}|[一二三四五六七八九十百]{1,4})"
    r"(?:\s*[页頁])?(?:\s*(?:/|of|共|，|,)+\s*(?:共\s*)?\d{1,4}\s*[页頁]?)?[-–—·~\s]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def without_margins(
    pages: Sequence[Sequence[Fragment]], heights: Sequence[float]
) -> list[list[Fragment]]:
    """The pages' fragments less the headers, footers and page numbers."""
    seen: Counter[tuple[str, int]] = Counter()
    same: Counter[tuple[str, int]] = Counter()
    for fragments, height in zip(pages, heights, strict=True):
        marks = {(f.text, _place(f)) for f in fragments if _in_margin(f, height)}
        same.update(marks)
        seen.update({(_DIGITS.sub("#", text), place) for text, place in marks})
    often = max(2, min(3, len(pages)), round(0.3 * len(pages)))
    kept: list[list[Fragment]] = []
    for fragments, height in zip(pages, heights, strict=True):
        numbers = _page_numbers(fragments, height)
        kept.append(
            [
                fragment
                for fragment in fragments
                if not _is_furniture(fragment, height, same, seen, often)
                and not any(fragment.on_row_of(number) for number in numbers)
            ]
        )
    return kept


def _page_numbers(fragments: Sequence[Fragment], height: float) -> list[Fragment]:
    """Numbers with nothing further out, unlike those of a table that reaches into the margin."""
    if not fragments:
        return []
    lowest = min(fragments, key=lambda f: f.middle)
    highest = max(fragments, key=lambda f: f.middle)
    return [
        fragment
        for fragment in fragments
        if _in_margin(fragment, height)
        and (fragment.on_row_of(lowest) or fragment.on_row_of(highest))
        and _NUMBER.fullmatch(fragment.text)
    ]


def _is_furniture(
    fragment: Fragment,
    height: float,
    same: Counter[tuple[str, int]],
    seen: Counter[tuple[str, int]],
    often: int,
) -> bool:
    if not _in_margin(fragment, height):
        return False
    place = _place(fragment)
    if same[fragment.text, place] >= 3:
        return True
    return seen[_DIGITS.sub("#", fragment.text), place] >= often


def _in_margin(fragment: Fragment, height: float) -> bool:
    return fragment.bottom > height * (1 - _MARGIN) or fragment.top < height * _MARGIN


def _place(fragment: Fragment) -> int:
    return round(fragment.middle / _PLACES)
