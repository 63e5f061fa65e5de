"""A GGUF model in this process: opened from the settings, behind the face of all engines."""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Self

import llama_cpp

from docqa import catalog
from docqa.errors import ModelError
from docqa.fingerprint import fingerprint
from docqa.llm.files.gguf import read_metadata
from docqa.llm.files.kind import check_answers, is_base, own_names
from docqa.llm.fit import footprint, machine, measured_speed, plan
from docqa.llm.llama import backends
from docqa.llm.llama.detokenise import Detokeniser
from docqa.llm.llama.loading import check_gpu, options
from docqa.llm.llama.native import Native
from docqa.llm.llama.prompt_format.choose_template import choose_template
from docqa.llm.llama.prompt_format.templates import VERSION, Template, assemble, dialogue
from docqa.llm.llama.rope import positions
from docqa.llm.llama.speculation import PromptLookup
from docqa.llm.llama.thinking import CLOSING, ThoughtFilter
from docqa.llm.llama.trials import crash_test, processor_test
from docqa.llm.model import PromptCache
from docqa.settings import ModelSettings
from docqa.types import EngineInfo, EngineKind, Warned

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

_REMEMBERED = 64
# Less is not worth the risk of a question that quotes nothing.
_LEAST_GAIN = 1.05
# Tokens that a thought leaves free beside the answer's own room.
_MARGIN = 16
_MEASURED_FROM = 64
# What may follow a text: tokens that stay the same before both stay the same before anything.
_ENDINGS = ("甲", "\n1")
# Options that a computed prompt depends on; threads and batches change no result.
_STATE_OPTIONS = frozenset(
    [
        "n_ctx",
        "flash_attn",
        "type_k",
        "type_v",
        "rope_scaling_type",
        "rope_freq_base",
        "rope_freq_scale",
        "yarn_orig_ctx",
    ]
)
_TOLD = ("models.why_forced", "models.why_beyond", "models.why_no_offload")

# Templates of the Chinese-Alpaca family.
_LONG_RULES = frozenset({"alpaca1", "alpaca2", "llama3"})


