"""Terms of a question as words that people read."""

from collections.abc import Sequence

from docqa.terms.folding import fold


def whole_words(terms: Sequence[str], question: str = "") -> list[str]:
    """Terms without stems beside their words; pieces are joined that the question has joined."""
    text, words = fold(question), list[str]()
    for term in terms:
        if any(_is_stem(term, word) for word in terms):
            continue
        joined = _join(words[-1], term) if words else None
        if joined and joined in text:
            words[-1] = joined
        else:
            words.append(term)
    return words


def _is_stem(term: str, word: str) -> bool:
    # `leav` of leave, `studi` of study; a Chinese word begins with others by chance.
    if term == word or not term.isascii():
        return False
    return word.startswith(term) or term == word.removesuffix("y") + "i"


def _join(before: str, after: str) -> str | None:
    """Two terms as one, where the beginning of the second ends the first: 塑料, 料托."""
    for shared in range(len(after), 0, -1):
        if before.endswith(after[:shared]):
            return before + after[shared:]
    return None
