"""Prompt templates of the three generations: from messages to parts, from parts to token ids.

Only control tokens named here become control tokens. Text is text, whatever it imitates.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from msgspec import Struct

from docqa.errors import QueryError
from docqa.markup import neutralise

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

# Part of the identity of kept readings: raise it when any template below changes.
VERSION = 1
DEFAULT_SYSTEM = "You are a helpful assistant. 你是一个乐于助人的助手。"
BOS, EOS = "bos", "eos"


class Control(Struct, frozen=True):
    """A control token: `bos`, `eos`, or its name in the vocabulary."""

    name: str


class Past(Struct, frozen=True):
    """An earlier answer with the white space that the template puts before it."""

    lead: str
    text: str


Part: TypeAlias = str | Control | Past


class Dialogue(Struct, frozen=True):
    """Messages in the order the templates know: one system text, then turns; the last is open."""

    system: str
    past: tuple[tuple[str, str], ...]
    question: str


class Template(Struct, frozen=True):
    """One family's prompt format."""

    name: str
    parts: Callable[[Dialogue], list[Part]]
    leading_space: bool
    """Whether answers begin with a space that is not part of them."""
    controls: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    """Text that begins another turn, where no control token does."""


class Tokenizer(Protocol):
    """What token ids are made with."""

    def tokenize(self, text: str) -> list[int]:
        """Ids of a text in which nothing is a control token."""
        ...

    def control(self, name: str) -> int:
        """Id of a control token."""
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
    said = [("\n\n".join(asked), "\n".join(answers)) for asked, answers in turns]
    return Dialogue("\n".join(system), tuple(said[:-1]), said[-1][0])


def assemble(
    parts: Iterable[Part],
    tokenizer: Tokenizer,
    spoken: Callable[[str], Sequence[int] | None] = lambda _: None,
) -> list[int]:
    """Token ids of the parts; an answer of the model's own keeps the ids it was given in."""
    ids: list[int] = []
    run = ""
    for part in parts:
        exact: Sequence[int] | None = None
        if isinstance(part, Control):
            exact = [tokenizer.control(part.name)]
        elif isinstance(part, Past):
            exact = spoken(part.text)
        if exact is None:
            run += part.lead + part.text if isinstance(part, Past) else str(part)
            continue
        # Neighbouring text is cut into tokens in one go, as the models saw it in training.
        ids += tokenizer.tokenize(run) if run else []
        ids += exact
        run = ""
    return ids + (tokenizer.tokenize(run) if run else [])


def _alpaca2(said: Dialogue) -> list[Part]:
    system = f"<<SYS>>\n{said.system or DEFAULT_SYSTEM}\n<</SYS>>\n\n"
    parts: list[Part] = []
    for question, answer in said.past:
        parts += [Control(BOS), f"[INST] {system}{question} [/INST]", Past(" ", answer)]
        parts.append(Control(EOS))
        system = ""
    return [*parts, Control(BOS), f"[INST] {system}{said.question} [/INST]"]


def _alpaca1(said: Dialogue) -> list[Part]:
    text = (
        "Below is an instruction that describes a task. "
        "Write a response that appropriately completes the request.\n\n"
    )
    # The format has no place for a system text; it opens the first instruction.
    system = f"{said.system}\n\n" if said.system else ""
    for question, answer in said.past:
        text += f"### Instruction:\n\n{system}{question}\n\n### Response:\n\n{answer}\n\n"
        system = ""
    return [Control(BOS), f"{text}### Instruction:\n\n{system}{said.question}\n\n### Response:\n\n"]


_HEADER, _HEADER_END, _TURN_END = "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"


def _llama3(said: Dialogue) -> list[Part]:
    parts: list[Part] = [Control(BOS), *_block("system", said.system or DEFAULT_SYSTEM)]
    for question, answer in said.past:
        parts += [*_block("user", question), *_opening("assistant"), "\n\n", Past("", answer)]
        parts.append(Control(_TURN_END))
    return [*parts, *_block("user", said.question), *_opening("assistant"), "\n\n"]


def _opening(role: str) -> list[Part]:
    return [Control(_HEADER), role, Control(_HEADER_END)]


def _block(role: str, text: str) -> list[Part]:
    return [*_opening(role), f"\n\n{text}", Control(_TURN_END)]


TEMPLATES = {
    template.name: template
    for template in (
        Template("alpaca2", _alpaca2, leading_space=True),
        Template("alpaca1", _alpaca1, leading_space=True, stops=("### Instruction:",)),
        Template(
            "llama3",
            _llama3,
            leading_space=False,
            controls=(_HEADER, _HEADER_END, _TURN_END),
        ),
    )
}


def choose(asked: str, kind: str, vocabulary: int, embedded: str, entry: str = "") -> Template:
    """The template: as asked, the catalogue's, or what vocabulary and embedded template show.

    The embedded template is only looked at for the family's signs; it is never run.
    """
    if asked != "auto":
        return TEMPLATES[asked]
    if entry:
        return TEMPLATES[entry]
    if kind == "gpt2" or _HEADER in embedded:
        return TEMPLATES["llama3"]
    if "### Instruction" in embedded or (vocabulary in (49953, 49954) and "[INST]" not in embedded):
        return TEMPLATES["alpaca1"]
    return TEMPLATES["alpaca2"]
