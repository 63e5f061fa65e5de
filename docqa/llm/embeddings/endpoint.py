"""Embedders behind an OpenAI-compatible endpoint that the user named."""

import os
from typing import TYPE_CHECKING

from docqa.errors import ModelError, ServiceError
from docqa.extras import missing
from docqa.llm.embeddings.embedder import Embedder, prefixes
from docqa.privacy import switch_off_telemetry
from docqa.types import EmbedderIdentity

if TYPE_CHECKING:
    import numpy as np
    from langchain_openai import OpenAIEmbeddings
    from numpy.typing import NDArray

    from docqa.settings import EmbeddingSettings

_SECONDS = 60.0


class EndpointEmbedder(Embedder):
    """Sends texts to /embeddings of the endpoint, and to nowhere else."""

    def __init__(self, settings: "EmbeddingSettings") -> None:
        """Remember where to ask; no connection yet."""
        super().__init__(settings)
        if not settings.endpoint:
            raise ModelError("dense.endpoint_unnamed")
        self._client: OpenAIEmbeddings | None = None
        self._identity: EmbedderIdentity | None = None

    @property
    def identity(self) -> EmbedderIdentity:
        """The model's name; the dimension is learnt from one short request."""
        if self._identity is None:
            query, passage = prefixes(self.settings)
            self._identity = EmbedderIdentity(
                backend="endpoint",
                model=self.settings.model,
                revision="",
                dimension=self._vectors(["docqa"]).shape[-1],
                pooling="model",
                normalized=self.settings.normalize,
                query_prefix=query,
                passage_prefix=passage,
            )
        return self._identity

    def close(self) -> None:
        """Drop the client and its connections."""
        self._client = None

    def _vectors(self, texts: list[str]) -> "NDArray[np.float32]":
        import numpy as np

        if self._client is None:
            self._client = self._connect()
        from openai import OpenAIError

        try:
            rows = self._client.embed_documents(texts)
        except (OpenAIError, ValueError, TypeError) as error:
            raise ServiceError(url=self.settings.endpoint, reason=str(error)) from error
        if len(rows) != len(texts):
            raise ServiceError("dense.endpoint_rows", url=self.settings.endpoint)
        return np.array(rows, dtype=np.float32)

    def _connect(self) -> "OpenAIEmbeddings":
        switch_off_telemetry()
        try:
            from langchain_openai import OpenAIEmbeddings
            from pydantic import SecretStr
        except ModuleNotFoundError as error:
            raise missing("endpoint", "OpenAI") from error
        return OpenAIEmbeddings(
            model=self.settings.model,
            base_url=self.settings.endpoint,
            api_key=SecretStr(os.environ.get(self.settings.key_variable) or "none"),
            # Texts go as they are: counting tokens would fetch OpenAI's vocabulary.
            check_embedding_ctx_length=False,
            chunk_size=self.settings.batch,
            timeout=_SECONDS,
            max_retries=2,
        )
