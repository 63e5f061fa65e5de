"""The dense leg of the search: the question as a vector, the passages nearest to it."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from docqa.catalog import find_embedder
from docqa.errors import EmbedderMismatch, ModelError
from docqa.llm.embeddings.embedder import USUAL_SPREAD, Embedder
from docqa.llm.embeddings.factory import open_embedder, open_serving
from docqa.retrieval.nearness import Background, Meant
from docqa.retrieval.recent_vectors import RecentVectors
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.vectors.factory import open_store
from docqa.stores.vectors.store import VectorStore
from docqa.stores.vectors.table import StoredEmbedder, VectorTable
from docqa.terms import simplify
from docqa.types import Progress, ReportProgress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docqa.stores.records.library import Library

# Where nothing was measured. Set by hand, below the .5 that was measured for the packaged embedder.
CAUTIOUS_WEIGHT = 0.3
# Passages that tell what similarity is usual for a question.
_SAMPLE = 256
# Vectors kept for the next question: 1.5 kB each.
_QUESTIONS = 64
_TEXTS = 2048


class Comparison(Struct, frozen=True):
    """A question compared in meaning with the whole library."""

    question: "NDArray[np.float32]"
    turned: "NDArray[np.float32]"
    """The same as passages are looked for with it."""
    hits: list[tuple[int, float]]
    """The nearest passages with their similarity, best first."""
    usual: Background
    """What passages get for the turned question."""
    usual_similarity: float
    """What they get for the question as it is, on average."""
    embedded: float
    """Share of the library's passages that have a vector."""


class DenseLeg:
    """An embedder and the vectors it made, ready for questions."""

    def __init__(
        self,
        library: "Library",
        stored: StoredEmbedder,
        embedder: Embedder,
        store: VectorStore,
        weight: float,
    ) -> None:
        """Join the two; the embedder's model is loaded at the first question."""
        self.embedder = embedder
        self.weight = weight
        self._library = library
        self._table = VectorTable(library)
        self._stored = stored
        self._store = store
        self._questions = RecentVectors(self._embed_questions, _QUESTIONS)
        self._texts = RecentVectors(embedder.embed_passages, _TEXTS)
        self._sample: NDArray[np.float32] | None = None
        self._embedded = 0.0
        self._generation = -1

    @property
    def is_scale_known(self) -> bool:
        """Whether the judgement was fitted with this very embedder."""
        return self._stored.identity.backend == "packaged"

    @property
    def is_outdated(self) -> bool:
        """Whether another embedder has taken over meanwhile: this leg must be opened again."""
        serving = self._table.serving()
        return serving is None or serving.id != self._stored.id

    def search(
        self, question: str, k: int, allowed: frozenset[int] | None = None
    ) -> list[tuple[int, float]]:
        """The passages nearest in meaning with their similarity, among the allowed documents."""
        return self.compare(question, k, allowed).hits

    def compare(self, question: str, k: int, allowed: frozenset[int] | None = None) -> "Comparison":
        """The same, and what passages spread over the library get for this question."""
        vector = self._embed(question)
        turned = self.embedder.turn(vector)
        spread = self._spread()
        return Comparison(
            question=vector,
            turned=turned,
            hits=self._store.search(turned, k, allowed),
            usual=Background((spread @ turned).tolist(), self.embedder.usual_spread),
            usual_similarity=float((spread @ vector).mean()) if len(spread) else 0.0,
            embedded=self._embedded,
        )

    def measure(self, comparison: "Comparison", passages: Collection[int]) -> dict[int, Meant]:
        """How near certain passages are, found or not; without those that have no vector yet."""
        rows = self._table.of_passages(self._stored, passages)
        vectors = rows.vectors.astype("f4")
        similar = (vectors @ comparison.question).tolist()
        shares = map(comparison.usual.share, (vectors @ comparison.turned).tolist())
        return {
            number: Meant(one, share)
            for number, one, share in zip(rows.passages.tolist(), similar, shares, strict=True)
        }

    def compare_texts(self, question: str, texts: Sequence[str]) -> list[float]:
        """How near texts that have no vector are to what answers a question."""
        turned = self.embedder.turn(self._embed(question))
        near: list[float] = (self._texts.of(texts) @ turned).tolist()
        return near

    def measure_likeness(self, text: str, others: Sequence[str]) -> list[float]:
        """How much texts that have no vector say the same as another."""
        alike: list[float] = (self._texts.of(others) @ self._embed(text)).tolist()
        return alike

    def _embed(self, question: str) -> "NDArray[np.float32]":
        """The question in the script in which its nearest passage stands out more.

        To an embedder 倉庫 lies farther from 仓库 than it should.
        """
        forms = list(dict.fromkeys((question, simplify(question))))
        rows = self._questions.of(forms)
        row: NDArray[np.float32] = rows[0] if len(forms) == 1 else max(rows, key=self._stand_out)
        return row

    def _stand_out(self, vector: "NDArray[np.float32]") -> float:
        """How far the nearest passage is above what is usual."""
        usual = Background((self._spread() @ vector).tolist(), USUAL_SPREAD)
        return max((usual.distance(near) for _, near in self._store.search(vector, 1)), default=0.0)

    def _embed_questions(self, questions: Sequence[str]) -> "NDArray[np.float32]":
        import numpy as np

        return np.stack([self.embedder.embed_question(question) for question in questions])

    def _spread(self) -> "NDArray[np.float32]":
        """Vectors from all over the library, read again when it has changed."""
        if self._sample is None or self._generation != self._library.generation:
            self._generation = self._library.generation
            self._sample = self._table.sample(self._stored, _SAMPLE).astype("f4")
            passages = self._library.counts().passages or 1
            self._embedded = self._table.count(self._stored.id) / passages
        return self._sample

    def close(self) -> None:
        """Close the store and the model."""
        self._store.close()
        self.embedder.close()


