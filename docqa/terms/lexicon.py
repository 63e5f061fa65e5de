"""The lists of words in `lexicon.toml`, read once and made into patterns in one place."""

import re
import tomllib
from functools import cache
from pathlib import Path

from msgspec import Struct, convert

_FILE = Path(__file__).with_name("lexicon.toml")


class WordList(Struct, frozen=True, forbid_unknown_fields=True):
    """A list of words and why it is needed."""

    why: str
    words: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()


class Groups(Struct, frozen=True, forbid_unknown_fields=True):
    """Groups of words of which one stands against the others, and why they are needed."""

    why: str
    groups: tuple[tuple[str, ...], ...]


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """What forbids, what allows, and what makes it depend on something else."""

    why: str
    forbids: tuple[str, ...]
    allows: tuple[str, ...]
    depends: tuple[str, ...]
    excepts: tuple[str, ...]
    """Those that change a rule from another part of its sentence, too."""


class Arithmetic(Struct, frozen=True, forbid_unknown_fields=True):
    """What asks for a sum, an average or a count, patterns that count and state one, and why."""

    why: str
    words: tuple[str, ...]
    counts: str
    states: str


class QuestionWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What is taken out of a question before it is searched for, what is not, and why."""

    why: str
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    english: tuple[str, ...]


class FollowUp(Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a question lean on the conversation, and why it is needed."""

    why: str
    pointers: tuple[str, ...]
    english_pointers: tuple[str, ...]
    elliptic: tuple[str, ...]
    subjectless: tuple[str, ...]
    remarks: tuple[str, ...]
    after_remarks: tuple[str, ...]
    between: tuple[str, ...]
    english: tuple[str, ...]


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Patterns before and after an amount that say how far it reaches, and why they are needed."""

    why: str
    most: tuple[str, ...]
    least: tuple[str, ...]
    above: tuple[str, ...]
    below: tuple[str, ...]
    most_after: tuple[str, ...]
    least_after: tuple[str, ...]


class Patterns(Struct, frozen=True, forbid_unknown_fields=True):
    """Patterns over text as written, and why they are needed."""

    why: str
    patterns: tuple[str, ...]


class AroundQuestions(Struct, frozen=True, forbid_unknown_fields=True):
    """Patterns of words around what is asked, single characters of the kind, and why."""

    why: str
    words: tuple[str, ...]
    singles: str


class Lexicon(Struct, frozen=True, forbid_unknown_fields=True):
    """Every list."""

    asks: dict[str, WordList]
    nothing_asked: WordList
    tails: WordList
    shows: dict[str, str]
    parties: Groups
    rules: Rules
    limits: Limits
    everything: WordList
    documents: WordList
    arithmetic: Arithmetic
    furniture: Patterns
    of_every_subject: WordList
    around_words: WordList
    around_questions: AroundQuestions
    question: QuestionWords
    followup: FollowUp


@cache
def lexicon() -> Lexicon:
    """The lists as they are shipped."""
    return convert(tomllib.loads(_FILE.read_text(encoding="utf-8")), Lexicon)


@cache
def what_shows(kind: str) -> re.Pattern[str]:
    """What an answer of a kind looks like; compiled when it is first asked for, as that costs."""
    return re.compile(lexicon().shows[kind])
