"""Decides on a claim: supported, contradicted or unsupported, and by which stretch of a passage."""

import re
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.checking.claims import Claim
from docqa.answer.checking.evidence import Evidence
from docqa.answer.checking.limits import find_exception, find_other_side
from docqa.answer.checking.mixed_clauses import find_mixed
from docqa.answer.checking.replaced_words import find_replaced
from docqa.answer.checking.roles import find_other_role
from docqa.answer.checking.support import Measures, cover, measure
from docqa.answer.checking.swapped_values import find_parallel, find_swapped
from docqa.answer.checking.values import missing, values
from docqa.types import Verdict

# Fitted by tests/bench/written on half of what two models wrote: the bounds beyond which a
# claim is flagged.
_FOREIGN = 0.5
_LONGEST = 2
_LATIN = 0.34
_APART = 0.3
_MUCH_LESS = 0.5
# Where so little of what was asked stands, an answer tells of something else; chosen on the half
# of tests/bench/written that is for choosing.
LEAST_MATTER = 0.3
_LEAST_NEAR = 0.15
# A statement that says more new things than this speaks for itself, whatever was asked.
_FEW = 30
# Where so much of it stands, its first word need not.
_MUCH_MATTER = 0.7
# What a contradicting sentence must hold of what the claim speaks of.
_SAME_MATTER = 0.5
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class EvidenceSpan(Struct, frozen=True):
    """A stretch of a passage: its number, from 1, with start and end in its text."""

    passage: int
    start: int
    end: int


class Judged(Struct, frozen=True):
    """What the check says of one claim."""

    verdict: Verdict
    span: EvidenceSpan | None
    """What supports the claim; what says otherwise, where it is contradicted."""
    matter: float = 1.0
    """How much of what was asked stands there, the passage's subject included."""
    near: float = 1.0
    """The same without the passage's subject."""
    aside: bool = False
    """Whether it answers nothing, however true: it repeats the question, or gives another value."""
    only_words: bool = False
    """Whether nothing but other words speaks against an unsupported claim."""
    apart: EvidenceSpan | None = None
    """Where an unsupported claim stands best, if it is only in other words or apart from what was
    asked."""


def judge(claim: Claim, evidence: Evidence) -> Judged:
    """Decide on a claim by the window that fits it best, and by what else fits it."""
    found = measure(claim, evidence)
    if found is None:
        return Judged(Verdict.UNSUPPORTED, None, 0.0)
    span = _span(evidence, found.window.first, found.window.last)
    aside = found.echo and bool(claim.asked)
    supported = Judged(Verdict.SUPPORTED, span, found.matter, found.near, aside)
    unsupported = replace(supported, verdict=Verdict.UNSUPPORTED, span=None)
    if not claim.partial and _is_verbatim(claim, found, evidence):
        return supported
    otherwise = _find_otherwise(claim, found, evidence)
    if otherwise is not None:
        # Only what speaks of the same thing can say otherwise of it.
        if not _speaks_of(claim, otherwise, evidence):
            return unsupported
        return contradict(supported, otherwise, evidence)
    if _lacks_facts(found):
        return unsupported
    if _stands_apart(found):
        return replace(unsupported, apart=span)
    if _has_strange_subject(found):
        return replace(unsupported, only_words=True)
    return replace(unsupported, apart=span, only_words=True) if _differs(found) else supported


def support(judged: Judged, sentence: int, evidence: Evidence) -> Judged:
    """The same claim, where this sentence says so."""
    span = _span(evidence, sentence, sentence)
    return replace(judged, verdict=Verdict.SUPPORTED, span=span)


def contradict(judged: Judged, sentence: int, evidence: Evidence) -> Judged:
    """The same claim, where this sentence says otherwise."""
    span = _span(evidence, sentence, sentence)
    return replace(judged, verdict=Verdict.CONTRADICTED, span=span)


def _is_verbatim(claim: Claim, found: Measures, evidence: Evidence) -> bool:
    """Whether it stands there word for word: whole clauses, or what was asked beside it."""
    said = claim.text.rstrip("。.!！ ")
    if said not in evidence.whole:
        return False
    bounded = rf"(?:^|[,;:。!?\n])\s*{re.escape(said)}\s*(?:$|[,;:。!?\n])"
    return not _is_beside(found) or re.search(bounded, evidence.whole) is not None


