"""The words that say what a document is about."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from docqa.answer.language import language_of
from docqa.answer.tasks.task import Finding, Given, Target, Task, Tools
from docqa.terms import NO_WORD, RAREST, chinese_runs, fold, rarity, spaced_words

_MOST = 8
_LONGEST = 8
# Single characters that stand between words rather than in them.
_BETWEEN = re.compile(
    "[的了和与及在为是由对把被等其该本此各每以于至或并将向从不应须可如若之所按者]"
)
_LEAST_LATIN = 3
# Set by hand: a word of the title counts as so many in the text.
_TITLE_WEIGHT = 3
_COMMON = frozenset((
    "the", "and", "for", "with", "that", "this", "from", "are", "was", "were", "has", "have",
    "not", "which", "must", "will", "may", "can", "any", "all", "shall", "its", "into", "been",
    "than", "their", "other", "such",
))  # fmt: skip


class Keywords(Task):
    """Without a model by how often words stand in the document and how rare they are elsewhere."""

    columns = ("value", "score", "place", "quote")

    def by_rules(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """The heaviest words, none of them a part of another."""
        weights = _weigh(target)
        chosen: list[str] = []
        for word in sorted(weights, key=lambda one: (-weights[one], one)):
            if len(chosen) == _MOST:
                break
            if not any(word in other or other in word for other in chosen):
                chosen.append(word)
        top = weights[chosen[0]] if chosen else 1.0
        return [_finding(target, word, round(weights[word] / top, 3)) for word in chosen]

    def by_model(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """The words that a model names, those of them that stand in the document."""
        words = {"type": "string", "maxLength": 24}
        schema = {"type": "array", "items": words, "minItems": 3, "maxItems": _MOST}
        text = f"{target.title}\n{target.opening}"
        reply = tools.ask("keywords", language_of(text), {"keywords": schema}, text=text)
        named = reply.get("keywords")
        words_named = map(str, named if isinstance(named, list) else ())
        held = [one for one in dict.fromkeys(words_named) if one and target.cite_first(one)]
        return [_finding(target, one, None) for one in held] or self.by_rules(target, given, tools)


def _finding(target: Target, word: str, score: float | None) -> Finding:
    return Finding(word, score=score, citation=target.cite_first(word))


def _weigh(target: Target) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for passage in target.passages:
        counts.update(_words(fold(passage.text)))
    for word in _words(fold(target.title)):
        if word in counts:
            counts[word] += _TITLE_WEIGHT
    return {word: _weight(word, count) for word, count in counts.items()}


def _weight(word: str, count: int) -> float:
    if not chinese_runs(word):
        return math.log1p(count) * RAREST / 2
    pairs = [rarity(word[at : at + 2]) for at in range(len(word) - 1)]
    rare = sum(one or RAREST for one in pairs) / len(pairs)
    return math.log1p(count) * rare * math.log1p(len(word))


def _words(text: str) -> Iterator[str]:
    """Chinese words, and two that follow each other, each as one; Latin words and codes."""
    for run in chinese_runs(text):
        for part in _BETWEEN.split(run):
            words = list(_cut_words(part))
            yield from (word for word in words if len(word) > 1)
            for first, second in pairwise(words):
                if len(first) > 1 and len(second) > 1 and len(first + second) <= _LONGEST:
                    yield first + second
    for word in spaced_words(text):
        if len(word) >= _LEAST_LATIN and word.isascii() and word not in _COMMON:
            yield word


def _cut_words(run: str) -> Iterator[str]:
    """Stretches in which every two neighbours form part of a word."""
    begun = 0
    for at in range(1, len(run)):
        if rarity(run[at - 1 : at + 1]) == NO_WORD:
            yield run[begun:at]
            begun = at
    if run[begun:]:
        yield run[begun:]
