"""What the passages say, sentence by sentence, ready to be compared with many statements."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest

from msgspec import Struct

from docqa.answer.checking.normal_form import FUNCTION, HAN, plain
from docqa.answer.checking.swapped_values import clauses
from docqa.answer.checking.values import Quantity, values
from ingest.splitting.sentences import sentences

LATIN = re.compile(r"[a-z][a-z0-9]*(?:[-_.+#'][a-z0-9]+)*")
# Where the clauses of a text in one form part; a list's commas part nothing.
CLAUSE = re.compile(r"[;,。!?\n]+")
# What English answers are put together with; none of it is a claim.
_FUNCTION_WORDS = """
    a an the is are was were be been being of in on at to for from by with and or as that this these
    those it its he she they his her their which who what when where there has have had do does did
    will would can could may might according passage passages document documents text about nearly
    approximately around over also not no how many much
"""
_ENGLISH_FUNCTION = frozenset(_FUNCTION_WORDS.split())
# Statements are about neighbouring sentences, the first of which often names what all speak of.
_WINDOW = 3
_CANDIDATES = 12
# A sentence that begins so speaks of what the one before names.
_LEANING = re.compile(
    r"[^\w]*(?:[他她它其此该这那]|同[年时月]|之后|其间|随后|后来|(?:he|she|it|they|this|its|his|her)\b)"
)


class EvidenceSentence(Struct, frozen=True):
    """One sentence of a passage; start and end count characters in the passage's text."""

    passage: int
    """Its number, from 1."""
    start: int
    end: int
    text: str
    """In the one form of `plain`."""
    values: tuple[Quantity, ...]


class Window(Struct, frozen=True):
    """Neighbouring sentences of one passage, and what the passage is about."""

    first: int
    last: int
    text: str
    topic: str
    values: tuple[Quantity, ...]


class Evidence:
    """Passages in sentences, found by the units of a statement."""

    def __init__(self, passages: Sequence[str], topics: Sequence[str] = ()) -> None:
        """`topics` say what each passage is about: its headings, its file's name."""
        self.sentences: list[EvidenceSentence] = []
        self._topics: list[str] = []
        for number, passage in enumerate(passages, 1):
            first = len(self.sentences)
            for start, end in sentences(passage):
                text = plain(passage[start:end])
                self.sentences.append(EvidenceSentence(number, start, end, text, values(text)))
            # What follows often speaks of what the first sentence names.
            opening = self.sentences[first].text if first < len(self.sentences) else ""
            self._topics.append(f"{plain(topics[number - 1]) if topics else ''}\n{opening}")
        self._holders: dict[str, list[int]] = {}
        for at, sentence in enumerate(self.sentences):
            for unit in set(units(sentence.text)):
                self._holders.setdefault(unit, []).append(at)
        self.whole = "\n".join([*(one.text for one in self.sentences), *self._topics])
        self.values = tuple(value for one in self.sentences for value in one.values)
        self.latin = frozenset(latin_words(self.whole))
        self.clauses = clauses([one.text for one in self.sentences])

    def weight(self, unit: str) -> float:
        """How much a unit tells sentences apart; what stands nowhere counts as the rarest."""
        held = len(self._holders.get(unit, ()))
        return math.log(1 + len(self.sentences) / (held or 0.5))

    def overlap(self, wanted: Iterable[str], text: str) -> float:
        """The weight of the units that a text holds."""
        return sum(self.weight(unit) for unit in wanted if unit in text)

    def holds(self, at: int, text: str) -> float:
        """The share of a text's units that a sentence holds with its topic."""
        wanted = set(units(text))
        total = sum(map(self.weight, wanted)) or 1.0
        return self.overlap(wanted, self.sentences[at].text + self.topic(at)) / total

    def share(self, at: int, text: str) -> float:
        """The same without the topic: what the sentence itself says."""
        wanted = set(units(text))
        total = sum(map(self.weight, wanted)) or 1.0
        return self.overlap(wanted, self.sentences[at].text) / total

    def candidates(self, wanted: Iterable[str]) -> list[int]:
        """The sentences that hold most of these units, best first."""
        scores: defaultdict[int, float] = defaultdict(float)
        for unit in set(wanted):
            for at in self._holders.get(unit, ()):
                scores[at] += self.weight(unit)
        return nlargest(_CANDIDATES, scores, key=lambda at: (scores[at], -at))

    def windows(self, at: int) -> Iterator[Window]:
        """The stretches of up to three sentences of one passage that hold this sentence."""
        passage = self.sentences[at].passage
        for first in range(at - _WINDOW + 1, at + 1):
            for last in range(at, first + _WINDOW):
                if first < 0 or last >= len(self.sentences):
                    continue
                if self.sentences[first].passage == passage == self.sentences[last].passage:
                    yield self._window(first, last)

    def topic(self, at: int) -> str:
        """What the passage of a sentence is about: its headings and its first sentence."""
        return self._topics[self.sentences[at].passage - 1]

    def around(self, at: int) -> str:
        """A sentence with the next and the one before, where these lean on it or it on them."""
        text = self.sentences[at].text
        if self._leans_back(at):
            text = self.sentences[at - 1].text + text
        return text + self.sentences[at + 1].text if self._leans_back(at + 1) else text

    def _leans_back(self, at: int) -> bool:
        if not 0 < at < len(self.sentences):
            return False
        same = self.sentences[at - 1].passage == self.sentences[at].passage
        return same and _LEANING.match(self.sentences[at].text) is not None

    def _window(self, first: int, last: int) -> Window:
        held = self.sentences[first : last + 1]
        known = tuple(value for one in held for value in one.values)
        return Window(first, last, "".join(one.text for one in held), self.topic(first), known)


def units(text: str) -> Iterator[str]:
    """What two texts in one form can have in common: pairs of characters, words, numbers."""
    for run in HAN.findall(text):
        pairs = (run[at : at + 2] for at in range(len(run) - 1))
        yield from (pair for pair in pairs if FUNCTION.sub("", pair))
    yield from latin_words(text)
    yield from re.findall(r"\d+(?:\.\d+)?", text)


def content_units(text: str) -> Iterator[str]:
    """The same without those that only function words make."""
    return units(FUNCTION.sub(" ", text))


def latin_words(text: str) -> Iterator[str]:
    """Words in Latin letters that say something."""
    return (word for word in LATIN.findall(text) if word not in _ENGLISH_FUNCTION)
