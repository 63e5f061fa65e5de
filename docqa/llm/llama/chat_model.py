"""A llama.cpp model as a LangChain chat model."""

import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, Self

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import agenerate_from_stream, generate_from_stream
from langchain_core.messages import BaseMessage
from langchain_core.output_parsers import BaseOutputParser, JsonOutputParser, PydanticOutputParser
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from langchain_core.runnables.config import run_in_executor
from langchain_core.utils.function_calling import convert_to_json_schema
from langchain_core.utils.pydantic import is_basemodel_subclass
from msgspec import Struct
from msgspec.structs import replace
from pydantic import ConfigDict

from docqa.errors import ModelBusy, ModelError
from docqa.llm.llama.certainty import Certainty
from docqa.llm.llama.grammar import grammar
from docqa.llm.llama.native import ReportTokens, Sampling
from docqa.llm.llama.thinking import Thought
from docqa.llm.reply import before_stop, check_room, end, piece
from docqa.types import Cancelled, Usage

if TYPE_CHECKING:
    from docqa.llm.llama.model import LlamaModel
else:
    # The model hands out this class: neither module may need the other to be imported.
    LlamaModel = Any

_NOTES = {"loop": "llm.note_loop"}


class Call(Struct, frozen=True):
    """What one call may say beyond the messages."""

    cancelled: Cancelled | None = None
    progress: ReportTokens | None = None
    """Told prompt tokens done and in all, before each batch."""
    wait: bool = True
    """Whether to wait for another caller; else ModelBusy."""
    max_tokens: int | None = None
    temperature: float | None = None
    seed: int | None = None
    json_schema: Mapping[str, object] | None = None


class ChatLlamaCpp(BaseChatModel):
    """Answers with a loaded model; `invoke` and `stream` take the fields of `Call` as keywords."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    llama: LlamaModel
    temperature: float = 0.2
    top_k: int = 40
    top_p: float = 0.9
    min_p: float = 0.0
    repeat_penalty: float = 1.1
    seed: int = 42
    max_tokens: int = 512
    stop: list[str] | None = None

    @classmethod
    def of(cls, model: LlamaModel) -> Self:
        """The chat model with the sampling that the model's settings name."""
        names = ("temperature", "top_k", "top_p", "min_p", "repeat_penalty", "seed", "max_tokens")
        return cls(llama=model, **{name: getattr(model.settings, name) for name in names})

    @property
    def model_name(self) -> str:
        """The name of the model in use."""
        return self.llama.name

    @property
    def _llm_type(self) -> str:
        return "llama-cpp"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "temperature": self.temperature, "seed": self.seed}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        call = _call(kwargs)
        ids = self.llama.prompt(messages)
        limit = call.max_tokens or self.max_tokens
        check_room(len(ids), limit, self.llama.window)
        sampling = self._sampling(call)
        speech = self.llama.detokeniser(limit, self.llama.window - len(ids) - limit)
        stops = [*(stop or self.stop or ()), *self.llama.template.stops]
        drafter = self.llama.drafter(ids)
        certainty = Certainty(self.llama.native)
        said, reused = "", 0
        try:
            with self.llama.native.turn(call.cancelled, call.wait):
                reused = self._read(ids, call)
                tokens = self.llama.native.draw(ids, sampling, speech.injected, drafter)
                for text in before_stop(speech.texts(certainty.watch(tokens)), stops):
                    if isinstance(text, Thought):
                        certainty.forget()
                    else:
                        said += text
                    if text:
                        yield piece(text, run_manager)
        except ModelBusy:
            if not (call.cancelled and call.cancelled()):
                raise
            speech.reason = "cancelled"
        if said == speech.text and not speech.thought_tokens:
            self.llama.remember(said, speech.ids)
        usage = Usage(len(ids), reused, len(speech.ids))
        if drafter:
            usage = replace(usage, drafted_tokens=drafter.drafted, accepted_tokens=drafter.accepted)
        note = _NOTES.get(speech.reason)
        yield end(speech.reason, usage, self.model_name, note, certainty.least)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        left = threading.Event()
        asked: Cancelled = kwargs.pop("cancelled", None) or left.is_set
        kwargs["cancelled"] = lambda: left.is_set() or asked()
        manager = run_manager.get_sync() if run_manager else None
        chunks = self._stream(messages, stop, manager, **kwargs)
        try:
            while chunk := await run_in_executor(None, next, chunks, None):
                yield chunk
        finally:
            # A task that is cancelled leaves its thread computing; this ends it.
            left.set()

    def _read(self, ids: list[int], call: Call) -> int:
        native, cache = self.llama.native, self.llama.cache
        # The head of a prompt may be computed here, which is not reuse.
        reused = cache.load_best(ids) if cache else native.count_shared(ids)
        ready = min(native.count_shared(ids), len(ids) - 1)
        began = time.perf_counter()
        if native.evaluate(ids, call.progress):
            self.llama.measure(len(ids) - ready, time.perf_counter() - began)
        if cache:
            cache.add_seconds(time.perf_counter() - began)
        return min(reused, len(ids) - 1)

    def _sampling(self, call: Call) -> Sampling:
        return Sampling(
            temperature=self.temperature if call.temperature is None else call.temperature,
            top_k=self.top_k,
            top_p=self.top_p,
            min_p=self.min_p,
            repeat_penalty=self.repeat_penalty,
            seed=self.seed if call.seed is None else call.seed,
            grammar=None if call.json_schema is None else grammar(call.json_schema),
        )

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        include_raw: bool = False,
        method: Literal["json_schema", "function_calling", "json_mode"] = "json_schema",
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """Answers that follow a schema: by any method a grammar leaves the model no other words."""
        if kwargs:
            raise ModelError("llm.call_unknown", options=", ".join(sorted(kwargs)))
        wanted = convert_to_json_schema(schema)
        bound = self.bind(
            json_schema=wanted,
            ls_structured_output_format={"kwargs": {"method": method}, "schema": wanted},
        )
        parser: BaseOutputParser[Any] = JsonOutputParser()
        if isinstance(schema, type) and is_basemodel_subclass(schema):
            parser = PydanticOutputParser(pydantic_object=schema)
        if not include_raw:
            return bound | parser
        parsed = RunnablePassthrough.assign(
            parsed=itemgetter("raw") | parser, parsing_error=lambda _: None
        )
        failed = RunnablePassthrough.assign(parsed=lambda _: None)
        return RunnableMap(raw=bound) | parsed.with_fallbacks(
            [failed], exception_key="parsing_error"
        )


def _call(options: Mapping[str, Any]) -> Call:
    unknown = options.keys() - set(Call.__struct_fields__)
    if unknown:
        raise ModelError("llm.call_unknown", options=", ".join(sorted(unknown)))
    return Call(**options)
