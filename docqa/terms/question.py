"""What a question asks for: its terms, without the words that only make it a question."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from docqa.terms.articles import NOWHERE, Places
from docqa.terms.cutting import NO_WORDS, Words, chinese_runs, cut, is_chinese, normal, spaced_words
from docqa.terms.lexicon import lexicon

_WORDS = lexicon().question
# Matched on folded text, so simplified forms are enough.
_CHINESE = re.compile(f"(?P<kept>{'|'.join(_WORDS.kept)})|(?:{'|'.join(_WORDS.dropped)})")
_ENGLISH = re.compile(
    rf"(?<![\w-])(?:{'|'.join(_WORDS.english)})(?![\w-])", re.IGNORECASE | re.ASCII
)
# Shorter numbers stand in most documents.
_CODE_LENGTH = 3
# Beyond this a text is material, not a question; its first words decide.
_MOST_CHARACTERS = 4000


class Synonyms:
    """Groups of words that mean the same."""

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        """Take the groups as written."""
        folded = ([normal(word).strip() for word in group] for group in groups)
        self._groups = tuple([word for word in group if word] for group in folded)

    def of(self, text: str) -> dict[str, str]:
        """Other words for what a folded text names, each with the text's own word for it."""
        others: dict[str, str] = {}
        for group in self._groups:
            own = next((word for word in group if word in text), None)
            if own:
                others |= {word: own for word in group if word not in text}
        return others


def add_own_words(folded: str, others: Mapping[str, str]) -> str:
    """A folded text with a question's own words beside those that mean the same."""
    for other, own in others.items():
        folded = folded.replace(other, f"{other} {own} ")
    return folded


class Question(Struct, frozen=True):
    """The distinct terms of a question, and those of words that mean the same."""

    terms: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    others: Mapping[str, str] = {}
    """Words that a passage may have instead of the question's own."""
    content: str = ""
    """What was asked, folded, without question words."""
    places: Places = NOWHERE
    """Articles, chapters and tables that it names."""

    @property
    def codes(self) -> frozenset[str]:
        """Terms that are written the same wherever they are meant: E2, 0x80070005, WiFi.

        Not numbers that count something (3天) or name a year; in a question without Chinese, not
        the words that are made of letters alone.
        """
        in_chinese = bool(chinese_runs(self.content))
        named = (word for word in spaced_words(self.content) if word in self.terms)
        return frozenset(
            word for word in named if _is_code(word, self.terms, in_chinese=in_chinese)
        )

    @classmethod
    def read(
        cls, text: str, words: Words = NO_WORDS, synonyms: Synonyms | None = None
    ) -> "Question":
        """Understand a question; one made of question words alone is taken by its words."""
        text = text[:_MOST_CHARACTERS]
        asked, whole = _content(text), normal(text)
        terms = dict.fromkeys(cut(asked, words)) or dict.fromkeys(cut(text, words))
        others = synonyms.of(whole) if synonyms else {}
        further = dict.fromkeys(term for word in others for term in _terms_of(word, words))
        new = tuple(term for term in further if term not in terms)
        content = asked if asked.strip() else whole
        return cls(tuple(terms), new, others, content, Places.of(whole))


def _terms_of(word: str, words: Words) -> list[str]:
    """The terms of a word; not its single characters, which stand in too many others."""
    return [term for term in cut(word, words) if len(term) > 1 or term == word]


def _is_code(word: str, terms: Sequence[str], *, in_chinese: bool) -> bool:
    if word.isdecimal():
        # A number forms a pair with what it counts, as in 3天.
        pairs = (term.removeprefix(word) for term in terms if term.startswith(word))
        return len(word) >= _CODE_LENGTH and not any(map(is_chinese, pairs))
    letters = any(character.isalpha() for character in word)
    return letters and len(word) > 1 and (in_chinese or not word.isalpha())


def _content(text: str) -> str:
    """The text without question and function words; a gap is left, so that no pair spans it."""
    shouted = text.isupper()
    rest = _ENGLISH.sub(lambda m: m[0] if _acronym(m[0]) and not shouted else " ", text)
    return _CHINESE.sub(lambda m: m["kept"] or " ", normal(rest))


def _acronym(word: str) -> bool:
    """IT and WHO in capitals are names."""
    return len(word) > 1 and word.isupper()
