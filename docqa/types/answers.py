"""What is asked and answered. Answers are kept in sessions as JSON: fields need a default."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from docqa.registries.engines import EngineKind
from docqa.types.search import UNLIMITED, DocumentLimits, Found, SearchMode


class AnswerMode(StrEnum):
    """How passages reach the model: all at once, in turn, or not at all."""

    STUFF = "stuff"
    REFINE = "refine"
    QUOTE = "quote"


class AnswerStatus(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    PERHAPS = "perhaps"
    NOT_FOUND = "not_found"
    CANCELLED = "cancelled"


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


class CheckedPart(Struct, frozen=True):
    """One sentence of a user's own text, compared with a library."""

    text: str
    sentence: Sentence
    """Its span in the text, its verdict; `cites` numbers its citations from 1."""
    citations: tuple[Citation, ...] = ()
    """What supports it; what says otherwise, where it is contradicted."""


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
    drafted_tokens: int = 0
    """Tokens that were guessed ahead, and how many of them were right."""
    accepted_tokens: int = 0


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


class Turn(Struct, frozen=True):
    """One question and its answer within a session."""

    number: int
    question: str
    answer: Answer
    asked: float


class AskRequest(Struct, frozen=True):
    """A question with everything a face may say about how to answer it."""

    question: str
    extra: str = ""  # further material, such as a diff on standard input
    k: int | None = None
    scope: tuple[str, ...] = ()
    mode: AnswerMode = AnswerMode.STUFF
    search_mode: SearchMode = SearchMode.AUTO
    session: str | None = None  # id of the one to continue; None begins one
    turns: tuple[Turn, ...] = ()  # of a conversation that is kept elsewhere
    instead: int | None = None  # number of the turn that the finished answer replaces
    save: bool = True
    rewrite: bool = True
    open: bool = False
    thorough: bool = False
    limits: DocumentLimits = UNLIMITED
    form: str = ""  # yes-no, number, or choices between bars; empty for free text
    quotes: int | None = None  # so many quotes, whether needed or not; None as many as needed
