"""What the first screen says, looked up in a thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.errors import DocqaError, UnknownLibrary

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.types import DocumentInfo, SessionInfo

_SESSIONS = 3
# Set by hand: asking a slow disk about more files than this is not worth the wait.
_MOST_FILES = 5_000
# Clocks of disks are coarse: a file written in the second it was read in has not changed.
_GRACE = 2.0


class HomeFacts(Struct, frozen=True):
    """What a library holds and what can be asked of it."""

    documents: int = 0
    passages: int = 0
    partial: int = 0
    failed: int = 0
    changed: tuple[str, ...] = ()
    """Documents whose file is newer than what was read of it."""
    gone: tuple[str, ...] = ()
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
    states = Counter(one.status for one in documents)
    changed, gone = compare_files(documents[:_MOST_FILES])
    return HomeFacts(
        documents=len(documents),
        passages=sum(one.passages for one in documents),
        partial=states["partial"],
        failed=len(failed),
        changed=changed,
        gone=gone,
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


def compare_files(documents: Sequence[DocumentInfo]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Documents whose files have changed since they were read, and those whose files are gone."""
    changed, gone = [], []
    for one in documents:
        try:
            if Path(one.location or one.path).stat().st_mtime > one.updated + _GRACE:
                changed.append(one.location or one.path)
        except (OSError, ValueError):
            gone.append(one.location or one.path)
    return tuple(changed), tuple(gone)
