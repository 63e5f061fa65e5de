"""Headers, footers and page numbers: what stands at the same place of many pages."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.pages.fragments import Fragment, TextRun

# How much of the page's height, above and below, may hold what repeats.
_MARGIN = 0.09
_PLACES = 6.0
_NUMBER = re.compile(
    r"[-–—·~\s]*(?:第\s*)?(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,6}|[一二三四五六七八九十百]{1,4})"
    r"(?:\s*[页頁])?(?:\s*(?:/|of|共|，|,)+\s*(?:共\s*)?\d{1,4}\s*[页頁]?)?[-–—·~\s]*",
    re.IGNORECASE,
)
# Set by hand: a head stands so many type sizes from the text, on such a share of the pages that
# have anything there.
_APART, _MOST = 2.2, 0.8
# Set by hand: so many pages, and such a share of those with a number, rise by one a page.
_FEWEST_NUMBERED, _STEADY = 3, 0.7
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
    heads, feet = _edge_rows(pages, heights)
    kept: list[list[Fragment]] = []
    for fragments, height in zip(pages, heights, strict=True):
        numbers = _page_numbers(fragments, height)
        kept.append(
            [
                fragment
                for fragment in fragments
                if not _is_furniture(fragment, height, same, seen, often)
                and not any(fragment.on_row_of(number) for number in numbers)
                and not _is_edge(fragment, height, heads, feet)
            ]
        )
    return kept


def printed_numbers(
    pages: Sequence[Sequence[Fragment]], heights: Sequence[float]
) -> dict[int, str]:
    """The numbers printed on pages, by the pages' places from 0, where they are not place + 1.

    They count only where they rise with the pages, so that no year or amount is taken for one.
    """
    found: dict[int, int] = {}
    for place, (fragments, height) in enumerate(zip(pages, heights, strict=True)):
        for fragment in _page_numbers(fragments, height):
            if digits := _DIGITS.search(fragment.text):
                found.setdefault(place, int(digits.group()))
    shifts = Counter(number - place for place, number in found.items())
    if not shifts:
        return {}
    shift, often = shifts.most_common(1)[0]
    if shift == 1 or often < max(_FEWEST_NUMBERED, _STEADY * len(found)):
        return {}
    return {place: str(number) for place, number in found.items() if number - place == shift}


def _edge_rows(
    pages: Sequence[Sequence[Fragment]], heights: Sequence[float]
) -> tuple[set[int], set[int]]:
    """Heights of first and last rows that stand apart from the text on most pages.

    Running heads that name the section differ from page to page; their place does not.
    """
    apart: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    at_all: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    for fragments, height in zip(pages, heights, strict=True):
        rows = sorted((f for f in fragments if f.run is TextRun.ACROSS), key=lambda f: -f.middle)
        for side, ordered in enumerate((rows, rows[::-1])):
            if not ordered or not _in_margin(ordered[0], height):
                continue
            edge = ordered[0]
            place = round(edge.middle)
            at_all[side][place] += 1
            inner = next((f for f in ordered if not f.on_row_of(edge)), None)
            if inner and abs(inner.middle - edge.middle) > _APART * edge.size:
                apart[side][place] += 1
    found = (
        {place for place, n in apart[side].items() if n >= _MOST * at_all[side][place] and n > 3}
        for side in (0, 1)
    )
    often = 0.25 * len(pages)
    heads, feet = (
        {place for place in places if apart[side][place] >= often}
        for side, places in enumerate(found)
    )
    return heads, feet


def _is_edge(fragment: Fragment, height: float, heads: set[int], feet: set[int]) -> bool:
    places = heads if fragment.middle > height / 2 else feet
    return any(abs(fragment.middle - place) <= 1 for place in places)


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
