"""All rows of a table, or all items of a list, where everything is asked for."""

from collections.abc import Iterator, Sequence

from docqa.answer.citations import is_material
from docqa.answer.quoting.question_types import asks_for_everything
from docqa.answer.quoting.ranking import Quote, Rated
from docqa.answer.quoting.sentences import head_of_table
from docqa.answer.quoting.table_rows import rows_alike
from docqa.stores.records.library import Library
from docqa.types import Passage

_CELLS = " | "


def list_everything(library: Library, question: str, rated: Sequence[Rated]) -> Sequence[Quote]:
    """Every row that matches of the table in which the likeliest row stands; nothing otherwise."""
    if not rated or not asks_for_everything(question):
        return []
    best = max(rated, key=lambda one: one.likely)
    passage = best.candidate.found.passage
    head = head_of_table(passage.text, best.candidate.text)
    if not head or is_material(passage.id):
        return []
    found = [
        (one, start, line)
        for one in library.passages_of(passage.document_id)
        if one.heading == passage.heading
        for start, line in _lines(one.text)
        if _CELLS in line
    ]
    alike = set(rows_alike(head, [line for _, _, line in found], question))
    return [_quote(best, one, start, line) for one, start, line in found if line in alike]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
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
