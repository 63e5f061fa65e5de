"""Decides whether passages support a statement: its numbers, names, words and its yes or no."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from docqa.answer.checking.normal_form import FUNCTION, HAN, plain
from docqa.answer.checking.swapped_values import Clause, clauses, swapped
from ingest.splitting.sentences import sentences

_NUMBER = re.compile(r"\d+(?:\.\d+)*%?")
_LATIN = re.compile(r"[a-z][a-z0-9]*(?:[-_.+#][a-z0-9]+)*")
_CLAUSE = re.compile(r"[，；：,;:]+")
_SHORT_CLAUSE = 8
_ENGLISH_FUNCTION = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "from",
        "by",
        "with",
        "and",
        "or",
        "as",
        "that",
        "this",
        "these",
        "those",
        "it",
        "its",
        "he",
        "she",
        "they",
        "his",
        "her",
        "their",
        "which",
        "who",
        "what",
        "when",
        "where",
        "there",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "can",
        "could",
        "may",
        "might",
        "according",
        "passage",
        "passages",
        "document",
        "documents",
    ]
)
_NOT = re.compile(
    r"并非|不(?!过|仅|但|只|同|断|久|少|管|论|如|及|足|禁|得不)|没有?|未(?!来|必)|毋|勿|"
    r"\b(?:not|no|never|none|neither|nor|cannot)\b|n't\b|无(?!论|数|锡|线|限)|非(?!常|洲|物质)"
)
# A stretch this long that no passage holds reads like another name.
_FOREIGN_RUN = 2
_FOREIGN_SHARE = 0.34
_WINDOW = 3
_REPLACED = 10


class Evidence(Struct, frozen=True):
    """What the passages say, in windows of neighbouring sentences, in one form."""

    windows: tuple[str, ...]
    whole: str
    numbers: frozenset[str]
    latin: frozenset[str]
    clauses: tuple[Clause, ...]

    @classmethod
    def of(cls, passages: Sequence[str]) -> "Evidence":
        """Prepare passages for comparison."""
        windows: list[str] = []
        for passage in passages:
            parts = [plain(passage[start:end]) for start, end in sentences(passage)]
            windows += ["".join(parts[at : at + _WINDOW]) for at in range(max(1, len(parts) - 1))]
        whole = plain("\n".join(passages))
        return cls(
            windows=tuple(windows),
            whole=whole,
            numbers=frozenset(_NUMBER.findall(whole)),
            latin=frozenset(_latin(whole)),
            clauses=clauses(passages),
        )


def supported(statement: str, evidence: Evidence, question: str = "") -> bool:
    """Whether the evidence supports the statement; words of the question claim nothing new."""
    said, asked = plain(statement), plain(question)
    if said.strip() in evidence.whole:
        return True
    if not evidence.numbers.issuperset(set(_NUMBER.findall(said)) - set(_NUMBER.findall(asked))):
        return False
    if not evidence.latin.issuperset(_latin(said) - _latin(asked)):
        return False
    supports = all(_clause_supported(clause, evidence, asked) for clause in _clauses(said))
    return supports and not swapped(said, evidence.clauses, asked)


def _clause_supported(clause: str, evidence: Evidence, asked: str) -> bool:
    best = max(evidence.windows, key=lambda window: _overlap(clause, window), default="")
    if set(_NUMBER.findall(clause)) - set(_NUMBER.findall(best)) - set(_NUMBER.findall(asked)):
        return False
    # A lone character, such as the unit after a number, has no neighbour to be known by.
    foreign = [
        run for run in _foreign(clause, best) if run not in asked and (run[1:] or run not in best)
    ]
    content = len(FUNCTION.sub("", "".join(HAN.findall(clause))))
    if any(len(run) > _FOREIGN_RUN or _replaces(run, clause, best) for run in foreign):
        return False
    if content and sum(map(len, foreign)) > max(_FOREIGN_RUN - 1, _FOREIGN_SHARE * content):
        return False
    return _same_polarity(clause, best)


def _same_polarity(clause: str, window: str) -> bool:
    """Whether the clause denies exactly where the window's nearest sentence does."""
    nearest = max(_CLAUSE.split(window), key=lambda part: _overlap(clause, part), default="")
    return len(_NOT.findall(clause)) % 2 == len(_NOT.findall(nearest)) % 2


def _replaces(run: str, clause: str, window: str) -> bool:
    """Whether the window says something else in the very place of a foreign stretch."""
    at = clause.find(run)
    before, after = clause[max(0, at - 2) : at], clause[at + len(run) : at + len(run) + 2]
    if len(run) < _FOREIGN_RUN or len(before) < 2 or len(after) < 2:
        return False
    between = rf"{re.escape(before)}[^，。；]{{1,{_REPLACED}}}{re.escape(after)}"
    return re.search(between, window) is not None


def _foreign(clause: str, window: str) -> Iterator[str]:
    """Stretches of content that the window does not hold."""
    for run in HAN.findall(clause):
        held = [False] * len(run)
        for at in range(len(run) - 1):
            if run[at : at + 2] in window:
                held[at] = held[at + 1] = True
        for word in FUNCTION.finditer(run):
            held[word.start() : word.end()] = [True] * len(word[0])
        open_run = ""
        for character, known in zip(run, held, strict=True):
            if known:
                if open_run:
                    yield open_run
                open_run = ""
            else:
                open_run += character
        if open_run:
            yield open_run


def _overlap(clause: str, window: str) -> float:
    pairs = {clause[at : at + 2] for at in range(len(clause) - 1)}
    return sum(pair in window for pair in pairs) - len(window) / 10_000


def _clauses(statement: str) -> Iterator[str]:
    held = ""
    for part in _CLAUSE.split(statement):
        held += part
        if len(held) >= _SHORT_CLAUSE:
            yield held
            held = ""
    if held.strip():
        yield held


def _latin(text: str) -> set[str]:
    return {word for word in _LATIN.findall(text) if word not in _ENGLISH_FUNCTION}
