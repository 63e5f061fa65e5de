"""Embedders in the form of sentence-transformers: a local folder, or a hub model already here."""

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec.structs import replace

from docqa.catalog import find_embedder
from docqa.errors import ModelError
from docqa.extras import missing
from docqa.fingerprint import fingerprint
from docqa.llm.embeddings.embedder import Embedder, prefixes
from docqa.llm.embeddings.files import find_folder, weights_of
from docqa.privacy import switch_off_telemetry
from docqa.types import EmbedderIdentity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from docqa.settings import EmbeddingSettings

Pooling: TypeAlias = Literal["model", "mean", "cls", "last", "max"]
_POOLING = {"mean": "mean", "cls": "cls", "last": "lasttoken", "max": "max"}
# For encoders whose files name no limit: attention costs grow with its square.
_LONGEST = 512
# Its first token is an ordinary one: the one that stands for the whole text comes last.
_CLS_IS_LAST = ("xlnet",)


class FolderEmbedder(Embedder):
    """A BERT-, RoBERTa-, ELECTRA- or XLNet-style encoder, with the pooling of one's choice."""

    def __init__(self, settings: "EmbeddingSettings") -> None:
        """Find the folder and check what it holds; the model is loaded when first used."""
        self._folder = find_folder(settings.model)
        pooling = _pooling(self._folder, settings)
        super().__init__(replace(settings, model=str(self._folder), pooling=pooling))
        self._asked = settings.model
        self._config = _read_config(self._folder)
        self._model: SentenceTransformer | None = None
        self._identity: EmbedderIdentity | None = None

    @property
    def identity(self) -> EmbedderIdentity:
        """The folder's name and fingerprint; the dimension from its settings where they tell."""
        if self._identity is None:
            query, passage = prefixes(self.settings, _prompts(self._folder))
            self._identity = EmbedderIdentity(
                backend="sentence-transformers",
                model=_name(self._asked, self._folder),
                revision=fingerprint(self._folder, weights_of(self._folder)),
                dimension=_dimension(self._folder, self._config) or self._loaded_dimension(),
                pooling=self.settings.pooling,
                normalized=self.settings.normalize,
                query_prefix=query,
                passage_prefix=passage,
            )
        return self._identity

    def close(self) -> None:
        """Drop the model."""
        self._model = None

    def _vectors(self, texts: list[str]) -> "NDArray[np.float32]":
        import numpy as np

        rows = self._load().encode(
            texts, batch_size=len(texts), show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(rows, dtype=np.float32)

    def _loaded_dimension(self) -> int:
        return int(self._load().get_embedding_dimension() or 0)

    def _load(self) -> "SentenceTransformer":
        if self._model is None:
            self._model = _load(self._folder, self.settings)
        return self._model


def hush() -> None:
    """Keep the libraries' bars and warnings off the terminal: docqa reports progress itself."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)


def loading_errors() -> tuple[type[Exception], ...]:
    """What transformers raises where a folder's files are damaged or make no model."""
    from pickle import UnpicklingError

    from safetensors import SafetensorError

    return OSError, ValueError, KeyError, RuntimeError, SafetensorError, UnpicklingError


def unreadable(folder: Path, error: Exception) -> ModelError:
    """The error for a folder that cannot be loaded, with the first line of the reason."""
    reason = next(iter(str(error).splitlines()), type(error).__name__)
    return ModelError("dense.folder_unreadable", path=folder, reason=reason)


def _load(folder: Path, settings: "EmbeddingSettings") -> "SentenceTransformer":
    switch_off_telemetry()
    try:
        from sentence_transformers import SentenceTransformer
    except ModuleNotFoundError as error:
        raise missing("st", "sentence-transformers") from error
    hush()
    try:
        model = SentenceTransformer(
            str(folder), device=settings.device or None, local_files_only=True
        )
    except loading_errors() as error:
        raise unreadable(folder, error) from error
    # Prefixes are ours to add: those of questions and of passages differ.
    model.default_prompt_name = None
    if not model.max_seq_length or model.max_seq_length > 1 << 20:
        model.max_seq_length = _LONGEST
    _choose_pooling(model, settings.pooling)
    return model


def _pooling(folder: Path, settings: "EmbeddingSettings") -> Pooling:
    """As set, else the folder's own; a plain encoder has none: the catalog's, else the mean."""
    if settings.pooling != "model" or (folder / "modules.json").is_file():
        return settings.pooling
    entry = find_embedder(settings.model)
    return entry.pooling if entry else "mean"


def _choose_pooling(model: "SentenceTransformer", wanted: str) -> None:
    from sentence_transformers.sentence_transformer.modules import pooling

    if wanted == "model":
        return
    for module in model:
        if isinstance(module, pooling.Pooling):
            kind = getattr(model[0].config, "model_type", "")
            last = wanted == "cls" and kind in _CLS_IS_LAST
            module.pooling_mode = "lasttoken" if last else _POOLING[wanted]


def _read_config(folder: Path) -> dict[str, Any]:
    """The encoder's config.json; ModelError where the folder is no encoder."""
    modules, config = folder / "modules.json", folder / "config.json"
    try:
        facts = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    except (OSError, ValueError) as error:
        raise ModelError("dense.folder_unreadable", path=folder, reason=str(error)) from error
    writes = any("CausalLM" in name for name in facts.get("architectures") or ())
    if not modules.is_file() and ("model_type" not in facts or writes):
        raise ModelError("dense.not_an_embedder", path=folder)
    if not any(path.suffix in (".safetensors", ".bin") for path in weights_of(folder)):
        raise ModelError("dense.no_weights", path=folder)
    return facts if isinstance(facts, dict) else {}


def _dimension(folder: Path, config: dict[str, Any]) -> int:
    """Length of the vectors, where the files tell without loading; else 0."""
    hidden = int(config.get("hidden_size") or config.get("d_model") or 0)
    modules = folder / "modules.json"
    if not modules.is_file():
        return hidden
    kinds = [str(m.get("type")).rpartition(".")[2] for m in json.loads(modules.read_text("utf-8"))]
    return hidden if set(kinds) <= {"Transformer", "Pooling", "Normalize"} else 0


def _prompts(folder: Path) -> dict[str, str]:
    try:
        facts = json.loads((folder / "config_sentence_transformers.json").read_text("utf-8"))
        return dict(facts.get("prompts") or {})
    except (OSError, ValueError):
        return {}


def _name(asked: str, folder: Path) -> str:
    return folder.name if Path(asked).expanduser().is_dir() else asked
