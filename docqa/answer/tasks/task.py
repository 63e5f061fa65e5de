"""What every task is: findings in one document, by a model or without one."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import replace

from docqa import prompts
from docqa.answer.citations import cite
from docqa.answer.json_reply import read_json
from docqa.answer.writing.prompts import harmless
from docqa.terms import normal
from docqa.types import Author, Citation, Passage

# A model reads so much of a document where its beginning says what it is; set by hand so that
# prompt and reply fit the smallest usual window of 4,096 tokens.
_OPENING = 1_500


class Finding(Struct, frozen=True):
    """One thing that a task found in a document."""

    value: str
    """A label, a keyword, an entity as it is written, or the name of a verdict."""
    kind: str = ""
    """What kind of entity it is."""
    normal: str = ""
    """The same in one form: 2026-03-01, 120000 元."""
    score: float | None = None
    """From 0 to 1, where the task weighs."""
    citation: Citation | None = None
    """Where it stands, or what shows it."""


class Outcome(Struct, frozen=True):
    """One document with what a task found in it."""

    document: str
    findings: tuple[Finding, ...] = ()
    error: str = ""
    """Why the document could not be worked on, where it could not."""

    def move(self, document: str, cite: Callable[[Citation], Citation]) -> Self:
        """The same for a document that has another name or number now."""
        findings = (
            replace(one, citation=cite(one.citation)) if one.citation else one
            for one in self.findings
        )
        return replace(self, document=document, findings=tuple(findings))


class Given(Struct, frozen=True):
    """What the user gives a task beside the documents."""

    labels: tuple[str, ...] = ()
    text: str = ""


class Target(Struct, frozen=True):
    """The document at hand."""

    document: str
    title: str
    passages: tuple[Passage, ...]
    find: Callable[[str], Sequence[Passage]]
    """Its passages that speak of a text, best first."""

    @property
    def opening(self) -> str:
        """Its beginning, as long as a model can read it."""
        return "\n".join(passage.text for passage in self.passages)[:_OPENING]

    def cite_first(self, words: str) -> Citation | None:
        """The first place where these words stand, as they are written or in one form."""
        for passage in self.passages:
            at = passage.text.find(words)
            if at >= 0:
                return cite(1, passage, at, at + len(words), by=Author.DOCQA)
        return None


class Tools(Struct, frozen=True):
    """What a task may use."""

    complete: Callable[[str, Mapping[str, object]], str] | None = None
    """A model's reply to a prompt, held to a JSON schema; None without a model."""
    embed: Callable[[Sequence[str]], Sequence[Sequence[float]]] | None = None
    """Vectors of texts; None without an embedder."""

    def ask(
        self, prompt: str, language: str, schema: Mapping[str, object], **values: str
    ) -> dict[str, Any]:
        """What a model replies to one of the tasks' prompts."""
        assert self.complete is not None
        safe = {name: harmless(value) for name, value in values.items()}
        asked = prompts.load(f"tasks/{prompt}", language).fill(**safe)
        return read_json(self.complete(asked, object_of(schema)))

    def ask_verdict(
        self, prompt: str, language: str, said: Mapping[str, str], **values: str
    ) -> str:
        """The verdict that a model gives by one of these words; the last where it gives none."""
        words = list(said)
        reply = self.ask(prompt, language, {"verdict": {"enum": words}}, **values)
        return said[choose(reply.get("verdict"), words) or words[-1]]


class TrialItem(Struct, frozen=True):
    """An item whose answer is known: a model that misses it is not asked."""

    text: str
    other: str
    value: str


class Task(ABC):
    """One task; it keeps nothing between documents."""

    columns: tuple[str, ...] = ("value", "place", "quote")
    """What a line of its results shows, by the messages `task.column_<name>`."""
    uses_vectors: bool = False
    """Whether an embedder helps it."""
    trials: tuple[TrialItem, ...] = ()
    """What a model must know before it is trusted with a task that small models only guess at."""

    def is_able(self, tools: Tools) -> bool:
        """Whether the model knows all items of the trial but one."""
        right = sum(self._knows(trial, tools) for trial in self.trials)
        return right >= len(self.trials) - 1

    def _knows(self, trial: TrialItem, tools: Tools) -> bool:
        passage = Passage(0, 0, "", 0, 0, len(trial.text), trial.text)
        target = Target("", "", (passage,), lambda _: (passage,))
        found = self.by_model(target, Given(text=trial.other), tools)
        return [one.value for one in found] == [trial.value]

    @abstractmethod
    def by_rules(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """What can be found without a model."""

    @abstractmethod
    def by_model(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """What a model finds."""


def object_of(properties: Mapping[str, object]) -> dict[str, object]:
    """The JSON schema of an object that has exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def choose(reply: object, choices: Sequence[str]) -> str | None:
    """The choice that a reply names; None where it names none."""
    said = normal(str(reply or "")).strip()
    return next((one for one in choices if normal(one) == said), None)
