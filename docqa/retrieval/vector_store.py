"""A library as a LangChain vector store: its documents can be searched, added and removed."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from docqa.llm.embeddings.embedder import Embedder
from docqa.paths import library_dir
from docqa.retrieval.embedding_run import embed_missing
from docqa.retrieval.retriever import as_document
from docqa.settings import EmbeddingSettings, LibrarySettings
from docqa.stores.records.library import Library
from docqa.stores.vectors.factory import open_store
from docqa.stores.vectors.store import VectorStore as Vectors
from docqa.stores.vectors.table import VectorTable
from docqa.types import EmbedderIdentity, Passage
from ingest.sink import Place
from ingest.splitting.packed import pack
from ingest.types import BlockKind, Extract, Section
from ingest.types import PassageSpan as CutPassage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Embeddings.register(Embedder)  # type: ignore[type-abstract]
# Where documents that LangChain added seem to lie; no folder on disk is called so.
_FOLDER = "langchain:"


class LibraryVectorStore(VectorStore):
    """Documents added here become documents of one passage; files of the library are found too."""

    def __init__(
        self,
        library: Library,
        embedding: Embeddings | Embedder,
        settings: EmbeddingSettings | None = None,
    ) -> None:
        """Work on an open library with docqa's embedder or any other of LangChain's."""
        self._library = library
        self._embedding = embedding
        own = embedding.settings if isinstance(embedding, Embedder) else EmbeddingSettings()
        self._settings = settings or own
        self._embedder = (
            embedding if isinstance(embedding, Embedder) else _Adopted(embedding, self._settings)
        )
        self._vectors: Vectors | None = None

    @property
    def embeddings(self) -> Embeddings:
        """The embedder given."""
        return cast("Embeddings", self._embedding)

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings | Embedder,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        folder: str | Path | None = None,
        **kwargs: Any,
    ) -> Self:
        """Make (or open) the library in a folder, or the default one, and add texts to it."""
        place = library_dir(LibrarySettings().name) if folder is None else Path(folder)
        store = cls(Library.open(place, create=True), embedding, **kwargs)
        store.add_texts(texts, metadatas, ids=ids)
        return store

    def add_documents(
        self, documents: list[Document], *, ids: list[str] | None = None, **_: Any
    ) -> list[str]:
        """Add documents, or replace those with the same ids."""
        numbers = ids or [document.id or uuid.uuid4().hex for document in documents]
        with self._library.write_lock():
            for number, document in zip(numbers, documents, strict=True):
                self._put(number, document)
            embed_missing(self._library, self._embedder)
        return numbers

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **_: Any,
    ) -> list[str]:
        """Add texts with their metadata."""
        given = list(texts)
        facts: Sequence[dict[str, Any]] = metadatas or [{} for _ in given]
        documents = [
            Document(page_content=text, metadata=dict(fact))
            for text, fact in zip(given, facts, strict=True)
        ]
        return self.add_documents(documents, ids=ids)

    def delete(self, ids: list[str] | None = None, **_: Any) -> bool:
        """Remove documents that were added here; ids that are unknown do no harm."""
        with self._library.write_lock():
            for number in ids or []:
                self._library.writer.forget(_FOLDER, number)
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """Documents that were added here, in the order asked; unknown ids are left out."""
        return [self._document(passage) for number in ids for passage in self._passages_of(number)]

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        """The nearest passages; `scope` limits them to globs or paths."""
        return [found for found, _ in self.similarity_search_with_score(query, k, **kwargs)]

    def similarity_search_with_score(
        self, query: str, k: int = 4, scope: Sequence[str] = (), **_: Any
    ) -> list[tuple[Document, float]]:
        """The nearest passages with their inner products, which are cosines by default.

        The packaged embedder looks for them with the question turned towards what answers it.
        """
        vector = self._embedder.turn(self._embedder.embed_question(query))
        return list(self._search(vector, k, scope))

    def similarity_search_by_vector(
        self, embedding: list[float], k: int = 4, scope: Sequence[str] = (), **_: Any
    ) -> list[Document]:
        """The passages nearest to a vector."""
        import numpy as np

        vector = np.array(embedding, dtype=np.float32)
        return [found for found, _ in self._search(vector, k, scope)]

    def _select_relevance_score_fn(self) -> Any:
        return lambda score: (score + 1) / 2

    def _search(
        self, vector: "NDArray[np.float32]", k: int, scope: Sequence[str]
    ) -> Iterator[tuple[Document, float]]:
        if self._vectors is None:
            serving = VectorTable(self._library).serving()
            if serving is None:
                return
            self._vectors = open_store(self._library, serving, self._settings)
        near = self._vectors.search(vector, k, self._library.scope_ids(scope))
        scores = dict(near)
        for passage in self._library.passages([number for number, _ in near]):
            yield self._document(passage), scores[passage.id]

    def _put(self, number: str, document: Document) -> None:
        text = document.page_content
        section = Section(0, len(text), BlockKind.PARAGRAPH, None, ())
        whole = pack(Extract(text, (section,)), [CutPassage(0, 0, len(text), text)])
        # The id is part of the digest: equal texts with different ids are different documents.
        digest = hashlib.sha256(f"{number}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
        facts = json.dumps(document.metadata, ensure_ascii=False, default=str)
        place = Place(_FOLDER, number, f"{_FOLDER}{number}")
        self._library.writer.put(place, whole, digest, recipe=_FOLDER + facts)

    def _document(self, passage: Passage) -> Document:
        row = self._library.connection.execute(
            "SELECT p.name, d.recipe FROM paths AS p JOIN documents AS d ON d.id = p.document_id"
            " WHERE d.id = ? AND p.folder = ?",
            (passage.document_id, _FOLDER),
        ).fetchone()
        if row is None:
            return as_document(passage)
        facts = json.loads(row[1].removeprefix(_FOLDER))
        return Document(page_content=passage.text, metadata=facts, id=row[0])

    def _passages_of(self, number: str) -> list[Passage]:
        row = self._library.connection.execute(
            "SELECT document_id FROM paths WHERE folder = ? AND name = ?", (_FOLDER, number)
        ).fetchone()
        return self._library.passages_of(row[0]) if row else []


class _Adopted(Embedder):
    """Another of LangChain's embedders, its vectors scaled to length 1."""

    def __init__(self, embedding: Embeddings, settings: EmbeddingSettings) -> None:
        super().__init__(settings)
        self._inner = embedding
        self._identity: EmbedderIdentity | None = None

    @property
    def identity(self) -> EmbedderIdentity:
        """Its class is all that is known of it."""
        if self._identity is None:
            kind = type(self._inner)
            self._identity = EmbedderIdentity(
                backend="langchain",
                model=f"{kind.__module__}.{kind.__qualname__}",
                revision="",
                dimension=len(self._inner.embed_query("docqa")),
            )
        return self._identity

    def embed_question(self, text: str) -> "NDArray[np.float32]":
        """Asked of the embedder itself: it may treat questions differently."""
        import numpy as np

        vector = np.array(self._inner.embed_query(text), dtype=np.float32)
        return vector / (np.linalg.norm(vector) or 1)

    def _vectors(self, texts: list[str]) -> "NDArray[np.float32]":
        import numpy as np

        return np.array(self._inner.embed_documents(texts), dtype=np.float32)
