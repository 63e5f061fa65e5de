"""The models that docqa knows (`models/catalog.toml`) and those that are here."""

import os
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, field

from docqa import paths
from docqa.errors import ModelError, StorageError, UnknownModel
from docqa.messages import language
from docqa.settings import TemplateName
from docqa.sizes import GIB

Kind = Literal["chat", "base", "embedding", "reranking"]


class ModelShape(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The size of a network."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocabulary: int
    key_size: int = 0
    value_size: int = 0
    """Width of one head's keys and values, where the width of the network does not say it."""
    tied: bool = False
    """Whether the output shares the weights of the embedding."""
    kv_layers: float = 1.0
    """Share of the layers that keep keys and values for every token."""

    @property
    def head_size(self) -> int:
        """Width of one attention head."""
        return self.key_size or self.hidden // self.heads

    @property
    def head_sizes(self) -> int:
        """Widths of one head's keys and values together."""
        return self.head_size + (self.value_size or self.head_size)


class Rope(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How positions are encoded; `original` is the window before stretching."""

    base: float = 10000.0
    scaling: Literal["none", "linear", "yarn"] = "none"
    factor: float = 1.0
    original: int = 0


class Quantization(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One precision of a model's weights: size in GiB, and what it costs in perplexity."""

    gib: float
    perplexity: float | None = None
    measured: bool = True

    @property
    def bytes(self) -> int:
        """Size in bytes."""
        return round(self.gib * GIB)


class ModelEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A chat model of the catalog."""

    name: str
    title: str
    parameters: int
    shape: ModelShape
    window: int
    template: TemplateName
    licence: str
    quantizations: dict[str, Quantization]
    generation: int = 0
    """Of Chinese-LLaMA-Alpaca; 0 for other families."""
    thinks: bool = False
    """Whether it thinks aloud before every answer, without a switch."""
    released: int = 0
    """The year, where it is not that of the generation."""
    rope: Rope = Rope()
    huggingface: str = ""
    modelscope: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    note: dict[str, str] = field(default_factory=dict)

    @property
    def remark(self) -> str:
        """What to know before choosing it, in the language in use."""
        return self.note.get(language(), "")


class EmbedderEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An embedding model of the catalog."""

    name: str
    title: str
    huggingface: str
    parameters: int
    dimension: int
    window: int
    pooling: Literal["mean", "cls", "last"]
    licence: str
    modelscope: str = ""
    gguf: str = ""
    query_prefix: str = ""
    passage_prefix: str = ""
    dense_weight: float | None = None


class RerankerEntry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reranking model of the catalog."""

    name: str
    title: str
    huggingface: str
    parameters: int
    window: int
    licence: str
    modelscope: str = ""


class Installed(Struct, frozen=True, kw_only=True):
    """A model file, or folder, that is here: what it is and how it can be recognised again."""

    name: str
    path: Path
    kind: Kind
    entry: str = ""
    quantization: str = ""
    size: int = 0
    sha256: str = ""
    files: dict[str, str] = field(default_factory=dict)
    """Of a folder: each file and its SHA-256."""
    source: str = ""
    added: float = 0.0


class _Catalog(Struct, frozen=True, forbid_unknown_fields=True):
    base_names: tuple[str, ...]
    chat: tuple[ModelEntry, ...]
    embedding: tuple[EmbedderEntry, ...]
    reranking: tuple[RerankerEntry, ...]


def catalog() -> tuple[ModelEntry, ...]:
    """Every chat model that docqa knows."""
    return _read().chat


def embedders() -> tuple[EmbedderEntry, ...]:
    """Every embedding model that docqa knows."""
    return _read().embedding


def rerankers() -> tuple[RerankerEntry, ...]:
    """Every reranking model that docqa knows."""
    return _read().reranking


def find_entry(name: str) -> ModelEntry | None:
    """The chat model of this name."""
    return next((entry for entry in catalog() if plain(entry.name) == plain(name)), None)


def find_embedder(name: str) -> EmbedderEntry | None:
    """The embedding model of this name, hub id, folder or file."""
    found = [entry for entry in embedders() if _speaks_of(name, entry.name)]
    return max(found, key=lambda entry: len(entry.name), default=None)


def find_reranker(name: str) -> RerankerEntry | None:
    """The reranking model of this name or hub id."""
    found = [entry for entry in rerankers() if _speaks_of(name, entry.name)]
    return max(found, key=lambda entry: len(entry.name), default=None)


def find_any(name: str) -> ModelEntry | EmbedderEntry | RerankerEntry | None:
    """The model of this name, of whatever kind."""
    return find_entry(name) or find_embedder(name) or find_reranker(name)


def named_entry(text: str) -> ModelEntry | None:
    """The chat model that a file name or title speaks of; the longest name wins."""
    found = [entry for entry in catalog() if _speaks_of(text, entry.name)]
    return max(found, key=lambda entry: len(entry.name), default=None)


def names_base_model(text: str) -> bool:
    """Whether a file name or title speaks of a base model, which continues text only."""
    named = any(_speaks_of(text, name) for name in _read().base_names)
    return named and named_entry(text) is None


def plain(name: str) -> str:
    """A name as it is compared: case and punctuation do not count, `1_3b` is `1.3b`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def list_installed() -> tuple[Installed, ...]:
    """Every registered model file, the newest last; a record that cannot be read is left out."""
    records = []
    for file in sorted(_records().glob("*.json")):
        try:
            content = file.read_bytes()
            records.append(msgspec.json.decode(content, type=Installed, dec_hook=_path))
        except (OSError, msgspec.DecodeError):
            continue
    return tuple(sorted(records, key=lambda record: (record.added, record.name)))


def register(record: Installed) -> None:
    """Put a model file on record, whole or not at all."""
    folder = paths.private_dir(_records())
    aside = folder / f"{record.name}.{os.getpid()}.part"
    try:
        aside.write_bytes(msgspec.json.format(msgspec.json.encode(record, enc_hook=str)))
        aside.replace(folder / f"{record.name}.json")
    except OSError as error:
        raise StorageError("error.not_writable", path=folder, reason=error.strerror) from error


def forget(record: Installed) -> None:
    """Take a model file off the record; the file itself stays."""
    (_records() / f"{record.name}.json").unlink(missing_ok=True)


def find_model(name_or_path: str = "") -> Installed:
    """The model file of a record, catalog name or path; empty is the chat model added last."""
    records = list_installed()
    if not name_or_path:
        chats = [record for record in records if record.kind == "chat" and record.path.is_file()]
        if not chats:
            raise ModelError("models.none_installed")
        return chats[-1]
    wanted = plain(name_or_path)
    named = [record for record in records if plain(record.name) == wanted]
    of_entry = [record for record in records if plain(record.entry) == wanted]
    for record in (*reversed(named), *reversed(of_entry)):
        if record.path.exists():
            return record
        raise ModelError("models.file_gone", name=record.name, path=record.path)
    path = Path(name_or_path).expanduser().absolute()
    if path.is_file():
        known = next((record for record in records if record.path == path), None)
        return known or Installed(name=path.stem, path=path, kind="chat")
    if find_entry(name_or_path):
        raise ModelError("models.not_installed", name=name_or_path)
    if path.suffix == ".gguf" or os.sep in name_or_path:
        raise ModelError("models.file_missing", path=path)
    raise UnknownModel(name=name_or_path, nearest=nearest(name_or_path))


def nearest(name: str) -> str:
    """The known name most like this one; the first recommended one where none is."""
    import difflib

    known = [*(entry.name for entry in catalog()), *(entry.name for entry in embedders())]
    known += [entry.name for entry in rerankers()] + [record.name for record in list_installed()]
    return next(iter(difflib.get_close_matches(plain(name), known, n=1, cutoff=0.5)), known[0])


def _speaks_of(text: str, name: str) -> bool:
    return f"-{plain(name)}-" in f"-{plain(text)}-"


def _path(kind: type, value: str) -> Path:
    return Path(value)


def _records() -> Path:
    return paths.models_dir() / "installed"


@cache
def _read() -> _Catalog:
    content = tomllib.loads(
        paths.find_shipped("models", "catalog.toml").read_text(encoding="utf-8")
    )
    shapes, quantizations = content.pop("shapes"), content.pop("quantizations")
    for entry in content["chat"]:
        entry["quantizations"] = quantizations[entry["shape"]]
        entry["shape"] = shapes[entry["shape"]]
    return msgspec.convert(content, _Catalog)
