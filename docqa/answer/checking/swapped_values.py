"""Finds a value that passages give to something else: 甲方应付50万元 where 乙方 owes it."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from docqa.answer.checking.normal_form import FUNCTION, HAN
from docqa.terms import NO_WORD, rarity

PAUSE = re.compile(r"[，；：、,;:。！？!?\n]+|\.\s")
# A number and the character that shows its kind: 元, 年, %.
_VALUE = re.compile(r"(?P<number>\d+(?:\.\d+)*)(?P<kind>%|[^\d\W_]?)")
# 《圣经》 is another book than 《新约圣经》, of which every pair of characters holds as well.
_TITLE = re.compile(r"《[^《》]+》")
# Clauses are parallel where they have so many pairs of the question in common.
_PARALLEL = 2
# A statement that takes from one clause alone has so much of its own there.
_MOST_OF_IT = 0.7
# Another number of the statement tells a clause apart as two pairs of characters do.
_NUMBER_COUNTS = 2
# By so much a clause with another value must fit better.
_CLEARLY = 2


class Clause(Struct, frozen=True):
    """What stands between two pauses of a passage."""

    sentence: int
    text: str
    values: frozenset[tuple[str, str]]
    """Numbers with their kinds."""

    @property
    def numbers(self) -> frozenset[str]:
        """Its numbers alone."""
        return frozenset(number for number, _ in self.values)


def clauses(sentences: Sequence[str]) -> tuple[Clause, ...]:
    """All clauses of sentences in the one form of `plain`, each with its sentence's number."""
    return tuple(
        Clause(number, part, _values(part))
        for number, text in enumerate(sentences)
        for part in PAUSE.split(text)
        if part.strip()
    )


def find_swapped(statement: str, evidence: Sequence[Clause], asked: str) -> Clause | None:
    """The clause that gives another value than the statement, where that fits clearly better.

    `statement` and `asked`, whose numbers claim nothing, are in the one form of `plain`.
    """
    claimed = _values(statement)
    given = {number for number, _ in _values(asked)}
    new = [value for value in claimed if value[0] not in given]
    if not new:
        return None
    everywhere = {pair for clause in evidence for pair in _pairs(clause.text)}
    wanted = everywhere.intersection(_pairs(statement)).difference(_straddling(statement))
    rivals = (
        _find_rival(value, statement, claimed, evidence, wanted, answers=bool(asked))
        for value in new
    )
    return next(filter(None, rivals), None)


def find_parallel(statement: str, evidence: Sequence[Clause], asked: str) -> Clause | None:
    """The clause that what was asked of belongs to, where the statement takes from a parallel one.

    在北大取得学士学位,在清华取得博士学位 says of no doctorate that 北大 gave it.
    Both texts are in the one form of `plain`.
    """
    question = set(_pairs(asked))
    new = set(_pairs(statement)) - question
    known = {at: set(_pairs(clause.text)) for at, clause in enumerate(evidence)}
    holder = max(known, key=lambda at: len(new & known[at]), default=None)
    held = len(new & known[holder]) if holder is not None else 0
    if holder is None or held <= _MOST_OF_IT * len(new):
        return None
    common = question & known[holder]
    for at, clause in enumerate(evidence):
        if (
            clause.sentence == evidence[holder].sentence
            and len(common) >= _PARALLEL
            and common < question & known[at]
            and len(new & known[at]) <= held / 2
        ):
            return clause
    return None


def _find_rival(
    value: tuple[str, str],
    statement: str,
    claimed: frozenset[tuple[str, str]],
    evidence: Sequence[Clause],
    wanted: set[str],
    *,
    answers: bool,
) -> Clause | None:
    number, kind = value
    others = {other for other, _ in claimed} - {number}

    def pairs_beside(at: int) -> set[str]:
        return wanted & set(_pairs(_around(evidence, at, kind)))

    def fit(at: int) -> int:
        known = _values(_around(evidence, at, kind))
        return len(pairs_beside(at)) + _NUMBER_COUNTS * len(others & {other for other, _ in known})

    holders = [at for at, clause in enumerate(evidence) if number in clause.numbers]
    rivals = [
        at
        for at, clause in enumerate(evidence)
        if number not in clause.numbers and any(other == kind for _, other in clause.values)
    ]
    if not holders or not rivals:
        return None
    holder, rival = max(holders, key=fit), max(rivals, key=fit)
    better = fit(rival) - fit(holder)
    # One pair is enough where all that is known of the statement stands beside the other value,
    # and in a contrast: the same verb for both, as in 上海不超过六百元；其他城市不超过三百元.
    contrast = abs(evidence[holder].sentence - evidence[rival].sentence) == 1 and bool(
        pairs_beside(holder)
    )
    clearly = better >= _CLEARLY or (better > 0 and (pairs_beside(rival) == wanted or contrast))
    # A short answer says little beside its value: of whom it holds, its own clause must tell.
    told_of = evidence[holder].text if answers else _around(evidence, holder, kind)
    found = clearly and _speaks_of_more(told_of, statement, number)
    return evidence[rival] if found else None


def _speaks_of_more(text: str, statement: str, number: str) -> bool:
    """Whether a text says something that the statement does not: of whom the value holds."""
    said = FUNCTION.sub("", "".join(HAN.findall(text)))
    numbers = {other for other, _ in _values(text)}
    new = numbers - {other for other, _ in _values(statement)} - {number}
    return bool(new) or any(character not in statement for character in said)


def _around(evidence: Sequence[Clause], at: int, kind: str) -> str:
    """A clause with those of its sentence that no other value of the kind parts from it."""
    first = last = at
    while first and _goes_with(evidence[first - 1], evidence[at], kind):
        first -= 1
    while last + 1 < len(evidence) and _goes_with(evidence[last + 1], evidence[at], kind):
        last += 1
    return "|".join(clause.text for clause in evidence[first : last + 1])


def _goes_with(clause: Clause, other: Clause, kind: str) -> bool:
    same = clause.sentence == other.sentence
    return same and all(its_kind != kind for _, its_kind in clause.values)


def _values(text: str) -> frozenset[tuple[str, str]]:
    return frozenset((found["number"], found["kind"]) for found in _VALUE.finditer(text))


def _straddling(text: str) -> Iterator[str]:
    """Pairs of two words' characters: 器保 of 路由器保修, which 适配器保修 has as well."""
    for run in HAN.findall(text):
        pairs = [run[at : at + 2] for at in range(len(run) - 1)]
        words = [rarity(pair) != NO_WORD for pair in pairs]
        for at, pair in enumerate(pairs):
            if not words[at] and any(words[max(0, at - 1) : at + 2]):
                yield pair


def _pairs(text: str) -> Iterator[str]:
    """Pairs of Chinese characters that say something, and titles whole."""
    yield from _TITLE.findall(text)
    for run in HAN.findall(text):
        pairs = (run[at : at + 2] for at in range(len(run) - 1))
        yield from (pair for pair in pairs if FUNCTION.sub("", pair))
