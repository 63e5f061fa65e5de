"""Answers from more passages than the window holds: group after group improves the answer."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import RunnableConfig

from docqa.answer.language import language_of
from docqa.answer.writing.faults import Fault, find_fault
from docqa.answer.writing.state import Packed, Standalone
from docqa.answer.writing.steps import Work
from docqa.terms import cut
from docqa.types import Cancelled, Event, Progress

_MOST_GROUPS = 6
# Set by hand: other words for the same leave about so much of an answer's terms.
_LEAST_KEPT = 0.6
# What only the prompt says: small models copy its passages with their heads.
_FRAME = re.compile(
    r"资料\s*(?:\[\d+\])?\s*[（(]|新的资料|目前的回答"
    r"|Passage\s*(?:\[\d+\])?\s*\(|new passages|answer so far",
    re.IGNORECASE,
)


def refine(
    work: Work, cancelled: Cancelled, config: RunnableConfig | None = None
) -> Iterator[dict[str, Any] | Event]:
    """What the chain would hand out, with a Progress before each group."""
    state = work.start
    state["question"] = work.question(state, config)
    yield {"question": state["question"]}
    state["result"] = work.result(state)
    yield {"result": state["result"]}
    packed = work.pack(state)
    if packed is None:
        yield {"packed": None}
        return
    if not packed.left_over:
        yield {"packed": packed}
        for chunk in _stream(work, packed, cancelled, config):
            yield {"reply": chunk}
        return
    kept: list[AIMessageChunk] = []
    for group in range(1, _MOST_GROUPS + 1):
        yield Progress("answer.refining", group)
        reply = list(_stream(work, packed, cancelled, config))
        # A group that makes the answer worse does not take it away.
        if not kept or _improves(_text(kept), _text(reply), state["question"]):
            kept = reply
        more = packed.left_over and group < _MOST_GROUPS and not cancelled()
        following = work.refinement(state["question"], packed, _text(kept)) if more else None
        if following is None:
            break
        packed = following
    yield {"packed": packed}
    for chunk in kept:
        yield {"reply": chunk}


def _text(reply: Sequence[AIMessageChunk]) -> str:
    return "".join(str(chunk.text) for chunk in reply)


def _improves(before: str, text: str, question: Standalone) -> bool:
    """Whether an answer is one, and keeps what the one before said."""
    if not _is_sound(text, question) or _FRAME.search(text):
        return False
    said = set(cut(before))
    return not _is_sound(before, question) or len(said & set(cut(text))) >= _LEAST_KEPT * len(said)


def _is_sound(text: str, question: Standalone) -> bool:
    fault = find_fault(text, question.text, language_of(question.asked), "")
    return fault is None or fault is Fault.PARTLY


def _stream(
    work: Work, packed: Packed, cancelled: Cancelled, config: RunnableConfig | None
) -> Iterator[AIMessageChunk]:
    options: dict[str, Any] = {"cancelled": cancelled, "max_tokens": work.reserve()}
    yield from work.chat().stream(list(packed.messages), config, **options)
