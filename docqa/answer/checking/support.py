"""Measures how well passages support a claim: its numbers, names, words and its yes or no."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from docqa.answer.checking.claims import Claim, content
from docqa.answer.checking.evidence import Evidence, Window, content_units, latin_words, units
from docqa.answer.checking.normal_form import FUNCTION, HAN
from docqa.answer.checking.values import Quantity, missing, values
from docqa.terms import NO_WORD, RAREST, rarity

_NO = (
    r"不(?!过|仅|但|只|同|断|久|少|管|论|如|及|足|禁|得不|平等|满(?!\d)|锈|动产|朽|良|幸|明飞行物|"
    r"丹|列颠)"
)
_NOT = re.compile(
    rf"并非|{_NO}|没有?|未(?!来|必|经)|毋|勿|"
    r"禁止|严禁|"
    r"\b(?:not|no|never|none|neither|nor|cannot)\b|n't\b|无(?=[需须法权效关人可])|非(?!常|洲|物质)"
)
# 无息退还 denies interest, and no more: it counts where the other text speaks of what it denies.
_WITHOUT = re.compile(r"无(?![需须法权效关人可论数锡线限])(..)")
# A clause that begins by denying what is done; whom it is about stands before it.
_DENIED = re.compile(
    rf"\s*(?:也|均|都|一律|则|请)?(?:{_NO}[得能可应会许准宜予]?|[勿毋]|禁止|严禁)([\u3400-\u9fff]{{2}})"
)
_MODAL = re.compile(r"可以|应当|[可能得会须应]")
_QUOTED = re.compile(r"[「『《“\"]([^「」『』《》“”\"]{2,20})[」』》”\"]")
_CLAUSE = re.compile(r"[，；：,;:。！？!?()\n]+|\.\s")
# All set by hand, then looked at on tests/bench/written: what the passage is about counts less
# than what its window says; a window is longer than one sentence only where that brings more.
_TOPIC_SHARE = 0.6
_LONGER = 0.02
_SAME_CLAUSE = 0.4
_AS_NEAR = 0.05
_LEAST_HELD = 2
_HOLDS = 0.7
# What a pair of characters that is no word counts; words count the more, the rarer they are.
_NO_WORD_COUNTS = 0.35
_EMPHASIS = 1.5


class Measures(Struct, frozen=True):
    """One claim beside its best window; shares lie between 0 and 1."""

    window: Window
    foreign: float
    """Share of what is new in the claim that the window does not hold."""
    longest: int
    """The longest stretch of it."""
    missing: tuple[Quantity, ...]
    """Numbers that the window does not hold."""
    latin: float
    """Share of the new words in Latin letters that no passage holds."""
    size: int
    """How much the claim says that is new, in characters."""
    matter: float
    """Share of what the question is about that the window holds with what its passage is about;
    rare words count more."""
    near: float
    """The same for the window alone."""
    echo: bool
    """Whether the claim brings nothing of its own: it repeats the question."""
    other: int | None
    """The sentence that gives the claim's new number to another year, or whatever was asked of."""
    misquotes: bool
    """Whether it names in quotation marks what stands in no passage."""
    stranger: bool
    """Whether no passage holds the first word of the claim, which most often is its subject."""
    denies: bool
    """Whether claim and window differ in their yes or no."""
    rival: int
    """The sentence that fits best what the claim speaks of, leaving aside what is new in it."""
    apart: float
    """How much better that one fits than the sentences that hold what is new."""


class NewParts(Struct, frozen=True):
    """A claim taken apart: what it says that is new, and about what."""

    text: str
    """The claim with what the question says already blanked out."""
    units: frozenset[str]
    values: tuple[Quantity, ...]
    latin: frozenset[str]
    about: frozenset[str]

    @classmethod
    def of(cls, claim: Claim) -> "NewParts":
        """Tell what is new in a claim from what it speaks of."""
        own, asked = frozenset(units(claim.text)), frozenset(units(claim.asked))
        text = _new_text(claim)
        fresh = frozenset(unit for unit in own if unit not in claim.asked)
        runs = _new_runs(claim.text, text)
        new = frozenset(unit for unit in fresh if any(unit in run for run in runs)) or fresh
        return cls(
            text=text,
            units=new,
            values=missing(values(claim.text), values(claim.asked)),
            latin=frozenset(latin_words(claim.text)) - frozenset(latin_words(claim.asked)),
            about=(own | asked) - fresh,
        )


