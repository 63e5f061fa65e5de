"""Cuts text into search terms: Chinese characters and pairs, words and codes, numbers."""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from operator import add

from msgspec import Struct

from docqa.terms.folding import fold, fold_with_offsets
from docqa.terms.numbers import one_form, one_form_with_offsets

# Scripts written without spaces between words, and Hangul, whose endings make words vary.
CJK = (
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
)
_LETTER = rf"[^\W_{CJK}]"
_RUN = re.compile(rf"[{CJK}]+")
_BREAK = "\x1e"  # stands between texts that are cut together
_JOINTS = r"[-._/+#&'’@:]"
# Begins with one letter alone, which is searched for at twice the speed.
_WORD = re.compile(rf"{_LETTER}(?:{_JOINTS}*+{_LETTER})*+[+#]*")
_JOINT = re.compile(f"{_JOINTS}+")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_LONGEST_WORD = 64
_WIDE = "utf-32-le"  # every character one item of an array
_SPACE = " ".encode(_WIDE)


class Term(Struct, frozen=True):
    """A search term and where it stands in the text as written."""

    text: str
    start: int
    end: int


class Words:
    """Words of the user that are also kept whole."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        """Take the words as written."""
        self.words = tuple(sorted({normal(word).strip() for word in words} - {""}))
        self._by_head: dict[str, list[str]] = {}
        for word in self.words:
            if len(word) > 2:
                self._by_head.setdefault(word[:2], []).append(word)

    def spans(self, text: str) -> Iterator[tuple[str, int, int]]:
        """The words that occur in folded text: as a term, with their place."""
        heads = self._by_head
        if not heads or heads.keys().isdisjoint(map(add, text, text[1:])):
            return
        for at in range(len(text) - 2):
            for word in heads.get(text[at : at + 2], ()):
                if text.startswith(word, at):
                    yield "_".join(word.split()), at, at + len(word)


NO_WORDS = Words()


def normal(text: str) -> str:
    """Text as it is compared: folded, numbers in one form."""
    return one_form(fold(text))


def chinese_runs(folded: str) -> list[str]:
    """The stretches of folded text in scripts without spaces."""
    return _RUN.findall(folded)


def spaced_words(folded: str) -> list[str]:
    """The words, numbers and codes of folded text in scripts with spaces."""
    return _WORD.findall(folded)


def is_chinese(term: str) -> bool:
    """Whether a term is a stretch of the text itself, in a script without spaces."""
    return _RUN.fullmatch(term) is not None


def cut(text: str, words: Words = NO_WORDS) -> list[str]:
    """All terms of a text, repeated as they occur, in no particular order."""
    return join_terms([text], words)[0].split()


def join_terms(texts: Sequence[str], words: Words = NO_WORDS) -> list[str]:
    """The same terms of each text with spaces between, as the index takes them."""
    # All at once, since each step costs more to begin than to do.
    folded = normal(_BREAK.join(text.replace(_BREAK, " ") for text in texts))
    parts = folded.split(_BREAK)
    runs = [run for part in parts for run in (*_RUN.findall(part), _BREAK)]
    chinese = _woven(runs[:-1]).split(_BREAK)
    return [
        " ".join([terms, *(term for term, _, _ in _space(part, words))])
        for terms, part in zip(chinese, parts, strict=True)
    ]


def _woven(runs: list[str]) -> str:
    """For each run `A AB B BC C`: all woven at once, as a string for every pair costs far more."""
    # Five places for each character: itself, a space, itself and the next, a space. The last of
    # a run has no next and so stands alone already; nor has the space between two runs a next.
    codes = _codes(" ".join(runs))
    woven = array("I", _SPACE * (5 * len(codes)))
    woven[2::5] = codes
    woven[0:-5:5] = _codes("  ".join([run[:-1] for run in runs]))
    woven[3:-5:5] = _codes("  ".join([run[1:] for run in runs]))
    return woven.tobytes().decode(_WIDE)


def _codes(text: str) -> "array[int]":
    return array("I", text.encode(_WIDE))


def spans(text: str, words: Words = NO_WORDS) -> list[Term]:
    """The same terms with their places in the text as written, by place."""
    folded, offsets = one_form_with_offsets(*fold_with_offsets(text))
    offsets.append(len(text))
    found = [
        Term(term, offsets[start], _end(text, offsets, end))
        for term, start, end in _locate(folded, words)
    ]
    return sorted(found, key=lambda term: (term.start, term.end))


def _locate(folded: str, words: Words) -> Iterator[tuple[str, int, int]]:
    for run in _RUN.finditer(folded):
        for at in range(run.start(), run.end()):
            yield folded[at], at, at + 1
            if at + 1 < run.end():
                yield folded[at : at + 2], at, at + 2
    yield from _space(folded, words)


def _space(folded: str, words: Words) -> Iterator[tuple[str, int, int]]:
    """The terms of folded text that are no stretch of Chinese alone, with their places."""
    for word in _WORD.finditer(folded):
        for form in _forms(word[0]):
            yield form, word.start(), word.end()
        yield from _pairs(folded, word)
    yield from words.spans(folded)


def _end(text: str, offsets: Sequence[int], end: int) -> int:
    """Where a term ends as written: before the next character that comes from elsewhere."""
    return next((offset for offset in offsets[end:] if offset > offsets[end - 1]), len(text))


def _forms(word: str) -> tuple[str, ...]:
    """A word or code whole, its parts, and the stem of an English word."""
    word = word[:_LONGEST_WORD]
    parts = [part for part in _JOINT.split(word) if part]
    if len(parts) < 2 or _PLAIN_NUMBER.fullmatch(word):
        return _with_stem(word)
    whole = (word,)
    return whole + tuple(form for part in parts for form in _with_stem(part))


def _with_stem(word: str) -> tuple[str, ...]:
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return (word,)
    stem = _stem(word)
    return (word,) if stem == word else (word, stem)


# Words come again and again, unlike the numbers and codes that would fill it for nothing.
@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return _stemmer()(word)


def _pairs(folded: str, word: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """3 in 第3条 and T in T恤 form pairs with their neighbours, as a Chinese character would."""
    if len(word[0]) > 1 and not _PLAIN_NUMBER.fullmatch(word[0]):
        return
    start, end = word.span()
    if start and _RUN.match(folded, start - 1):
        yield folded[start - 1 : end], start - 1, end
    if _RUN.match(folded, end):
        yield folded[start : end + 1], start, end + 1


@cache
def _stemmer() -> Callable[[str], str]:
    # Imported here: costs 20 ms, and Chinese text needs none.
    import snowballstemmer  # type: ignore[import-untyped]  # it ships no types

    stem: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return stem
