"""The words docqa speaks in: passages, search results, citations, events. No behaviour."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct, field

from ingest.types import FileReport


class SearchMode(StrEnum):
    """Which legs of the search run; AUTO is hybrid where vectors exist, else lexical."""

    AUTO = "auto"
    LEXICAL = "lexical"
    DENSE = "dense"
    HYBRID = "hybrid"


class AnswerMode(StrEnum):
    """How passages reach the model: all at once, in turn, or not at all."""

    STUFF = "stuff"
    REFINE = "refine"
    QUOTE = "quote"


class EngineKind(StrEnum):
    """What words the answer."""

    QUOTES = "quotes"
    LLAMA = "llama"
    ENDPOINT = "endpoint"
    ECHO = "echo"


class AnswerStatus(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    PERHAPS = "perhaps"
    NOT_FOUND = "not_found"
    CANCELLED = "cancelled"


class Passage(Struct, frozen=True):
    """A stored stretch of a document; start and end count characters in its extracted text."""

    id: int
    document_id: int
    document: str
    ordinal: int
    start: int
    end: int
    text: str
    page: int | None = None
    heading: tuple[str, ...] = ()
    page_label: str | None = None
    """The number printed on the page, where it is not the number of the sheet."""


class Why(Struct, frozen=True):
    """Why a passage was chosen."""

    lexical_rank: int | None = None
    lexical_score: float | None = None
    dense_rank: int | None = None
    dense_score: float | None = None
    rerank: float | None = None
    matched: tuple[str, ...] = ()


class Found(Struct, frozen=True):
    """A passage at its rank in a result."""

    rank: int
    score: float
    passage: Passage
    why: Why


class SearchRequest(Struct, frozen=True):
    """What to look for; `scope` holds globs or paths that documents must match, empty for all."""

    query: str
    k: int = 8
    mode: SearchMode = SearchMode.AUTO
    scope: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Further wordings of the same question (a rewrite), fused with the first."""


class SearchResult(Struct, frozen=True):
    """Ranked passages and how well they match as a whole (0 to 1, comparable across libraries)."""

    query: str
    found: tuple[Found, ...]
    relevance: float
    terms: tuple[str, ...] = ()
    unknown_terms: tuple[str, ...] = ()
    """Query words that occur nowhere in the library."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """How much each term tells passages apart (its idf), for whoever ranks sentences."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """What each leg counts: lexical, dense; rerank orders alone what it has read."""


class EmbedderIdentity(Struct, frozen=True):
    """Which model turns text into vectors, and how; `revision` tells its weights apart."""

    backend: str
    model: str
    revision: str
    dimension: int
    pooling: str = "model"
    normalized: bool = True
    query_prefix: str = ""
    passage_prefix: str = ""

    def __str__(self) -> str:
        """As shown to users: enough to tell two embedders apart."""
        return f"{self.model} ({self.dimension}, {self.pooling}, {self.revision[:8]})"


class Author(StrEnum):
    """Who put a mark into an answer."""

    MODEL = "model"
    DOCQA = "docqa"


class Verdict(StrEnum):
    """What the check says of one sentence of an answer."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"


class Citation(Struct, frozen=True):
    """A mark [n] in an answer, with the exact slice of the document it points at."""

    n: int
    passage_id: int
    document: str
    page: int | None
    heading: tuple[str, ...]
    start: int
    end: int
    quote: str
    supported: bool = True
    by: Author = Author.MODEL
    page_label: str | None = None


class Sentence(Struct, frozen=True):
    """A sentence of an answer (a span of its text) and whether its passages support it."""

    start: int
    end: int
    cites: tuple[int, ...]
    supported: bool
    verdict: Verdict | None = None
    """None where the sentence claims nothing, or was answered before verdicts were kept."""
    why: str = ""
    """What the documents say instead, where they contradict it."""


class AskedValue(Struct, frozen=True):
    """One of several values that the documents give for the same thing."""

    value: str
    citation: Citation
    date: str | None = None
    """Of the document, as ISO 8601, where it is known."""