def measure(claim: Claim, evidence: Evidence) -> Measures | None:
    """Compare a claim with the window that supports it best; None where nothing comes near."""
    parts = NewParts.of(claim)
    near = evidence.candidates(parts.units | parts.about)
    windows = {(w.first, w.last): w for at in near for w in evidence.windows(at)}
    if not windows:
        return None
    best = max(windows.values(), key=lambda window: _fit(parts, window, evidence))
    foreign = list(foreign_runs(parts.text, best.text + best.topic))
    unknown = [word for word in parts.latin if word not in evidence.latin]
    rival, apart = _find_rival(parts, evidence, near[0])
    return Measures(
        window=best,
        foreign=sum(map(len, foreign)) / (_size(parts) or 1),
        longest=max(map(len, foreign), default=0),
        missing=missing(parts.values, best.values),
        latin=len(unknown) / len(parts.latin) if parts.latin else 0.0,
        size=_size(parts),
        matter=cover(claim.matter, best.text + best.topic),
        near=cover(claim.matter, best.text),
        echo=not (content(parts.text) or parts.values or parts.latin),
        other=_find_other(claim, parts, best, evidence),
        misquotes=_misquotes(claim, evidence),
        stranger=_is_stranger(claim, evidence),
        denies=_is_denied(claim, best.text, evidence),
        rival=rival,
        apart=apart,
    )


def _size(parts: NewParts) -> int:
    """How much new a claim says: characters, where words in Latin letters and numbers are two."""
    return len(content(parts.text)) + 2 * (len(parts.latin) + len(parts.values))


def _fit(parts: NewParts, window: Window, evidence: Evidence) -> float:
    new = sum(map(evidence.weight, parts.units)) or 1.0
    gone = len(missing(parts.values, window.values))
    gone += sum(word not in window.text for word in parts.latin)
    longer = _LONGER * (window.last - window.first) + len(window.text) / 20_000
    held = evidence.overlap(parts.units, window.text) / new
    return 2 * held + _context(parts, window, evidence) - gone - longer


def _context(parts: NewParts, window: Window, evidence: Evidence) -> float:
    total = sum(map(evidence.weight, parts.about))
    rest = [unit for unit in parts.about if unit not in window.text]
    held = evidence.overlap(parts.about, window.text)
    return (held + _TOPIC_SHARE * evidence.overlap(rest, window.topic)) / total if total else 1.0


def _find_other(claim: Claim, parts: NewParts, window: Window, evidence: Evidence) -> int | None:
    """A sentence with the claim's new number beside another value of a kind that was asked of.

    2014年有853人 does not say how many there were in 2010.
    """
    given = [one for one in values(claim.asked) if one.known]
    holders = [
        at
        for at in range(window.first, window.last + 1)
        if parts.values and not missing(parts.values, evidence.sentences[at].values)
    ]
    for at in holders:
        here = evidence.sentences[at].values
        for one in given:
            same = [other for other in here if other.known and other.is_of_kind(one)]
            fresh = missing(same, parts.values)
            if fresh and not any(other.equals(one) for other in here):
                return at
    return None


def _misquotes(claim: Claim, evidence: Evidence) -> bool:
    known = claim.asked + evidence.whole
    names = (set(units(found[1])) for found in _QUOTED.finditer(claim.text))
    return any(name and not any(unit in known for unit in name) for name in names)


def _is_stranger(claim: Claim, evidence: Evidence) -> bool:
    first = HAN.match(claim.text)
    pair = first[0][:2] if first else ""
    # A value alone may be worded in its own way; a subject taken from the question is not.
    if claim.partial and pair not in claim.asked:
        return False
    known = pair in evidence.whole or _is_shortened(pair, evidence.whole)
    return len(content(pair)) == 2 and not known


def cover(subject: str, text: str) -> float:
    """The share of a text's content that another holds, where rare words count more."""
    wanted = set(units(subject))
    total = sum(map(_weight, wanted))
    held = sum(_weight(unit) for unit in wanted if unit in text or _is_shortened(unit, text))
    return held / total if total else 1.0


@lru_cache(maxsize=1024)
def _weight(unit: str) -> float:
    if len(unit) != 2 or not HAN.match(unit):
        return 1.0
    level = rarity(unit)
    return _NO_WORD_COUNTS if level == NO_WORD else float((level / RAREST) ** _EMPHASIS)


def _is_shortened(word: str, text: str) -> bool:
    """Whether a word of two characters stands for a longer one: 年假 for 年休假, 文革."""
    long = len(word) == 2 and HAN.match(word) is not None
    return long and re.search(rf"{word[0]}[\u3400-\u9fff]{{1,3}}{word[1]}", text) is not None


def _find_rival(parts: NewParts, evidence: Evidence, nearest: int) -> tuple[int, float]:
    """The sentence that fits best without what is new, and by how much better it fits."""
    total = sum(map(evidence.weight, parts.about))
    near = evidence.candidates(parts.about)
    if not near or not total:
        return nearest, 0.0

    def context(at: int) -> float:
        return evidence.overlap(parts.about, evidence.around(at) + evidence.topic(at)) / total

    held = {
        at: evidence.overlap(parts.units, evidence.sentences[at].text)
        for at in evidence.candidates(parts.units)
    }
    most = max(held.values(), default=0.0)
    rival = max(near, key=context)
    holders = [at for at, weight in held.items() if weight >= _HOLDS * most]
    best = max(map(context, holders), default=context(rival))
    return rival, context(rival) - best


