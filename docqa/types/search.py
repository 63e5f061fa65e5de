"""What is searched for and what is found: passages, requests, results."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field


class SearchMode(StrEnum):
    """Which legs of the search run; AUTO is hybrid where vectors exist, else lexical."""

    AUTO = "auto"
    LEXICAL = "lexical"
    DENSE = "dense"
    HYBRID = "hybrid"


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


class DocumentLimits(Struct, frozen=True):
    """Which documents count: file endings or families, and dates as `2024`, `2024-03` or a day."""

    kinds: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is limited."""
        return bool(self.kinds or self.since or self.until)


UNLIMITED = DocumentLimits()


class SearchRequest(Struct, frozen=True):
    """What to look for; `scope` holds globs or paths that documents must match, empty for all."""

    query: str
    k: int = 8
    mode: SearchMode = SearchMode.AUTO
    scope: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Further wordings of the same question (a rewrite), fused with the first."""
    limits: DocumentLimits = UNLIMITED


class SearchResult(Struct, frozen=True):
    """Ranked passages; `relevance` is the probability that the library is about the question."""

    query: str
    found: tuple[Found, ...]
    relevance: float
    spelled: str = ""
    """The query with its words as the library writes them; empty where no result tells."""
    terms: tuple[str, ...] = ()
    unknown_terms: tuple[str, ...] = ()
    """Query words that occur nowhere in the library."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """How much each term tells passages apart (its idf), used for ranking sentences."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Words that mean the same as one of the query's, each with that one."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """What each leg counts: lexical, dense; rerank orders alone what it has read."""
    embedded: float | None = None
    """Share of the library's passages that meaning could find; None where it took no part."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What the judgement rests on; see docqa.retrieval.signals."""


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
