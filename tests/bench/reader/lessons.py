"""What the packaged reader learns from: questions with the passages that a search finds for them.

The choosing halves of all sets and of STARD, and strangers' questions that nothing answers. A part
of each is kept back (`kept_back`), so that what the reader counts beside the ranking is fitted on
questions new to it.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from msgspec import Struct

from docqa.retrieval import open_searcher
from docqa.stores.lexical.documents import surroundings
from docqa.types import Found, SearchRequest
from tests.bench.meaning.collect import open_library, read_set
from tests.bench.quotes.rows import MEANING, is_about, libraries_of, open_own, read_near, rows_of
from tests.bench.reader.kept_back import is_kept_back

# Passages found for a question; as many as quotes are taken from.
_FOUND = 8
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]?")
# How often a text is cut to some of its sentences, and how often it keeps what it is about then;
# by hand, so that it learns to read short passages, too.
_CUT, _LED = 0.6, 0.6


class Text(Struct, frozen=True):
    """A passage and where the answer stands in it; nowhere where it holds none."""

    lead: str
    text: str
    golds: tuple[tuple[int, int], ...]
    rank: int


class Lesson(Struct, frozen=True):
    """A question and what was found for it."""

    question: str
    texts: tuple[Text, ...]
    is_whole: bool = False
    """Whether it is known only that a passage answers, not with which words."""


def read_lessons(names: Sequence[str]) -> Iterator[Lesson]:
    """What is trained on of some sets."""
    for name in names:
        for row in rows_of(name, meaning=True):
            if not row.half and not is_kept_back(name, row.question, row.gold[0]):
                found = row.result.found[:_FOUND]
                texts = [_text(one, _find(one.passage.text, row.gold)) for one in found]
                yield Lesson(row.question, tuple(texts))


def read_unanswered(name: str) -> Iterator[Lesson]:
    """Questions near the subject of a set that none of its documents answers."""
    near = [one for one in read_near(name) if not is_kept_back(name, one, "")]
    for paths in libraries_of(name, Path()):
        with open_own(paths, MEANING) as (_, searcher):
            for question in near:
                if is_about(name, question, paths):
                    found = searcher.search(SearchRequest(question)).found[:_FOUND]
                    yield Lesson(question, tuple(_text(one, []) for one in found))


def read_rules() -> Iterator[Lesson]:
    """Lay legal questions; an article that answers is right as a whole."""
    with TemporaryDirectory() as folder, open_library("stard", Path(folder), MEANING) as library:
        searcher = open_searcher(library, MEANING)
        for one in read_set("stard")[1]:
            if one.half or is_kept_back("stard", one.question, one.question):
                continue
            texts = []
            for each in searcher.search(SearchRequest(one.question)).found[:_FOUND]:
                whole = (0, len(each.passage.text))
                is_right = each.passage.document in one.documents
                texts.append(_text(each, [whole] if is_right else []))
            yield Lesson(one.question, tuple(texts), is_whole=True)
        searcher.close()


def _text(found: Found, golds: Sequence[tuple[int, int]]) -> Text:
    return Text(surroundings(found.passage), found.passage.text, tuple(golds), found.rank)


def _find(text: str, golds: Sequence[str]) -> list[tuple[int, int]]:
    """Where the answers stand in a text, each as often as it does."""
    found = set()
    for gold in golds:
        at = text.find(gold)
        while gold and at >= 0:
            found.add((at, at + len(gold)))
            at = text.find(gold, at + 1)
    return sorted(found)


def draw_texts(lesson: Lesson, random: Random, wrong: int = 2) -> list[Text]:
    """A text that answers if there is one, and some that do not, those found first more often."""
    right = [text for text in lesson.texts if text.golds]
    others = [text for text in lesson.texts if not text.golds]
    chosen = random.sample(right, 1) if lesson.is_whole and right else right[:1]
    drawn = random.choices(others, [1 / text.rank for text in others], k=wrong) if others else []
    texts = [*chosen, *{text.rank: text for text in drawn}.values()]
    if lesson.is_whole or random.random() > _CUT:
        return texts
    return [_cut(text, random) for text in texts]


def _cut(text: Text, random: Random) -> Text:
    """Some sentences of a text: those of an answer, or any, with up to two on each side."""
    sentences = [one.span() for one in _SENTENCE.finditer(text.text) if one.group()]
    if len(sentences) < 2:
        return text
    start, end = random.choice(text.golds or sentences)
    held = [at for at, (a, b) in enumerate(sentences) if a < end and start < b]
    first = sentences[max(0, held[0] - random.choice((0, 0, 1, 2)))][0]
    last = sentences[min(len(sentences) - 1, held[-1] + random.choice((0, 0, 1, 2)))][1]
    golds = [(a - first, b - first) for a, b in text.golds if first <= a and b <= last]
    lead = text.lead if random.random() < _LED else ""
    return Text(lead, text.text[first:last], tuple(golds), text.rank)
