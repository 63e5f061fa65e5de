"""The prompt template that a model file carries, run without trusting it.

A template is a small program by the maker of the file. It runs in Jinja's sandbox, with limits on
what it may multiply, and it never sees a message: each text is held out, and a mark stands in its
place. So only what the template itself writes can become a control token.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from docqa.errors import ModelError
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
from docqa.llm.llama.thinking import CLOSING, OPENING

if TYPE_CHECKING:
    from jinja2 import Template as JinjaTemplate

# Set by hand: far above any template there is, far below what would cost memory or time.
_LONGEST_SOURCE, _LONGEST_RANGE, _LONGEST_TEXT = 256 << 10, 1000, 1 << 20
_LARGEST_POWER = 16
# Private-use characters: a mark is `\ue000`, the number of the text, `\ue001`.
_MARK = re.compile("\ue000(\\d+)\ue001|(\ue002)|(\ue003)")
_BOS_MARK, _EOS_MARK = "\ue002", "\ue003"
_PROBE = Dialogue("系统", (("问一", "答一"),), "问二")
_NO_SYSTEM = replace(_PROBE, system="")

Content = Callable[[str], object]


def file_template(source: str, *, thinking: bool = False) -> Template:
    """The template of this source; ModelError where it cannot be used.

    Where it has a switch for it (Qwen 3), the model thinks aloud if `thinking`.
    """
    way = _find_way(source, thinking=thinking)
    end = _after_question(way)
    return Template(
        "file",
        way.parts,
        after_answer=_after_answer(way),
        opens_thought=end.rfind(OPENING) > end.rfind(CLOSING),
        version=f"{sha256(source.encode()).hexdigest()[:16]} {thinking:d}",
    )


class _Way(Struct, frozen=True):
    """How a template takes its messages."""

    source: str
    thinking: bool = False
    listed: bool = False
    """Whether it wants the text of a message as a list of blocks."""
    system_apart: bool = True
    """Whether it has room for a system text; else that opens the first question."""

    def parts(self, said: Dialogue) -> list[Part]:
        """The parts of a prompt; ModelError where the template fails or loses a text."""
        if not self.system_apart:
            said = _join_system(said)
        texts: list[str] = []
        answers: set[int] = set()
        messages: list[dict[str, object]] = []

        def add(role: str, text: str) -> None:
            mark, body = "", text.strip()
            if body:
                if role == "assistant":
                    answers.add(len(texts))
                # White space stays around the mark: some templates trim it, some do not.
                start = text.index(body)
                mark = f"{text[:start]}\ue000{len(texts)}\ue001{text[start + len(body) :]}"
                texts.append(body)
            content = [{"type": "text", "text": mark}] if self.listed else mark
            messages.append({"role": role, "content": content})

        if said.system:
            add("system", said.system)
        for question, answer in said.past:
            add("user", question)
            add("assistant", answer)
        add("user", said.question)
        rendered = _render(self.source, messages, thinking=self.thinking)
        missing = [n for n in range(len(texts)) if f"\ue000{n}\ue001" not in rendered]
        if missing:
            raise ModelError("llm.template_fails", reason=f"{len(missing)} / {len(texts)}")
        return list(_cut(rendered, texts, answers))


def _join_system(said: Dialogue) -> Dialogue:
    if not said.system:
        return said
    if not said.past:
        return Dialogue("", (), f"{said.system}\n\n{said.question}")
    (question, answer), *others = said.past
    first = (f"{said.system}\n\n{question}", answer)
    return Dialogue("", (first, *others), said.question)


def _find_way(source: str, *, thinking: bool) -> _Way:
    """How this template can be used: as most are, or in one of the ways some need."""
    failure: ModelError | None = None
    for listed in (False, True):
        for apart in (True, False):
            way = _Way(source, thinking, listed, apart)
            try:
                way.parts(_PROBE)
                way.parts(_NO_SYSTEM)
            except ModelError as error:
                failure = failure or error
            else:
                return way
    assert failure
    raise failure


def _after_answer(way: _Way) -> tuple[Part, ...]:
    parts = way.parts(_NO_SYSTEM)
    answer = next(at for at, part in enumerate(parts) if isinstance(part, Past))
    following = parts[answer + 1 :]
    end = next(at for at, part in enumerate(following) if isinstance(part, str))
    return tuple(following[:end])


def _after_question(way: _Way) -> str:
    last = way.parts(_NO_SYSTEM)[-1]
    return last.text if isinstance(last, Markup) else ""


def _cut(rendered: str, texts: Sequence[str], answers: set[int]) -> "list[Part]":
    parts: list[Part] = []
    at = 0
    for found in _MARK.finditer(rendered):
        if found.start() > at:
            parts.append(Markup(rendered[at : found.start()]))
        at = found.end()
        if found[2] or found[3]:
            parts.append(Control(BOS if found[2] else EOS))
            continue
        number = int(found[1])
        if number < len(texts):
            parts.append(Past("", texts[number]) if number in answers else texts[number])
    if at < len(rendered):
        parts.append(Markup(rendered[at:]))
    return parts


def _render(source: str, messages: list[dict[str, object]], *, thinking: bool) -> str:
    try:
        rendered = _compile(source).render(
            messages=messages,
            bos_token=_BOS_MARK,
            eos_token=_EOS_MARK,
            add_generation_prompt=True,
            # The switch of Qwen 3 and its like.
            enable_thinking=thinking,
            raise_exception=_refuse,
            strftime_now=lambda form: datetime.now().strftime(form),
            tools=None,
            functions=None,
            tool_choice=None,
            function_call=None,
        )
    # Foreign code: whatever it raises, it is the template that fails.
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        raise ModelError("llm.template_fails", reason=reason) from error
    if len(rendered) > _LONGEST_TEXT:
        raise ModelError("llm.template_fails", reason=f"{len(rendered)} characters")
    return rendered


def _refuse(message: str) -> None:
    raise ValueError(message)


@cache
def _compile(source: str) -> "JinjaTemplate":
    # Imported here: most models are never asked, and Jinja takes a tenth of a second.
    from jinja2 import ext
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Refuses to make anything huge."""

        intercepted_binops = frozenset({"+", "*", "**", "%"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            """Add and multiply numbers and short texts only."""
            if _is_huge(operator, left, right):
                raise ValueError(operator)
            return super().call_binop(context, operator, left, right)

        def call(self, context: Any, function: Any, *values: Any, **named: Any) -> Any:
            """Call nothing with a number that could be the length of something huge."""
            given = (*values, *named.values())
            if any(isinstance(value, int) and value > _LONGEST_TEXT for value in given):
                raise ValueError("call")
            return super().call(context, function, *values, **named)

    class Generation(ext.Extension):
        """Passes over the tag with which some templates mark what the model wrote."""

        tags = {"generation"}  # noqa: RUF012  # as the base class has it

        def parse(self, parser: Any) -> Any:
            """The statements inside the tag."""
            parser.stream.skip(1)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    if len(source) > _LONGEST_SOURCE:
        raise ValueError(f"{len(source)} characters")
    environment = Sandbox(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, ext.loopcontrols]
    )
    environment.globals.pop("lipsum", None)
    environment.globals["range"] = _short_range
    for name in ("center", "indent", "format", "batch", "slice", "wordwrap", "random"):
        environment.filters.pop(name, None)
    environment.filters["tojson"] = _to_json
    return environment.from_string(source)


def _is_huge(operator: str, left: object, right: object) -> bool:
    a, b = (abs(one) if isinstance(one, int | float) else _length(one) for one in (left, right))
    if operator == "+":
        return a + b > _LONGEST_TEXT
    if operator == "*":
        return a * b > _LONGEST_TEXT
    if operator == "**":
        return a > _LONGEST_RANGE or b > _LARGEST_POWER
    return isinstance(left, str)


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 0


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > _LONGEST_RANGE:
        raise ValueError(f"range({len(numbers)})")
    return numbers


def _to_json(value: object, ensure_ascii: bool = False, **options: Any) -> str:
    known: Mapping[str, Any] = {
        name: options[name] for name in ("indent", "separators", "sort_keys") if name in options
    }
    return json.dumps(value, ensure_ascii=ensure_ascii, **known)
