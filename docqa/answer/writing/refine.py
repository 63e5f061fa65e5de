"""Answers from more passages than the window holds: group after group improves the answer."""

from collections.abc import Iterator
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import RunnableConfig

from docqa.answer.writing.state import Packed
from docqa.answer.writing.steps import Work
from docqa.types import Cancelled, Event, Progress

_MOST_GROUPS = 6


def refined(
    work: Work, cancelled: Cancelled, config: RunnableConfig | None = None
) -> Iterator[dict[str, Any] | Event]:
    """What the chain would hand out, with a Progress before each group."""
    state = work.start
    state["question"] = work.question(state, config)
    yield {"question": state["question"]}
    state["result"] = work.result(state)
    yield {"result": state["result"]}
    packed = work.packed(state)
    if packed is None:
        yield {"packed": None}
        return
    answer, group = "", 1
    while packed.left_over and group < _MOST_GROUPS and not cancelled():
        yield Progress("answer.refining", group)
        answer = "".join(str(chunk.text) for chunk in _stream(work, packed, cancelled, config))
        following = work.refinement(state["question"], packed, answer)
        if cancelled() or following is None:
            yield {"packed": packed}
            yield {"reply": AIMessageChunk(content=answer)}
            return
        packed, group = following, group + 1
    yield {"packed": packed}
    for chunk in _stream(work, packed, cancelled, config):
        yield {"reply": chunk}


def _stream(
    work: Work, packed: Packed, cancelled: Cancelled, config: RunnableConfig | None
) -> Iterator[AIMessageChunk]:
    options: dict[str, Any] = {"cancelled": cancelled, "max_tokens": work.reserve()}
    yield from work.chat().stream(list(packed.messages), config, **options)
