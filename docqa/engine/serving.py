"""The engine as servers need it: documents by number, embeddings, the bare model."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct

from docqa.engine.engine import Engine
from docqa.errors import DocqaError, ModelError, QueryError
from docqa.types import Cancelled, DocumentInfo, EngineInfo, EngineKind, SearchRequest, Usage

# SQLite's own limit on numbers.
_GREATEST = (1 << 63) - 1


class ReplyEnd(Struct, frozen=True):
    """How a reply ended: `length` where it was cut, and what it cost."""

    reason: str
    usage: Usage


class ServingEngine(Engine):
    """An engine that other programs reach through a server."""

    @property
    def answers_with(self) -> EngineInfo:
        """Which engine writes the answers, as far as is known before a model is loaded."""
        return self._model_slot.info

    @property
    def writes(self) -> bool:
        """Whether a model writes the answers."""
        return self._model_slot.kind is not EngineKind.QUOTES

    def warm_up_search(self) -> None:
        """Open the indexes and the embedder now; blocking, meant for a background thread."""
        # The first question reports what is wrong.
        with suppress(DocqaError):
            self.search(SearchRequest("docqa", 1))

    def document_by_number(self, number: int) -> DocumentInfo:
        """The document that has this number in the library."""
        info = self._opened.library.document_by_number(number) if number <= _GREATEST else None
        if info is None:
            raise QueryError("serve.unknown_id", id=number)
        return info

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, by the embedder of the settings."""
        # Imported here: most servers are never asked for vectors.
        from docqa.llm.embeddings.factory import open_embedder

        embedder = open_embedder(self._settings.embedding)
        if embedder is None:
            raise ModelError("library.no_embedder")
        rows: list[list[float]] = embedder.embed_passages(texts).tolist()
        return rows

    def complete(
        self,
        messages: Sequence[tuple[str, str]],
        limit: int | None,
        cancelled: Cancelled,
        schema: Mapping[str, object] | None = None,
    ) -> Iterator[str]:
        """The text of the model's own reply, as `reply` gives it."""
        for part in self.reply(messages, limit, cancelled, schema):
            if isinstance(part, str):
                yield part

    def reply(
        self,
        messages: Sequence[tuple[str, str]],
        limit: int | None,
        cancelled: Cancelled,
        schema: Mapping[str, object] | None = None,
    ) -> Iterator[str | ReplyEnd]:
        """The model's own reply to (role, text) messages, held to a JSON schema if one is given."""
        from langchain_core.messages import convert_to_messages

        chat = self._model_slot.model(self._opened.path).chat
        most = limit or self._settings.model.max_tokens
        held = {} if schema is None else {"json_schema": schema, "temperature": 0.0}
        bound = chat.bind(cancelled=cancelled, max_tokens=most, **held)
        for chunk in bound.stream(convert_to_messages(list(messages))):
            if chunk.text:
                yield str(chunk.text)
            if told := chunk.usage_metadata:
                usage = Usage(told["input_tokens"], answer_tokens=told["output_tokens"])
                yield ReplyEnd(str(chunk.response_metadata.get("finish_reason")), usage)
