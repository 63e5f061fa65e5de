"""Dates, sums, numbers, telephones, people, organisations and addresses, with their places."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from docqa.answer.citations import cite
from docqa.answer.language import language_of
from docqa.answer.name_patterns import (
    EMAIL,
    PHONE,
    Spans,
    find_organisations,
    find_people,
    find_places,
)
from docqa.answer.tasks.task import Finding, Given, Target, Task, Tools
from docqa.answer.value_patterns import (
    DATE,
    MONEY,
    NUMBER,
    PERCENT,
    date_form,
    money_form,
    number_form,
    share_form,
)
from docqa.types import Author, Passage

# The earlier one is meant where two overlap.
KINDS = ("date", "money", "phone", "email", "number", "organisation", "place", "person")
# Kinds that follow a pattern wherever they stand; a model adds only what does not.
_NAMES = ("person", "organisation", "place")
_LONGEST_NAME, _CHUNK = 30, 900


class Entities(Task):
    """Without a model by patterns: regular ones surely, names where their form shows them."""

    columns = ("value", "kind", "normal", "place", "quote")

    def by_rules(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """Everything that a pattern finds, in order, each value once."""
        return _in_order(one for passage in target.passages for one in _find_all(passage, KINDS))

    def by_model(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """Regular ones by patterns; names by the model, where they stand in the text."""
        found = list(self.by_rules(target, given, tools))
        for chunk in _chunks(target.passages):
            text = "\n".join(passage.text for passage in chunk)
            names = {"type": "string", "maxLength": _LONGEST_NAME}
            listed = {"type": "array", "items": names, "maxItems": 12}
            schema = dict.fromkeys(_NAMES, listed)
            reply = tools.ask("entities", language_of(text), schema, text=text)
            for kind in _NAMES:
                found += _find_names(chunk, kind, reply.get(kind))
        return _in_order(found)


def _find_all(passage: Passage, kinds: Sequence[str]) -> Iterator[Finding]:
    """What stands in a passage; of two that overlap, that of the earlier kind."""
    taken: list[tuple[int, int]] = []
    for kind in kinds:
        for start, end, one_form in _FINDERS[kind](passage.text):
            if not any(start < last and first < end for first, last in taken):
                taken.append((start, end))
                yield _finding(passage, kind, start, end, one_form)


def _finding(passage: Passage, kind: str, start: int, end: int, one_form: str = "") -> Finding:
    citation = cite(1, passage, start, end, by=Author.DOCQA)
    return Finding(passage.text[start:end], kind, one_form, citation=citation)


def _find_names(chunk: Sequence[Passage], kind: str, names: object) -> Iterator[Finding]:
    """The names of a reply that stand in the text."""
    for name in names if isinstance(names, list) else ():
        wanted = str(name).strip()
        for passage in chunk:
            at = passage.text.find(wanted)
            if len(wanted) > 1 and at >= 0:
                yield _finding(passage, kind, at, at + len(wanted))
                break


def _in_order(found: Iterator[Finding] | Sequence[Finding]) -> list[Finding]:
    """By place, each value of a kind once, at its first place."""
    first: dict[tuple[str, str], Finding] = {}
    for one in found:
        first.setdefault((one.kind, one.normal or one.value), one)
    return sorted(first.values(), key=lambda one: one.citation.start if one.citation else 0)


def _chunks(passages: Sequence[Passage]) -> Iterator[list[Passage]]:
    """Neighbouring passages as many as a model reads at a time."""
    chunk: list[Passage] = []
    for passage in passages:
        if chunk and sum(len(one.text) for one in chunk) + len(passage.text) > _CHUNK:
            yield chunk
            chunk = []
        chunk.append(passage)
    if chunk:
        yield chunk


_Found = Iterator[tuple[int, int, str]]


def _dates(text: str) -> _Found:
    for one in DATE.finditer(text):
        # 1350. at the end of a sentence is no year.
        if (one["month"] or "年" in one[0]) and (form := date_form(one)):
            yield *_strip_span(one), form


def _sums(text: str) -> _Found:
    for one in MONEY.finditer(text):
        if form := money_form(one):
            yield *_strip_span(one), form


def _numbers(text: str) -> _Found:
    for one in PERCENT.finditer(text):
        yield *_strip_span(one), share_form(one)
    for one in NUMBER.finditer(text):
        counted = one["unit"] and not text[: one.start()].endswith("第")
        if counted and (form := number_form(one)):
            yield *_strip_span(one), form


def _strip_span(one: re.Match[str]) -> tuple[int, int]:
    return one.start() + len(one[0]) - len(one[0].lstrip()), one.start() + len(one[0].rstrip())


def _by_pattern(pattern: re.Pattern[str]) -> Callable[[str], _Found]:
    return lambda text: ((one.start(), one.end(), "") for one in pattern.finditer(text))


def _by_name(find: Callable[[str], Spans]) -> Callable[[str], _Found]:
    return lambda text: ((start, end, "") for start, end in find(text))


_FINDERS: Mapping[str, Callable[[str], _Found]] = {
    "date": _dates,
    "money": _sums,
    "phone": _by_pattern(PHONE),
    "email": _by_pattern(EMAIL),
    "number": _numbers,
    "organisation": _by_name(find_organisations),
    "person": _by_name(find_people),
    "place": _by_name(find_places),
}
