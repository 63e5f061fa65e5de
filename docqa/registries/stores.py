"""The registry of vector stores."""

from collections.abc import Mapping

from docqa.registries import Entry

# An opener takes the library, the stored embedder, `EmbeddingSettings` and where to report
# progress, and gives a `docqa.stores.vectors.store.VectorStore`.
STORES: Mapping[str, Entry] = {
    "exact": Entry("docqa.stores.vectors.exact:ExactVectors.open"),
    "faiss": Entry("docqa.stores.vectors.faiss:FaissVectors.open", "faiss", "faiss", "FAISS"),
    "chroma": Entry(
        "docqa.stores.vectors.chroma:ChromaVectors.open", "chromadb", "chroma", "Chroma"
    ),
}
CHOICES = ("auto", *STORES)
"""What `embedding.store` takes."""
