"""What the lexical index keeps of a passage: its terms, its number, its document's."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.terms import Words, join_terms
from docqa.types import Passage

if TYPE_CHECKING:
    import tantivy

_CUT_TOGETHER = 16  # costs least: the work stays in the processor's cache


def index_documents(passages: Sequence[Passage], words: Words) -> "Iterator[tantivy.Document]":
    """The passages as tantivy takes them."""
    import tantivy

    for first in range(0, len(passages), _CUT_TOGETHER):
        some = passages[first : first + _CUT_TOGETHER]
        texts = [f"{passage.text}\n{surroundings(passage)}" for passage in some]
        for passage, terms in zip(some, join_terms(texts, words), strict=True):
            document = tantivy.Document()
            document.add_integer("id", passage.id)
            document.add_integer("document", passage.document_id)
            document.add_text("terms", terms)
            yield document


def surroundings(passage: Passage) -> str:
    """What a passage is found by besides its text: the headings above it, its file's name."""
    above = [heading for heading in passage.heading if heading not in passage.text]
    return "\n".join([*above, _stem(passage.document)])


@lru_cache(maxsize=1)
def _stem(document: str) -> str:
    """The name of a file; kept, as the passages of a document follow each other."""
    return Path(document).stem
