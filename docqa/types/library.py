"""What a library, a session and the models look like to people."""

from collections.abc import Mapping

from msgspec import Struct, field

from docqa.registries.engines import EngineKind
from docqa.types.answers import Budget, Citation, EngineInfo
from docqa.types.search import Passage
from ingest.types import FileReport


class DocumentInfo(Struct, frozen=True):
    """One document of a library, as people list them."""

    id: int
    path: str
    title: str | None
    status: str
    characters: int
    passages: int
    pages: int
    unreadable_pages: tuple[int, ...] = ()
    encoding: str | None = None
    reason: str | None = None
    """Key of the message that says why the file could not be (wholly) read."""
    facts: Mapping[str, object] = field(default_factory=dict)
    updated: float = 0.0
    location: str = ""
    """The absolute path; `path` is the short name."""
    bytes: int = 0
    """Size of the file when it was read."""


class SessionInfo(Struct, frozen=True):
    """A kept conversation; times are seconds since the epoch."""

    id: str
    title: str
    created: float
    updated: float
    turns: int


class Status(Struct, frozen=True):
    """What the status bar says."""

    library: str
    documents: int
    passages: int
    engine: EngineInfo
    loaded: bool
    window_used: int = 0
    tokens_per_second: float | None = None
    reading: str | None = None
    """What was loaded instead of computed, worded for the user."""


class PromptPlan(Struct, frozen=True):
    """What a question would send to the model: the prompt itself and how its window is shared."""

    messages: tuple[tuple[str, str], ...]
    """Role (system, user, assistant) and text, in order."""
    budget: Budget
    passages: tuple[Passage, ...]
    """Numbered from 1, as the prompt numbers them."""
    rewritten: str | None = None


class ModelChoice(Struct, frozen=True):
    """An engine or model that can be picked, and whether it would run here."""

    name: str
    engine: EngineKind
    installed: bool
    fits: bool | None = None
    context: int | None = None
    gpu_layers: int | None = None
    layers: int | None = None
    note: str = ""


class CitationCheck(Struct, frozen=True):
    """Whether a kept quote is the same, moved, changed (gone), or its document missing."""

    turn: int
    citation: Citation
    state: str


class IngestStep(Struct, frozen=True):
    """Event of an ingest: where it stands, and the file that was just finished."""

    done: int
    total: int | None
    file: FileReport | None = None
    message: str = ""  # key of the message that says what is being done
    seconds_left: float | None = None