class LlamaModel:
    """A loaded model: counts, answers, reuses what it has read."""

    def __init__(
        self,
        native: Native,
        template: Template,
        settings: ModelSettings,
        record: catalog.Installed,
        chosen: Mapping[str, object],
        notes: tuple[Warned, ...] = (),
    ) -> None:
        """Put together what was loaded with the `chosen` constructor options."""
        self.native, self.template, self.settings = native, template, settings
        self.name, self.path, self.notes = record.name, record.path, notes
        self.window = native.window
        self.info = EngineInfo(
            EngineKind.LLAMA, self.name, native.window, native.gpu_layers, native.layers
        )
        self.chosen = dict(chosen)
        self._speed_key = measured_speed.speed_key(self.name, self.path.stat().st_size, chosen)
        self._spoken: OrderedDict[str, tuple[int, ...]] = OrderedDict()
        self.cache: PromptCache | None = None
        for control in template.controls:
            native.control(control)
        native.also_ends(template.after_answer)

    @classmethod
    def open(cls, settings: ModelSettings) -> Self:
        """Find, check, plan and load the model that the settings name."""
        record = catalog.find_model(settings.name)
        file = read_metadata(record.path)
        check_answers(file)
        entry = catalog.find_entry(record.entry) or catalog.named_entry(" / ".join(own_names(file)))
        if is_base(file) and settings.template == "auto" and not settings.force:
            raise ModelError("llm.is_base_model", path=file.path)
        template = choose_template(
            file, settings.template, _template_of(entry), thinking=settings.thinking
        )
        placed = positions(file, settings.ntk)
        processor_test.check()
        choice = plan.choose(
            footprint.of_file(file, backends.extra_buffers()),
            machine.look(),
            plan.wish_of(settings),
            name=record.name,
            window=placed.window,
        )
        chosen = options(settings, choice.load, placed)
        crash_test.check(record.path)
        native = Native(record.path, chosen)
        if settings.require_gpu:
            check_gpu(native)
        notes = [*placed.notes, *(why for why in choice.why if why.message in _TOLD)]
        if is_base(file):
            notes.append(Warned("llm.note_base_model", {"model": record.name}))
        return cls(native, template, settings, record, chosen, tuple(notes))

    @cached_property
    def chat(self) -> "BaseChatModel":
        """The LangChain chat model."""
        from docqa.llm.llama.chat_model import ChatLlamaCpp

        return ChatLlamaCpp.of(self)

    @property
    def wants_short_prompts(self) -> bool:
        """Whether it is another model than the Chinese-Alpaca family, which knows long rules."""
        return self.template.name not in _LONG_RULES

    @property
    def architecture(self) -> str:
        """The kind of network."""
        return self.native.architecture

    @property
    def prompt_speed(self) -> float | None:
        """Prompt tokens a second, as measured on this machine with these settings."""
        return measured_speed.prompt_speed(self._speed_key)

    def measure(self, tokens: int, seconds: float) -> None:
        """Take note of how long a prompt took; short ones say nothing."""
        if tokens >= _MEASURED_FROM and seconds > 0:
            measured_speed.keep_prompt_speed(self._speed_key, tokens / seconds)

    def prompt(self, messages: "Sequence[BaseMessage]") -> list[int]:
        """Token ids of the whole prompt."""
        return assemble(self.template.parts(dialogue(messages)), self.native, self._spoken.get)

    @property
    def guesses_ahead(self) -> bool:
        """Whether answers are guessed ahead: as set, else where that was faster here."""
        if self.settings.lookup is not None:
            return self.settings.lookup
        return measured_speed.lookup_gain(self._speed_key) >= _LEAST_GAIN

    def keep_lookup_gain(self, gain: float) -> None:
        """Take note of how much sooner answers came by guessing ahead."""
        measured_speed.keep_lookup_gain(self._speed_key, gain)

    def drafter(self, ids: Sequence[int]) -> PromptLookup | None:
        """What guesses the answer to this prompt ahead, where that is done."""
        return PromptLookup(ids) if self.guesses_ahead else None

    def detokeniser(self, limit: int, room: int) -> Detokeniser:
        """What makes the text of one reply; thoughts may take `room` tokens at most."""
        opening = self.template.opens_thought
        return Detokeniser(
            self.native,
            limit,
            self.template.leading_space,
            thoughts=ThoughtFilter(is_inside=opening),
            most_thoughts=max(1, min(self.settings.thinking_tokens, room - _MARGIN)),
            closing=self._closing,
        )

    @cached_property
    def _closing(self) -> list[int]:
        """Tokens that end a thought before its time."""
        mark = self.native.controls.get(CLOSING)
        after = self.native.tokenize("\n\n")
        return [mark, *after] if mark is not None else self.native.tokenize(f"{CLOSING}\n\n")

    def remember(self, text: str, ids: Sequence[int]) -> None:
        """Keep the ids of an answer, so that the next turn finds them computed."""
        if text:
            self._spoken[text] = tuple(ids)
        if len(self._spoken) > _REMEMBERED:
            self._spoken.popitem(last=False)

    def count(self, messages: "Sequence[BaseMessage]") -> int:
        """Tokens of the whole prompt."""
        return len(self.prompt(messages))

    def count_text(self, text: str) -> int:
        """Tokens of a text alone."""
        return len(self.native.tokenize(text))

    def reusable(self, messages: "Sequence[BaseMessage]") -> int:
        """Tokens of the prompt that are computed already."""
        prompt = self.prompt(messages)
        cached = self.cache.count_shared(prompt) if self.cache else 0
        return max(self.native.count_shared(prompt), cached)

    @cached_property
    def identity(self) -> str:
        """Names all that a kept prompt depends on: weights, llama.cpp, window, cache, template."""
        state = {name: value for name, value in self.chosen.items() if name in _STATE_OPTIONS}
        weights = fingerprint(self.path.parent, [self.path])
        system = llama_cpp.llama_print_system_info().decode()
        build = (
            llama_cpp.__version__,
            system,
            backends.processor(),
            backends.extra_buffers(),
        )
        template = f"{self.template.name} {self.template.version}"
        return _digest(weights, build, state, template, VERSION)

    def prefix_tokens(self, messages: "Sequence[BaseMessage]") -> tuple[int, ...]:
        """Tokens of the prompt that stay the same whatever follows the last message's text."""
        *before, last = messages
        first, second = (
            self.prompt([*before, last.model_copy(update={"content": last.text + ending})])
            for ending in _ENDINGS
        )
        same = next(
            (at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]),
            min(len(first), len(second)),
        )
        return tuple(first[:same])

    def close(self) -> None:
        """Stop what runs and free everything."""
        if self.cache:
            self.cache.save_and_close()
            self.cache = None
        self.native.close()


def _template_of(entry: catalog.ModelEntry | None) -> str:
    """The seeds' own files carry no template or the wrong one; those of others carry their own."""
    return entry.template if entry and entry.generation else ""


def _digest(*facts: object) -> str:
    return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