def _speaks_of(claim: Claim, sentence: int, evidence: Evidence) -> bool:
    said = _NUMBER.sub(" ", claim.matter or claim.text)
    around = evidence.around(sentence) + evidence.topic(sentence)
    return cover(said, around) >= _SAME_MATTER


def _lacks_facts(found: Measures) -> bool:
    """Whether numbers, names in quotation marks or words in Latin letters are missing."""
    return bool(found.missing or found.misquotes or found.latin > _LATIN)


def _stands_apart(found: Measures) -> bool:
    """Whether another sentence fits what was asked better, or little of it stands there."""
    return found.apart > _APART or _is_beside(found)


def _has_strange_subject(found: Measures) -> bool:
    """Whether what it speaks of first stands nowhere, and not much of what was asked does."""
    return found.stranger and found.matter < _MUCH_MATTER


def _differs(found: Measures) -> bool:
    """Whether too many of its words stand nowhere there."""
    return found.foreign > _FOREIGN or found.longest > _LONGEST


def _is_beside(found: Measures) -> bool:
    """Whether a few words stand where little of what was asked does; whole sentences may."""
    little = found.matter < LEAST_MATTER or found.near < _LEAST_NEAR
    return little and found.size <= _FEW


def _find_otherwise(claim: Claim, found: Measures, evidence: Evidence) -> int | None:
    """The sentence that says otherwise, where there is one."""
    spoken, new = claim.asked + claim.text, missing(values(claim.text), values(claim.asked))
    bounds = found.window.first, found.window.last
    if (other := find_other_side(spoken, new, evidence.sentences, *bounds)) is not None:
        return other
    if (excepted := find_exception(claim.text, evidence.sentences, *bounds)) is not None:
        return excepted
    if found.denies:
        return _nearest(claim, range(found.window.first, found.window.last + 1), evidence)
    if (swapped := _find_swapped(claim, found, evidence)) is not None:
        return swapped
    if claim.asked and (parallel := find_parallel(claim.text, evidence.clauses, claim.asked)):
        return parallel.sentence
    replaced = find_replaced(claim.text, evidence.clauses, evidence.whole, claim.asked)
    if replaced is not None:
        return replaced.sentence
    if (role := find_other_role(claim.text, evidence.sentences)) is not None:
        return role
    if (mixed := find_mixed(claim.text, evidence.sentences)) is not None:
        return mixed
    if found.other is not None and not found.missing:
        return found.other
    if not found.missing and found.apart <= _APART:
        return None
    if evidence.holds(found.rival, claim.asked + claim.text) < _SAME_MATTER:
        return None
    known = evidence.sentences[found.rival].values
    gone = [one for one in found.missing if any(one.is_of_kind(other) for other in known)]
    return found.rival if gone or not values(claim.text) else None


def _find_swapped(claim: Claim, found: Measures, evidence: Evidence) -> int | None:
    """The sentence that gives another value where that fits clearly better."""
    clause = find_swapped(claim.text, evidence.clauses, claim.asked)
    if clause or not claim.partial:
        return clause.sentence if clause else None
    clause = find_swapped(claim.asked + claim.text, evidence.clauses, claim.asked)
    if clause is None:
        return None
    # Of a long question much may stand beside another value than the one asked for.
    window = range(found.window.first, found.window.last + 1)
    said = values(claim.text)
    holders = [at for at in window if not missing(said, evidence.sentences[at].values)]
    if clause.sentence in holders:
        return clause.sentence
    here = max((evidence.share(at, claim.matter) for at in holders), default=0.0)
    there = evidence.share(clause.sentence, claim.matter)
    return clause.sentence if here < _MUCH_LESS * there else None


def _nearest(claim: Claim, sentences: Iterable[int], evidence: Evidence) -> int:
    return max(sentences, key=lambda at: evidence.holds(at, claim.text))


def _span(evidence: Evidence, first: int, last: int) -> EvidenceSpan:
    opening, closing = evidence.sentences[first], evidence.sentences[last]
    return EvidenceSpan(opening.passage, opening.start, closing.end)
