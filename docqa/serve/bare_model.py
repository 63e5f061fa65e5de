"""Chat completions by the model alone: nothing is searched, nothing is cited."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from docqa.engine.serving import ReplyEnd, ServingEngine
from docqa.serve.answering import AnswerPieces
from docqa.serve.wire import ChatRequest, Reply
from docqa.types import Usage

# Newer clients call the system a developer; every other role is the user.
_ROLES = {"system": "system", "developer": "system", "assistant": "assistant"}


class BareChat:
    """One conversation with the model that is loaded."""

    def __init__(self, engine: ServingEngine, request: ChatRequest) -> None:
        """Hand the messages on as they are."""
        self._engine = engine
        self._request = request
        self._reply = Reply(request.model)
        self._end = ReplyEnd("stop", Usage())

    @property
    def pieces(self) -> AnswerPieces[str | ReplyEnd]:
        """The pieces of the reply, and its end."""
        messages = [(_ROLES.get(one.role, "user"), one.text) for one in self._request.messages]
        return AnswerPieces(lambda stop: self._engine.reply(messages, self._request.limit, stop))

    async def whole(self) -> dict[str, Any]:
        """The completion in one piece."""
        text = "".join([piece async for piece in self._texts()])
        message = {"role": "assistant", "content": text}
        return self._reply.whole(message, self._end.usage, reason=self._reason)

    async def stream(self) -> AsyncGenerator[bytes]:
        """The completion as server-sent events."""
        yield self._reply.chunk({"role": "assistant", "content": ""})
        async with aclosing(self._texts()) as texts:
            async for text in texts:
                yield self._reply.chunk({"content": text})
        yield self._reply.chunk({}, self._reason)
        if self._request.wants_usage:
            yield self._reply.usage(self._end.usage)

    async def _texts(self) -> AsyncGenerator[str]:
        async with aclosing(aiter(self.pieces)) as pieces:
            async for piece in pieces:
                if isinstance(piece, str):
                    yield piece
                else:
                    self._end = piece

    @property
    def _reason(self) -> str:
        return "length" if self._end.reason == "length" else "stop"
