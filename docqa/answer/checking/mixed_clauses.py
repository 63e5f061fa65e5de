"""Finds a statement mixed from two like clauses: 安全培训由陈静负责 where 陈静 does another one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations, pairwise

from msgspec import Struct

from docqa.answer.checking.evidence import CLAUSE, EvidenceSentence, content_units
from docqa.answer.checking.roles import LABEL

# 买方:江北中学 is like 卖方:恒通公司, however little they have in common.
_LABELLED = re.compile(rf"\W*{LABEL}")
# What is said of several at once is mixed by right.
_JOINED = re.compile(r"[和与及、或]|分别|[均都各]")
# Set by hand: how much of a statement may stand in neither clause, and how near to its beginning a
# clause names its subject, in characters.
_UNKNOWN = 1 / 3
_OPENING = 4
_FEW = 2
_LIKE = 0.33


class _Part(Struct, frozen=True):
    """A clause, or a sentence whose clauses are not alike."""

    sentence: int
    text: str
    held: frozenset[str]
    """What it has of the statement."""


def find_mixed(statement: str, sentences: Sequence[EvidenceSentence]) -> int | None:
    """The sentence that says something else of the statement's subject.

    All texts are in the one form of `plain`.
    """
    texts = list(_texts(sentences))
    for said in filter(None, CLAUSE.split(statement)):
        wanted = _content(said)
        if len(wanted) < _FEW or _JOINED.search(said):
            continue
        parts = [_Part(at, text, wanted & _content(text)) for at, text in texts]
        known = frozenset[str]().union(*(part.held for part in parts))
        if any(part.held == known for part in parts):
            continue
        for one, two in combinations([part for part in parts if part.held], 2):
            # Clauses that stand side by side and are worded alike.
            if two.sentence - one.sentence <= 1 and _are_alike(one.text, two.text):
                for about, source in ((one, two), (two, one)):
                    if _is_mixed(said, wanted, about, source):
                        return about.sentence
    return None


def _texts(sentences: Sequence[EvidenceSentence]) -> Iterator[tuple[int, str]]:
    for at, sentence in enumerate(sentences):
        clauses = [part for part in CLAUSE.split(sentence.text) if part.strip()]
        yield from ((at, part) for part in clauses)
        # A sentence of like clauses says nothing as a whole.
        if not any(_are_alike(one, two) for one, two in pairwise(clauses)):
            yield at, sentence.text


# Statements come one by one, the passages beside them stay.
@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    return frozenset(content_units(text))


@lru_cache(maxsize=4096)
def _are_alike(one: str, two: str) -> bool:
    if _LABELLED.match(one) and _LABELLED.match(two):
        return True
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= _LIKE


def _is_mixed(said: str, wanted: frozenset[str], about: _Part, source: _Part) -> bool:
    """Whether the subject is that of one clause, and the other says the rest of its own."""
    own, taken = about.held - source.held, source.held - about.held
    unknown = wanted - about.held - source.held
    if not own or not taken or len(unknown) > _UNKNOWN * len(wanted):
        return False
    rival = _first(source.text, _content(source.text) - _content(about.text))
    if rival in wanted or not rival or rival.isdecimal():
        return False
    if source.text.find(rival) >= _OPENING:
        return False
    # Who does it stands first, or after 由.
    agent = said.partition("由")[2]
    for opening in filter(None, (said, agent)):
        subject = _first(opening, (one for one in about.held | source.held if one in opening))
        if subject in own and about.text.find(subject) < _OPENING:
            named = re.match(rf"\W*{re.escape(subject)}[是为:]", opening) is not None
            return named or opening is agent or not about.held.isdisjoint(source.held)
    return False


def _first(text: str, units_of_it: Iterable[str]) -> str:
    """Of units that a text holds the one that stands first."""
    return min(units_of_it, key=text.find, default="")
