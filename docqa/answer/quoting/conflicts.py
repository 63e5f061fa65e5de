"""Sources that disagree: the same said with another number, date, name or rule."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from docqa.answer.citations import cite, locate_citation
from docqa.answer.quoting.question_types import Asked
from docqa.answer.quoting.ranking import Rated
from docqa.answer.quoting.same import only_letters
from docqa.answer.quoting.yes_or_no import decide
from docqa.stores.records.library import Library
from docqa.terms import normal
from docqa.types import AskedValue, Author, Conflict

# So many of the likeliest spans are compared with the first. Set by hand, as are the two below:
# the bench of planted contradictions counts what is noticed and what is noticed wrongly.
_COMPARED = 10
_ALIKE = 0.75
# Spans that others are held against: the likeliest that say different things, and are at least so
# likely beside the first.
_BASES = 3
_MAY_ANSWER = 0.1
# A span in other words has to be so likely beside the first.
_AS_LIKELY = 0.5
_LONGEST_NAME = 8
_OPENING = 400
_NUMERIC = frozenset({"number", "money", "share", "date", "duration"})
_VALUE = re.compile(r"\d+(?:[.:]\d+)*\s?(?:%|个?[\u4e00-\u9fffa-z]{1,2})?")
# Folding leaves single numbers as they are where they need not count: 一年内 does, 一般 does not.
_SINGLE = re.compile(
    r"(?<!第)[一二两三四五六七八九](?=个?(?:[年月天日周季元次条倍名人份]|小时|分钟|星期))"
)
_DIGITS = str.maketrans("一二两三四五六七八九", "1223456789")
# 2026年3月1日, 2026-03, 2026年; no part of a number such as TS-2025-118.
_DATE = re.compile(
    r"(?<![\d-])((?:19|20)\d\d)(?:年(?!\d)|(?:年|[-./])(1[0-2]|0?[1-9])(?!\d)"
    r"(?:(?:月|[-./])(3[01]|[12]\d|0?[1-9])?(?!\d))?)"
)


class _Difference(Struct, frozen=True):
    """What two spans say instead of each other."""

    mine: str
    other: str


def find_conflicts(library: Library, question: str, rated: Sequence[Rated]) -> tuple[Conflict, ...]:
    """At most one: what the likeliest span says, and what others say in its place."""
    order = sorted(rated, key=lambda one: -one.likely)[:_COMPARED]
    if not order:
        return ()
    asked = Asked.of(normal(question))
    found = next(filter(None, (_against(asked, order, at) for at in _bases(order))), [])
    if not found:
        return ()
    values = [_value(library, n, value, one) for n, (value, one) in enumerate(found, 1)]
    values.sort(key=lambda value: value.date or "", reverse=True)
    return (Conflict(question, tuple(values)),)


def _bases(order: Sequence[Rated]) -> Iterator[int]:
    """The spans that others are held against, none that says what an earlier one says."""
    said: list[str] = []
    for at, one in enumerate(order):
        letters = only_letters(one.candidate.text)
        if len(said) == _BASES or one.likely < _MAY_ANSWER * order[0].likely:
            return
        if letters not in said:
            said.append(letters)
            yield at


def _against(asked: Asked, order: Sequence[Rated], at: int) -> list[tuple[str, Rated]]:
    """What a span says and what others say in its place; nothing where none disagrees."""
    found: list[tuple[str, Rated]] = []
    for other in order[at + 1 :]:
        difference = _compare(asked, order[at], other)
        if difference and difference.other not in [value for value, _ in found]:
            found = found or [(difference.mine, order[at])]
            found.append((difference.other, other))
    return found


def _compare(asked: Asked, first: Rated, other: Rated) -> _Difference | None:
    one, two = first.candidate, other.candidate
    if one.found.passage.id == two.found.passage.id:
        return None
    mine, its = only_letters(one.text), only_letters(two.text)
    if mine == its or _share_of_names(asked, first) != _share_of_names(asked, other):
        return None
    same_document = one.found.passage.document_id == two.found.passage.document_id
    # Imported here: most spans are compared with none.
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, mine, its, autojunk=False)
    if matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
        changes = [
            (kind, mine[i:j], its[k:n])
            for kind, i, j, k, n in matcher.get_opcodes()
            if kind != "equal"
        ]
        return _replace(asked, one.text, two.text, changes, same_document)
    if same_document:
        return None
    if other.likely >= _AS_LIKELY * first.likely and _NUMERIC & set(asked.kinds):
        return _other_value(asked, one.plain, two.plain)
    return None


def _share_of_names(asked: Asked, one: Rated) -> float:
    """How many of the names asked for a span's place holds: HT-119 says nothing of HT-120."""
    if not asked.names:
        return 0.0
    passage = one.candidate.found.passage
    place = " ".join((passage.document, *passage.heading, passage.text))
    return asked.share_of_names(normal(place))


def _replace(
    asked: Asked,
    one: str,
    two: str,
    changes: Sequence[tuple[str, str, str]],
    same_document: bool,
) -> _Difference | None:
    """The one value that stands in the place of another in spans that are alike otherwise.

    Lines of one document that differ in several values are entries of a log or a table.
    """
    mine, its = _values(one), _values(two)
    changed = [(a, b) for a, b in zip(mine, its, strict=False) if a != b]
    if len(mine) == len(its) and changed:
        # With another subject or at another time of the day, another value is no contradiction.
        named = any(a in asked.text for a, _ in changed)
        later = len(changed) > 1 and (same_document or any(":" in a for a, _ in changed))
        return None if named or later else _Difference(*changed[0])
    if mine != its:
        return None
    decided = decide(asked.text, one), decide(asked.text, two)
    if None not in decided and {"yes", "no"} == set(decided):
        return _Difference(*map(str, decided))
    if len(changes) != 1 or changes[0][0] != "replace":
        return None
    _, left, right = changes[0]
    is_name = all(_is_name(letters) for letters in (left, right))
    if not is_name or any(char in asked.text for char in left):
        return None
    return _Difference(left, right)


def _is_name(letters: str) -> bool:
    return len(letters) <= _LONGEST_NAME and not any(map(str.isdigit, letters))


def _other_value(asked: Asked, one: str, two: str) -> _Difference | None:
    """Values of one unit, the only ones of it in spans that are worded differently."""
    mine = [value for value in _values(one) if value not in asked.text]
    its = [value for value in _values(two) if value not in asked.text]
    if len(mine) != 1 or len(its) != 1 or mine == its:
        return None
    units = [value.lstrip("0123456789.:") for value in (mine[0], its[0])]
    return _Difference(mine[0], its[0]) if units[0] and units[0] == units[1] else None


def _values(text: str) -> list[str]:
    return _VALUE.findall(_SINGLE.sub(lambda found: found[0].translate(_DIGITS), normal(text)))


def _value(library: Library, n: int, value: str, one: Rated) -> AskedValue:
    candidate, passage = one.candidate, one.candidate.found.passage
    citation = cite(n, passage, candidate.start, candidate.end, by=Author.DOCQA)
    return AskedValue(
        value, locate_citation(library, citation, passage), next(_dates(library, one), None)
    )


def _dates(library: Library, one: Rated) -> Iterator[str]:
    """Dates of a document: in its name, else the first in its opening."""
    passage = one.candidate.found.passage
    opening = library.openings([passage.document_id], _OPENING).get(passage.document_id, "")
    for text in (passage.document.rpartition("/")[2], opening):
        for found in _DATE.finditer(normal(text)):
            year, month, day = found.groups()
            yield "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])
