"""The prompt formats of the great families, each by its name."""

import re
from collections.abc import Iterator

from msgspec import Struct

from docqa.llm.llama.prompt_format.templates import (
    BOS,
    EOS,
    Control,
    Dialogue,
    Markup,
    Part,
    Past,
    Template,
)

ALPACA_SYSTEM = "You are a helpful assistant. 你是一个乐于助人的助手。"
_HOLES = re.compile(r"(\{(?:text|bos|eos)\})")
_HEADER, _HEADER_END, _TURN_END = "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"


class _Turns(Struct, frozen=True):
    """A format that repeats one pattern a turn; `{text}` stands for the text of a message."""

    question: str
    """From the beginning of a question to where its answer begins."""
    answer: str
    """From the beginning of an answer to where the next question begins."""
    system: str = ""
    """Around the system text; where it is empty, the system text opens the first question."""
    opening: str = ""
    default_system: str = ""
    trimmed: bool = False
    """Whether the family's template takes white space off the ends of texts."""

    def parts(self, said: Dialogue) -> list[Part]:
        """The parts of a prompt."""
        return list(self._parts(said))

    def _parts(self, said: Dialogue) -> Iterator[Part]:
        yield from self._fill(self.opening, "")
        system = said.system or self.default_system
        if system and self.system:
            yield from self._fill(self.system, system)
        lead = f"{self._trim(system)}\n\n" if system and not self.system else ""
        for question, answer in said.past:
            yield from self._fill(self.question, lead + self._trim(question))
            yield from self._fill(self.answer, answer, past=True)
            lead = ""
        yield from self._fill(self.question, lead + self._trim(said.question))

    def _fill(self, pattern: str, text: str, *, past: bool = False) -> Iterator[Part]:
        for piece in filter(None, _HOLES.split(pattern)):
            if piece == "{text}":
                yield Past("", self._trim(text)) if past else self._trim(text)
            elif piece == "{bos}":
                yield Control(BOS)
            elif piece == "{eos}":
                yield Control(EOS)
            else:
                yield Markup(piece)

    def _trim(self, text: str) -> str:
        return text.strip() if self.trimmed else text


def _alpaca2(said: Dialogue) -> list[Part]:
    system = f"<<SYS>>\n{said.system or ALPACA_SYSTEM}\n<</SYS>>\n\n"
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


def _family(name: str, turns: _Turns, *controls: str, leading_space: bool = True) -> Template:
    after = [part for part in turns.parts(_PROBE) if part != ""]
    end = next(at for at, part in enumerate(after) if isinstance(part, Past))
    return Template(
        name,
        turns.parts,
        leading_space=leading_space,
        controls=controls,
        after_answer=tuple(after[end + 1 :]),
    )


_PROBE = Dialogue("", (("", ""),), "")
_LLAMA3 = _Turns(
    opening="{bos}",
    system="<|start_header_id|>system<|end_header_id|>\n\n{text}<|eot_id|>",
    question="<|start_header_id|>user<|end_header_id|>\n\n{text}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    answer="{text}<|eot_id|>",
    default_system=ALPACA_SYSTEM,
)
_CHATML = _Turns(
    system="<|im_start|>system\n{text}<|im_end|>\n",
    question="<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n",
    answer="{text}<|im_end|>\n",
)
_GEMMA = _Turns(
    opening="{bos}",
    question="<start_of_turn>user\n{text}<end_of_turn>\n<start_of_turn>model\n",
    answer="{text}<end_of_turn>\n",
    trimmed=True,
)
_GLM4 = _Turns(
    opening="[gMASK]<sop>",
    system="<|system|>\n{text}",
    question="<|user|>\n{text}<|assistant|>",
    answer="\n{text}",
)
_MISTRAL = _Turns(opening="{bos}", question="[INST] {text} [/INST]", answer=" {text}{eos}")
_DEEPSEEK = _Turns(
    opening="{bos}",
    system="{text}",
    question="<｜User｜>{text}<｜Assistant｜>",
    answer="{text}{eos}",
)
_PHI3 = _Turns(
    system="<|system|>\n{text}<|end|>\n",
    question="<|user|>\n{text}<|end|>\n<|assistant|>\n",
    answer="{text}<|end|>\n",
)
FAMILIES = {
    template.name: template
    for template in (
        Template("alpaca2", _alpaca2, after_answer=(Control(EOS),)),
        Template("alpaca1", _alpaca1, stops=("### Instruction:",)),
        _family("llama3", _LLAMA3, _HEADER, _HEADER_END, _TURN_END, leading_space=False),
        _family("chatml", _CHATML, "<|im_start|>", "<|im_end|>", leading_space=False),
        _family("gemma", _GEMMA, "<start_of_turn>", "<end_of_turn>"),
        _family("glm4", _GLM4, "[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>"),
        _family("mistral", _MISTRAL),
        _family("deepseek", _DEEPSEEK, "<｜User｜>", "<｜Assistant｜>"),
        _family("phi3", _PHI3, "<|user|>", "<|assistant|>", "<|end|>"),
    )
}
