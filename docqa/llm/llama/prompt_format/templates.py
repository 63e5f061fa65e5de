"""From messages to parts of a prompt, and from parts to token ids.

Only a template makes control tokens. A message's text is text, whatever it imitates.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from msgspec import Struct

from docqa.errors import QueryError
from docqa.markup import neutralise

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

# Part of the identity of cached prompts: raise it when any template's result changes.
VERSION = 2
BOS, EOS = "bos", "eos"


class Control(Struct, frozen=True):
    """A control token: `bos`, `eos`, or its name in the vocabulary."""

    name: str


class Markup(Struct, frozen=True):
    """Text of the template itself; the names of control tokens in it stand for these tokens."""

    text: str


class Past(Struct, frozen=True):
    """An earlier answer with the white space that the template puts before it."""

    lead: str
    text: str


Part: TypeAlias = str | Control | Markup | Past


class Dialogue(Struct, frozen=True):
    """Messages in the order that templates know: one system text, then turns; the last is open."""

    system: str
    past: tuple[tuple[str, str], ...]
    question: str


class Template(Struct, frozen=True):
    """One prompt format."""

    name: str
    parts: Callable[[Dialogue], list[Part]]
    leading_space: bool = True
    """Whether answers may begin with a space that is not part of them."""
    controls: tuple[str, ...] = ()
    """Control tokens that the vocabulary must have."""
    stops: tuple[str, ...] = ()
    """Text that begins another turn, where no control token does."""
    after_answer: tuple[Part, ...] = ()
    """What follows an answer: its first control token ends one."""
    opens_thought: bool = False
    """Whether the prompt ends inside a thought, which the model then goes on with."""
    version: str = ""
    """Tells templates of one name apart."""


class Tokenizer(Protocol):
    """What token ids are made with."""

    def tokenize(self, text: str) -> list[int]:
        """Ids of a text in which nothing is a control token."""
        ...

    def control(self, name: str) -> int:
        """Id of a control token."""
        ...

    def split_markup(self, text: str) -> list[str | Control]:
        """A template's text, cut at the names of control tokens."""
        ...

    def trims(self, token: int) -> tuple[bool, bool]:
        """Whether a control token takes the white space on its left and on its right."""
        ...


def dialogue(messages: "Sequence[BaseMessage]") -> Dialogue:
    """Sort messages into system text, past turns and the question; markup is neutralised."""
    system: list[str] = []
    turns: list[tuple[list[str], list[str]]] = []
    for message in messages:
        text = neutralise(str(message.text))
        if message.type == "system":
            system.append(text)
        elif message.type == "ai":
            if not turns:
                turns.append(([], []))
            turns[-1][1].append(text)
        else:
            if not turns or turns[-1][1]:
                turns.append(([], []))
            turns[-1][0].append(text)
    if not turns or turns[-1][1]:
        raise QueryError("llm.no_question")
    joined = [("\n\n".join(asked), "\n".join(answers)) for asked, answers in turns]
    return Dialogue("\n".join(system), tuple(joined[:-1]), joined[-1][0])


def assemble(
    parts: Iterable[Part],
    tokenizer: Tokenizer,
    ids_of_answer: Callable[[str], Sequence[int] | None] = lambda _: None,
) -> list[int]:
    """Token ids of the parts; an answer of the model's own keeps the ids it was given in."""
    ids: list[int] = []
    run, trim_next = "", False

    def end_run(trim_last: bool = False) -> None:
        # Neighbouring text is cut into tokens in one go, as the models saw it in training.
        nonlocal run, trim_next
        text = run.lstrip() if trim_next else run
        text = text.rstrip() if trim_last else text
        ids.extend(tokenizer.tokenize(text) if text else ())
        run, trim_next = "", False

    for part in _split(parts, tokenizer):
        if isinstance(part, Control):
            token = tokenizer.control(part.name)
            trim_left, trim_right = tokenizer.trims(token)
            end_run(trim_left)
            ids.append(token)
            trim_next = trim_right
        elif isinstance(part, Past) and (exact := ids_of_answer(part.text)) is not None:
            end_run()
            ids.extend(exact)
        else:
            run += part.lead + part.text if isinstance(part, Past) else part
    end_run()
    return ids


def _split(parts: Iterable[Part], tokenizer: Tokenizer) -> Iterable[str | Control | Past]:
    for part in parts:
        if isinstance(part, Markup):
            yield from tokenizer.split_markup(part.text)
        else:
            yield part
