"""Chat completions over a library: retrieve, answer, cite, refuse."""

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any

from docqa.engine.serving import ServingEngine
from docqa.errors import QueryError
from docqa.messages import say
from docqa.serve.answering import AnswerPieces
from docqa.serve.library_tools import LibraryTools, location
from docqa.serve.wire import ChatRequest, Message, Reply, comment
from docqa.types import (
    Answer,
    AnswerStatus,
    AskRequest,
    Citation,
    Done,
    EngineInfo,
    EngineKind,
    Event,
    Progress,
    Token,
    Turn,
    Withdrawn,
)

# A question that is longer is a question with material.
_LONGEST_QUESTION = 2000
_SECONDS_BETWEEN_COMMENTS = 5.0
# How Open WebUI and its kin begin the prompts that they send by themselves.
_HELPER_BEGINNINGS = ("### Task:", "Create a concise", "Generate a concise", "Suggest 3-5")

# Who answered before this server was asked is not known, and does not matter.
_ELSEWHERE = EngineInfo(EngineKind.ENDPOINT)

Link = Callable[[Citation], str]


class LibraryChat:
    """Answers one conversation's last question from a library."""

    def __init__(self, engine: ServingEngine, request: ChatRequest, link: Link) -> None:
        """`link` makes the address under which a citation can be opened."""
        self._tools = LibraryTools(engine)
        self._engine = engine
        self._link = link
        self._reply = Reply(request.model)
        self._wants_usage = request.wants_usage
        self._asked = ask_request(request.messages)

    @property
    def pieces(self) -> AnswerPieces[Event]:
        """The events of the answer."""
        return AnswerPieces(lambda stopped: self._engine.ask(self._asked, stopped))

    async def whole(self) -> dict[str, Any]:
        """The completion in one piece."""
        async for step in self.pieces:
            if isinstance(step, Done):
                answer = step.answer
        message: dict[str, Any] = {
            "role": "assistant",
            "content": answer.text + self._sources(answer),
            "annotations": self._annotations(answer),
        }
        if answer.status is AnswerStatus.NOT_FOUND:
            message["refusal"] = answer.text
        return self._reply.whole(message, answer.usage, docqa=self._tools.answer(answer))

    async def stream(self) -> AsyncGenerator[bytes]:
        """The completion as server-sent events."""
        yield self._reply.chunk({"role": "assistant", "content": ""})
        last_comment = time.monotonic()
        async with aclosing(aiter(self.pieces)) as steps:
            async for step in steps:
                if isinstance(step, Token):
                    yield self._reply.chunk({"content": step.text})
                elif isinstance(step, Withdrawn):
                    # What a client was sent cannot be taken back.
                    words = f"\n\n{say('answer.withdrawn')}\n\n"
                    yield self._reply.chunk({"content": words})
                elif isinstance(step, Progress):
                    if time.monotonic() - last_comment >= _SECONDS_BETWEEN_COMMENTS:
                        last_comment = time.monotonic()
                        yield comment(f"{step.done:g}/{step.total or 0:g}")
                elif isinstance(step, Done):
                    for piece in self._end(step.answer):
                        yield piece

    def _end(self, answer: Answer) -> Iterator[bytes]:
        if sources := self._sources(answer):
            yield self._reply.chunk({"content": sources})
        if annotations := self._annotations(answer):
            yield self._reply.chunk({"annotations": annotations})
        yield self._reply.chunk({}, "stop", docqa=self._tools.answer(answer))
        if self._wants_usage:
            yield self._reply.usage(answer.usage)

    def _sources(self, answer: Answer) -> str:
        """The sources as text, for the many clients that show nothing else."""
        lines = [f"[{one.n}] {_title(one)}" for one in _first_of_each(answer.citations)]
        return "\n\n" + "\n".join([say("serve.sources"), *lines]) if lines else ""

    def _annotations(self, answer: Answer) -> list[dict[str, Any]]:
        return [
            {
                "type": "url_citation",
                "url_citation": {
                    "url": self._link(one),
                    "title": _title(one),
                    **_mark_of(answer.text, one.n),
                },
            }
            for one in _first_of_each(answer.citations)
        ]


def ask_request(messages: Sequence[Message]) -> AskRequest:
    """The last question, with the turns before it; a long one is a question with material."""
    said = [one for one in messages if one.role in ("user", "assistant") and one.text.strip()]
    if not said or said[-1].role != "user":
        raise QueryError("serve.no_question")
    question, material = _question_and_material(said[-1].text.strip())
    return AskRequest(question, extra=material, turns=tuple(_turns(said[:-1])), save=False)


def is_helper(messages: Sequence[Message]) -> bool:
    """Whether a client asks by itself, for a title or for tags; nothing is to be searched."""
    return bool(messages) and messages[-1].text.lstrip().startswith(_HELPER_BEGINNINGS)


def _question_and_material(text: str) -> tuple[str, str]:
    if len(text) <= _LONGEST_QUESTION:
        return text, ""
    lines = text.splitlines()
    # People put what they ask last, or first.
    at = next((at for at in (-1, 0) if 0 < len(lines[at].strip()) <= _LONGEST_QUESTION), None)
    if at is None:
        raise QueryError("serve.no_question")
    question = lines.pop(at).strip()
    return question, "\n".join(lines)


def _turns(said: Sequence[Message]) -> Iterator[Turn]:
    question = ""
    number = 0
    for one in said:
        if one.role == "user":
            question = one.text
        elif question:
            number += 1
            answer = Answer(question, one.text, AnswerStatus.ANSWERED, _ELSEWHERE)
            yield Turn(number, question, answer, 0.0)
            question = ""


def _title(citation: Citation) -> str:
    return location(citation.document, citation.page, citation.page_label, citation.heading)


def _first_of_each(citations: Sequence[Citation]) -> list[Citation]:
    return list({one.n: one for one in reversed(citations)}.values())[::-1]


def _mark_of(text: str, number: int) -> dict[str, int]:
    mark = f"[{number}]"
    start = text.find(mark)
    return {"start_index": start, "end_index": start + len(mark)} if start >= 0 else {}