def open_dense(
    library: "Library", settings: Settings, report: ReportProgress | None = None
) -> DenseLeg | None:
    """The dense leg; None where no embedder is set or nothing has been embedded.

    Raises EmbedderMismatch where the library's vectors come from another embedder.
    """
    serving = VectorTable(library).serving()
    embedder = open_serving(settings.embedding, serving) if serving else None
    if embedder is None or serving is None:
        return None
    embedder = _match_embedder(library, embedder, serving, report)
    store = open_store(library, serving, settings.embedding, report)
    return DenseLeg(library, serving, embedder, store, dense_weight(settings, serving))


def dense_weight(settings: Settings, stored: StoredEmbedder) -> float:
    """What is set, else was measured on this library, else the catalog's, else a cautious one."""
    entry = find_embedder(stored.identity.model)
    known = (settings.search.dense_weight, stored.weight, entry.dense_weight if entry else None)
    return next((weight for weight in known if weight is not None), CAUTIOUS_WEIGHT)


def _match_embedder(
    library: "Library", wanted: Embedder, serving: StoredEmbedder, report: ReportProgress | None
) -> Embedder:
    """The embedder that made the vectors which serve: the wanted one, or the one it replaces."""
    coming = VectorTable(library).find(wanted.identity)
    if coming is not None and coming.id == serving.id:
        return wanted
    mismatch = EmbedderMismatch(name=library.name, stored=serving.identity, wanted=wanted.identity)
    if coming is None or serving.identity.backend == "endpoint":
        raise mismatch
    # The wanted one is still embedding: until it has finished, the old one answers.
    try:
        old = open_embedder(msgspec.json.decode(serving.settings, type=EmbeddingSettings))
    except ModelError as error:
        raise mismatch from error
    if old is None or VectorTable(library).find(old.identity) != serving:
        raise mismatch
    if report:
        done, total = VectorTable(library).count(coming.id), library.counts().passages
        facts = {"done": done, "total": total}
        # No count that goes on: it is said once.
        report(Progress("dense.old_serves", 0, None, facts))
    return old