def _is_denied(claim: Claim, window: str, evidence: Evidence) -> bool:
    """Whether a clause that says nearly the same differs in its yes or no."""
    # What a question denies need not be denied again.
    if denies(claim.asked):
        return False
    known, parts = _split(window), _split(claim.text)
    # A clause that the question has word for word says nothing of its own beside others.
    said = [part for part in parts if part not in claim.asked] or parts
    return any(_differs(part, known, evidence) or _is_denied_outright(part, known) for part in said)


def _split(text: str) -> list[str]:
    return [part for part in _CLAUSE.split(text) if part.strip()]


def _is_denied_outright(said: str, known: Sequence[str]) -> bool:
    """Whether a clause does no more than deny what is said: 怀孕的,…,不做胸片."""
    if denies(said):
        return False
    return any(
        (found := _DENIED.match(part))
        and found[1] in said
        and not values(part)
        and not any(found[1] in other and not denies(other) for other in known)
        for part in known
    )


def _differs(said: str, known: Sequence[str], evidence: Evidence) -> bool:
    # A value alone denies nothing, and a passage that denies more of it may be what it is from.
    if not content(said):
        return False
    own = set(units(_NOT.sub(" ", said)))
    total = sum(map(evidence.weight, own)) or 1.0

    def alike(part: str) -> float:
        return evidence.overlap(own, part) / total - len(part) / 2000

    # 提供早餐,不提供晚餐: what stands last tells which of two like clauses is meant.
    last = [unit for unit in units(said) if HAN.match(unit)][-1:]
    meant = [part for part in known if last and last[0] in part and alike(part) >= _SAME_CLAUSE]
    most = max(map(alike, meant or known), default=0.0)
    near = [part for part in meant or known if alike(part) >= most - _AS_NEAR]
    # 主机不可浸水: all that it says stands in 主机可以浸水清洗.
    whole = [part for part in known if _stands_in(part, said)]
    if whole or most >= _SAME_CLAUSE:
        return all(denies(said) != denies(part) for part in whole or near)
    return False


def _stands_in(clause: str, said: str) -> bool:
    wanted = set(content_units(_MODAL.sub(" ", _NOT.sub(" ", clause))))
    return len(wanted) >= _LEAST_HELD and all(unit in said for unit in wanted)


def is_ruled_otherwise(said: str, item: str, introduction: str) -> bool:
    """Whether what introduces an item's list says no where a statement on the item says yes.

    The rule of a list stands in the last clause over it: 有下列情形之一的,不得解除合同.
    """
    rule = next(filter(str.strip, reversed(_CLAUSE.split(introduction))), "")
    for clause in _CLAUSE.split(said):
        own = {unit for unit in content_units(_NOT.sub(" ", clause)) if unit not in item}
        held = sum(unit in rule for unit in own)
        if held >= _LEAST_HELD and 2 * held >= len(own) and denies(clause) != denies(rule):
            return True
    return False


def denies(text: str, other: str = "") -> bool:
    """Whether a text denies what it and another speak of; two denials are none."""
    without = [thing for thing in _WITHOUT.findall(text) if thing in other]
    return (len(_NOT.findall(text)) + len(without)) % 2 == 1


def _new_text(claim: Claim) -> str:
    text = list(claim.text)
    for run in HAN.finditer(claim.text):
        for at, known in enumerate(_hold(run[0], claim.asked), run.start()):
            if known:
                text[at] = " "
    return "".join(text)


def _new_runs(text: str, new: str) -> list[str]:
    """The stretches of a claim that are new, without what only joins them to the rest."""
    runs = []
    for run in re.finditer(r"\S+", new):
        said = run[0]
        # 成 of 成都 alone is no word: 都 joins nothing there.
        if len(content(said)) == 1:
            said = text[run.start() : run.end() + 1]
        runs.append(said)
    return runs


def _hold(run: str, text: str) -> list[bool]:
    """Which characters of a run stand in a text as a pair with a neighbour, or say nothing."""
    held = [False] * len(run)
    for at in range(len(run) - 1):
        if run[at : at + 2] in text:
            held[at] = held[at + 1] = True
    for word in FUNCTION.finditer(run):
        held[word.start() : word.end()] = [True] * len(word[0])
    return held


def foreign_runs(text: str, window: str) -> Iterator[str]:
    """Stretches of content that the window does not hold."""
    for run in HAN.finditer(text):
        held = _hold(run[0], window)
        # The unit of a number belongs to its value: 年 of 1990年灭亡 does not begin a word.
        held[0] = held[0] or text[run.start() - 1 : run.start()].isdigit()
        unknown = "".join(
            " " if known else character for character, known in zip(run[0], held, strict=True)
        )
        # A lone character, such as the unit after a number, has no neighbour to be known by.
        yield from (part for part in unknown.split() if not _is_known(part, window))


def _is_known(part: str, window: str) -> bool:
    return part in window if len(part) == 1 else _is_shortened(part, window)
