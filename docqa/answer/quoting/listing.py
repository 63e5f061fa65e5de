"""All rows of a table, items of a list or documents, where everything is asked for."""

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache
from itertools import chain

from docqa.answer.citations import is_material
from docqa.answer.quoting.question_types import Asked, asks_for_documents, asks_for_everything
from docqa.answer.quoting.ranking import Quote, Rated, quote_of
from docqa.answer.quoting.table_rows import find_head, rows_alike
from docqa.stores.records.library import Library
from docqa.terms import normal
from docqa.terms.lexicon import lexicon
from docqa.types import Passage

_CELLS = " | "
_COUNTED = re.compile(r"几[个种条项点类家位名份处](?P<noun>[\u3400-\u9fff]{2,4})")
# A document has something of what is asked for if its best span is so likely beside the best of
# all. Set by hand: documents are alike, so that the likeliest takes most of the probability.
_HAS_SOME = 0.02
_TENS = ("", "十", "二十")
_ORDINALS = [f"{ten}{one}" for ten in _TENS for one in ("", *"一二三四五六七八九")][1:]
_ORDINAL = "[一二三四五六七八九十]{1,3}"
# How items begin: 一、…；二、…; （1）…；（2）…; 第一，…。第二，…; 一是…，二是….
_MARKS = (
    rf"(?P<n>{_ORDINAL})、",
    rf"[（(](?P<n>{_ORDINAL}|\d{{1,2}})[）)]",
    r"(?P<n>\d{1,2})[.．、](?!\d)",
    rf"第(?P<n>{_ORDINAL})[，,、]",
    rf"(?P<n>{_ORDINAL})是",
)
_FEWEST = 2
# What is longer is a section, no item; set by hand.
_LONGEST = 120
_ENDS = "；;，,。 \n"


def list_everything(library: Library, question: str, rated: Sequence[Rated]) -> Sequence[Quote]:
    """Every document that says what is asked for, every row or item; else nothing."""
    if not rated:
        return []
    best = max(rated, key=lambda one: one.likely)
    if asks_for_documents(question):
        return list(_best_of_documents(rated, best.likely))
    everything = asks_for_everything(question)
    if not (everything or Asked.of(normal(question)).several):
        return []
    head = find_head(library, best.candidate.found.passage, best.candidate.text)
    if not head:
        return list(_items(question, best))
    if not everything:
        return []
    found = list(_rows(library, head, best, rated))
    alike = set(rows_alike(head, [line for _, _, line in found], question))
    return [_quote(best, *one) for one in found if one[2] in alike]


def _best_of_documents(rated: Sequence[Rated], most: float) -> Iterator[Quote]:
    """The likeliest span of each document, of those that are likely enough."""
    seen: set[int] = set()
    for one in sorted(rated, key=lambda one: -one.likely):
        document = one.candidate.found.passage.document_id
        if document not in seen and one.likely >= _HAS_SOME * most:
            seen.add(document)
            yield quote_of(one)


def _items(question: str, best: Rated) -> Iterator[Quote]:
    """The items of the list that the likeliest span stands in or is."""
    candidate = best.candidate
    passage = candidate.found.passage
    items = items_of(passage.text)
    if not items or not _is_of(question, "\n".join((*passage.heading, passage.text))):
        return
    if candidate.start < items[-1][1] and candidate.end > items[0][0]:
        for start, end in items:
            yield _quote(best, passage, start, passage.text[start:end])


def _is_of(question: str, text: str) -> bool:
    """Whether a text names what a question counts: 几个网口 is not answered by four steps."""
    counted = _COUNTED.search(normal(question))
    if not counted or counted["noun"].endswith(lexicon().asks["several"].ends):
        return True
    return counted["noun"] in normal(text)


def _rows(
    library: Library, head: str, best: Rated, rated: Sequence[Rated]
) -> Iterator[tuple[Passage, int, str]]:
    """The rows under a head in every document found, that of the best one first."""
    documents = dict.fromkeys(
        one.candidate.found.passage.document_id for one in (best, *rated) if not _is_mine(one)
    )
    for document in documents:
        passages = library.passages_of(document)
        # A table that goes on in the next passage stands under the same heading.
        under = {one.heading for one in passages if head in one.text.split("\n")}
        yield from chain.from_iterable(_rows_of(one, under) for one in passages)


def _is_mine(one: Rated) -> bool:
    return is_material(one.candidate.found.passage.id)


def _rows_of(passage: Passage, under: Set[tuple[str, ...]]) -> Iterator[tuple[Passage, int, str]]:
    at = 0
    for line in passage.text.split("\n"):
        if passage.heading in under and _CELLS in line:
            yield passage, at, line
        at += len(line) + 1


def _quote(best: Rated, passage: Passage, start: int, line: str) -> Quote:
    return Quote(
        passage=passage,
        start=passage.start + start,
        end=passage.start + start + len(line),
        text=line,
        before="",
        after="",
        likely=best.likely,
        rank=best.candidate.found.rank,
    )


def items_of(text: str) -> list[tuple[int, int]]:
    """Where the items of the longest list in a text stand, without the marks that end them."""
    return max((_find_items(text, mark) for mark in _marks()), key=len)


@cache
def _marks() -> tuple[re.Pattern[str], ...]:
    """Compiled when first needed: most questions ask for no list."""
    return tuple(re.compile(rf"(?:^|(?<=[：:；;。，,\n\s])){mark}") for mark in _MARKS)


def _find_items(text: str, mark: re.Pattern[str]) -> list[tuple[int, int]]:
    starts: list[int] = []
    for found in mark.finditer(text):
        number = found["n"]
        value = int(number) if number.isdigit() else _ORDINALS.index(number) + 1
        if value == len(starts) + 1:
            starts.append(found.start())
    if len(starts) < _FEWEST:
        return []
    spans = [_item(text, *pair) for pair in zip(starts, [*starts[1:], len(text)], strict=True)]
    return spans if all(end - start <= _LONGEST for start, end in spans) else []


def _item(text: str, start: int, end: int) -> tuple[int, int]:
    """An item up to the next, the last up to the end of its sentence."""
    if end == len(text):
        end = min(f"{text}{mark}".index(mark, start) for mark in "。\n")
    return start, start + len(text[start:end].rstrip(_ENDS))
