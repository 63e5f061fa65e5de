"""What the first screen says, looked up in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.errors import DocqaError, UnknownLibrary

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.types import SessionInfo

_SESSIONS = 3


class HomeFacts(Struct, frozen=True):
    """What a library holds and what can be asked of it."""

    documents: int = 0
    passages: int = 0
    partial: int = 0
    failed: int = 0
    changed: tuple[str, ...] = ()
    """Files that are not as they were read."""
    gone: tuple[str, ...] = ()
    embedded: float | None = None
    """The part of the passages that searches by meaning see."""
    questions: tuple[str, ...] = ()
    sessions: tuple[SessionInfo, ...] = ()
    libraries: tuple[str, ...] = ()


def look_up(engine: Engine) -> HomeFacts:
    """Everything but the questions, which take longer."""
    try:
        documents = engine.documents()
        failed = engine.failed_documents()
        sessions = engine.sessions()[:_SESSIONS]
    except UnknownLibrary:
        return HomeFacts(libraries=engine.libraries())
    states = engine.changed_files()
    return HomeFacts(
        documents=len(documents),
        passages=sum(one.passages for one in documents),
        partial=sum(one.status == "partial" for one in documents),
        failed=len(failed),
        changed=tuple(file for file, state in states.items() if state == "changed"),
        gone=tuple(file for file, state in states.items() if state == "gone"),
        embedded=engine.embedded_share(),
        sessions=tuple(sessions),
        libraries=engine.libraries(),
    )


def find_questions(engine: Engine) -> tuple[str, ...]:
    """Questions that the documents answer; none where the library cannot be asked."""
    # Imported here: in a thread behind the first paint.
    from docqa.engine.sample_questions import sample_questions

    try:
        return tuple(sample_questions(engine))
    except DocqaError:
        return ()
