"""Chat completions by the model alone: nothing is searched, nothing is cited."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from docqa.engine.serving import ServingEngine
from docqa.serve.answering import Pieces
from docqa.serve.wire import ChatRequest, Reply


class BareChat:
    """One conversation with the model that is loaded."""

    def __init__(self, engine: ServingEngine, request: ChatRequest) -> None:
        """Hand the messages on as they are."""
        self._engine = engine
        self._request = request
        self._reply = Reply(request.model)

    @property
    def pieces(self) -> Pieces[str]:
        """The pieces of the reply."""
        messages = [(one.role, one.text) for one in self._request.messages]
        return Pieces(lambda stop: self._engine.complete(messages, self._request.limit, stop))

    async def whole(self) -> dict[str, Any]:
        """The completion in one piece."""
        text = "".join([piece async for piece in self.pieces])
        return self._reply.whole({"role": "assistant", "content": text}, {})

    async def stream(self) -> AsyncGenerator[bytes]:
        """The completion as server-sent events."""
        yield self._reply.chunk({"role": "assistant", "content": ""})
        async with aclosing(aiter(self.pieces)) as pieces:
            async for piece in pieces:
                yield self._reply.chunk({"content": piece})
        yield self._reply.chunk({}, "stop")