class Conflict(Struct, frozen=True):
    """Sources that disagree about what was asked; the newest value first where dates are known."""

    asked: str
    values: tuple[AskedValue, ...]


class Budget(Struct, frozen=True):
    """How the window is shared out, in tokens."""

    window: int
    system: int
    history: int
    question: int
    passages: int
    reserve: int
    found: int
    fitted: int
    whole: tuple[str, ...] = ()  # documents that fit entire
    expected_wait: float | None = None
    """Seconds until the first word, from the measured prompt speed."""


class Usage(Struct, frozen=True):
    """Tokens of one answer."""

    prompt_tokens: int = 0
    reused_tokens: int = 0
    answer_tokens: int = 0


class EngineInfo(Struct, frozen=True):
    """Which engine answered, and how it runs."""

    kind: EngineKind
    model: str | None = None
    context: int | None = None
    gpu_layers: int | None = None
    layers: int | None = None


class Answer(Struct, frozen=True):
    """A finished answer."""

    question: str
    text: str
    status: AnswerStatus
    engine: EngineInfo
    rewritten: str | None = None
    citations: tuple[Citation, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    passages: tuple[Found, ...] = ()
    usage: Usage = Usage()
    budget: Budget | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    session: str | None = None
    nearest: tuple[str, ...] = ()
    """Documents nearest to the question, where none answers it."""
    unknown_terms: tuple[str, ...] = ()
    from_documents: bool = True
    """False where the model answered from its own knowledge (`--open`)."""
    confidence: float | None = None
    """Probability that the first thing shown holds the answer."""
    conflicts: tuple[Conflict, ...] = ()
    thinking: str = ""
    """What a model that thinks wrote before its answer; never cited, never checked."""


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


class SessionInfo(Struct, frozen=True):
    """A kept conversation; times are seconds since the epoch."""

    id: str
    title: str
    created: float
    updated: float
    turns: int


class Turn(Struct, frozen=True):
    """One question and its answer within a session."""

    number: int
    question: str
    answer: Answer
    asked: float


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


class AskRequest(Struct, frozen=True):
    """A question with everything a face may say about how to answer it."""

    question: str
    extra: str = ""  # further material, such as a diff on standard input
    k: int | None = None
    scope: tuple[str, ...] = ()
    mode: AnswerMode = AnswerMode.STUFF
    search_mode: SearchMode = SearchMode.AUTO
    session: str | None = None  # id of the one to continue; None begins one
    instead: int | None = None  # number of the turn that the finished answer replaces
    save: bool = True
    rewrite: bool = True
    open: bool = False
    thorough: bool = False


class Rewritten(Struct, frozen=True):
    """Event: a follow-up was turned into a question that stands alone."""

    question: str
    original: str


class PassagesFound(Struct, frozen=True):
    """Event: the search is done."""

    result: SearchResult


class ContextPacked(Struct, frozen=True):
    """Event: passages were fitted into the window; numbered as they will be cited, from 1."""

    budget: Budget
    passages: tuple[Passage, ...]


class Progress(Struct, frozen=True):
    """Event: something long is under way; `message` is a key of the catalogue."""

    message: str
    done: float
    total: float | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


class Token(Struct, frozen=True):
    """Event: the next piece of the answer, whole characters only."""

    text: str


class Cited(Struct, frozen=True):
    """Event: a citation was checked."""

    citation: Citation


class Warned(Struct, frozen=True):
    """Event: something the user should know; `message` is a key of the catalogue."""

    message: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Done(Struct, frozen=True):
    """Event: the answer is finished, whole, with its checks."""

    answer: Answer
    turn: int | None = None  # number it was kept under, if it was kept


Event: TypeAlias = (
    Rewritten | PassagesFound | ContextPacked | Progress | Token | Cited | Warned | Done
)

Cancelled: TypeAlias = Callable[[], bool]
"""Asked between steps and tokens; True stops the work and keeps what is done."""
