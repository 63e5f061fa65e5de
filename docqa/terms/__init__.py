"""How text is folded and cut for searching, shared by the index, the quotes and the checks."""

from docqa.terms.commonness import NO_WORD, RAREST, rarity
from docqa.terms.cutting import (
    NO_WORDS,
    Term,
    Words,
    chinese_runs,
    cut,
    is_chinese,
    join_terms,
    normal,
    spaced_words,
    spans,
)
from docqa.terms.folding import fold, simplify
from docqa.terms.question import Question, Synonyms, add_own_words
from docqa.terms.vocabulary import read_synonyms, read_words

__all__ = [
    "NO_WORD",
    "NO_WORDS",
    "RAREST",
    "Question",
    "Synonyms",
    "Term",
    "Words",
    "add_own_words",
    "chinese_runs",
    "cut",
    "fold",
    "is_chinese",
    "join_terms",
    "normal",
    "rarity",
    "read_synonyms",
    "read_words",
    "simplify",
    "spaced_words",
    "spans",
]
