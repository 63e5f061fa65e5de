"""What a search knows of its own result: the figures that the judgement rests on."""

from collections.abc import Mapping, Sequence
from math import exp, log, log1p
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.terms import chinese_runs

if TYPE_CHECKING:
    from docqa.retrieval.legs import Legs

# A question of so many characters counts as neither short nor long.
_USUAL_LENGTH = 20
# A library of so many passages counts as neither small nor large.
_USUAL_SIZE = 300
# A library of fewer than 40 passages counts as one of 40: below, little was fitted.
_SMALLEST = 2.0
# A stretch of the question beyond so many characters tells no more; set by hand.
_LONGEST = 8
# Passages after the first whose mean it is compared with.
_FOLLOWERS = 3


class Logistic(Struct, frozen=True):
    """A probability from a few figures; those that are missing count as nothing."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, figures: Mapping[str, float]) -> float:
        """Between 0 and 1."""
        points = self.bias + sum(w * figures.get(name, 0.0) for name, w in self.weights.items())
        return 1 / (1 + exp(-max(-30.0, min(30.0, points))))


class AskedTerms(Struct, frozen=True):
    """What is known of the terms of a question before anything is found."""

    most: float
    """What all of them can add to a passage's score."""
    told: float
    """What all of them tell of the subject, in natural logarithms."""
    unknown_names: int
    """Pairs that the library lacks and that stand in no word of general use."""
    codes: frozenset[str]
    """Those that are written the same wherever they are meant."""


def measure(
    query: str,
    legs: "Legs",
    ranked: Sequence[tuple[int, float]],
    terms: "AskedTerms",
) -> dict[str, float]:
    """The figures of a result; `ranked` is what is shown."""
    if not ranked:
        return {}
    first, points = ranked[0]
    most = terms.most or 1.0
    held = legs.coverage[first]
    size = log(max(1, legs.searched) / _USUAL_SIZE)
    small = min(_SMALLEST, max(0.0, -size))
    length = log(max(1, len(query)) / _USUAL_LENGTH)
    most_whole = max(one.whole for one in legs.coverage.values())
    others = [score for _, score in ranked[1 : 1 + _FOLLOWERS]]
    figures = {
        "whole": held.whole,
        "close": held.close,
        "characters": held.characters,
        "bm25": legs.scores.get(first, 0.0) / most,
        "most_whole": most_whole,
        "most_close": max(one.close for one in legs.coverage.values()),
        "most_characters": max(one.characters for one in legs.coverage.values()),
        "most_bm25": max(legs.scores.values(), default=0.0) / most,
        "gap": points - (ranked[1][1] if len(ranked) > 1 else 0.0),
        "lead": points - (sum(others) / len(others) if others else 0.0),
        "word_rank": _inverse_rank(first, legs.lexical),
        "size": size,
        "small": small,
        "large": max(0.0, size),
        "length": length,
        # In a small library a long question that is foreign shares some words with a passage, too.
        "long_in_small": length * small,
        "no_chinese": float(not chinese_runs(query)),
        # Of a question of many rare words less need be there than of a short everyday one.
        "held": log1p(most_whole * terms.told),
        "held_in_sentence": log1p(max(c.sentence for c in legs.coverage.values()) * terms.told),
        "stretch": min(_LONGEST, max(one.stretch for one in legs.coverage.values())),
        "missing": log1p((1 - most_whole) * terms.told),
        "specific": terms.told / most,
        "unknown_names": terms.unknown_names,
        "code": float(any(not terms.codes.isdisjoint(legs.coverage[n].matched) for n, _ in ranked)),
    }
    if legs.meant:
        figures |= _measure_meaning(first, legs)
    return figures


def _measure_meaning(first: int, legs: "Legs") -> dict[str, float]:
    near = sorted(legs.nearness.values(), reverse=True)
    figures = {
        "nearness": legs.nearness.get(first, 0.0),
        "most_nearness": near[0],
        "nearness_gap": near[0] - (near[1] if len(near) > 1 else 0.0),
        "meaning_rank": _inverse_rank(first, legs.dense),
    }
    # Every embedder puts unrelated texts at a similarity of its own. What is not embedded yet has
    # none: it is judged by words.
    if legs.is_scale_known and first in legs.meant:
        figures["similarity"] = legs.meant[first].similarity
        figures["most_similarity"] = max(one.similarity for one in legs.meant.values())
        figures["usual_similarity"] = legs.usual_similarity
    return figures


def _inverse_rank(number: int, hits: Sequence[tuple[int, float]]) -> float:
    return next((1 / rank for rank, (found, _) in enumerate(hits, 1) if found == number), 0.0)
