"""Says what a GGUF file is: its kind, its entry in the catalogue, and what to beware of."""

from pathlib import Path

from msgspec import Struct

from docqa import catalog
from docqa.catalog import EmbedderEntry, Kind, ModelEntry, Shape
from docqa.errors import ModelError
from docqa.llm.files.gguf import GgufFile, read_metadata
from docqa.llm.fit.footprint import shape_of
from docqa.llm.llama.rope import positions
from docqa.types import Warned

_CHAT_ARCHITECTURE = "llama"
# The first generation's base models have one token less than its chat models.
_BASE_VOCABULARY = 49953


class Description(Struct, frozen=True):
    """What a model file is."""

    file: GgufFile
    kind: Kind
    entry: ModelEntry | EmbedderEntry | None
    warnings: tuple[Warned, ...] = ()

    @property
    def name(self) -> str:
        """What to call the file: the catalogue's name and the quantization, else its own name."""
        if self.entry is None:
            return catalog.plain(own_names(self.file)[0])
        return catalog.plain(f"{self.entry.name} {self.file.quantization}")

    @property
    def window(self) -> int:
        """Tokens that the model can take, stretched as the file or its name says; 0 if unsaid."""
        is_llama = self.file.architecture == _CHAT_ARCHITECTURE
        stated = self.file.number(f"{self.file.architecture}.context_length")
        return positions(self.file).window if is_llama else int(stated or 0)


def identify(path: Path) -> Description:
    """Describe a model file; ModelError where docqa cannot use it."""
    file = read_metadata(path)
    if not file.tensors:
        raise ModelError("llm.vocabulary_only", path=path)
    if file.number(f"{file.architecture}.pooling_type") is not None:
        entry = catalog.find_embedder(" ".join(own_names(file)))
        return Description(file, "embedding", entry)
    if file.architecture != _CHAT_ARCHITECTURE:
        raise ModelError("llm.architecture", path=path, architecture=file.architecture or "?")
    if not file.vocabulary:
        raise ModelError("llm.no_vocabulary", path=path)
    return _describe(file)


def own_names(file: GgufFile) -> tuple[str, ...]:
    """What a file calls itself, the most telling first."""
    title = file.text("general.name") or ""
    # All first-party repositories use the same file names: there the folder tells more.
    plain_file = file.path.stem.startswith("ggml-model")
    names = (file.path.parent.name, file.path.stem) if plain_file else (file.path.stem,)
    return tuple(name for name in (*names, title, file.path.parent.name) if name)


def _describe(file: GgufFile) -> Description:
    shape, names = shape_of(file), " / ".join(own_names(file))
    base = catalog.names_base_model(names) or file.vocabulary == _BASE_VOCABULARY
    named, warnings = catalog.named_entry(names), list[Warned]()
    entry = None if base else named or _of_shape(file)
    if base:
        warnings.append(Warned("models.warn_base_model"))
    if named and _body(named.shape) != _body(shape):
        warnings.append(Warned("models.warn_shape", {"name": named.title}))
        entry = None
    if file.quantization.startswith(("Q2_K", "IQ1", "IQ2")):
        warnings.append(Warned("models.warn_coarse", {"quantization": file.quantization}))
    warnings.extend(positions(file).notes)
    if entry and entry.remark:
        warnings.append(Warned("models.remark", {"remark": entry.remark}))
    return Description(file, "base" if base else "chat", entry, tuple(warnings))


def _body(shape: Shape) -> tuple[int, ...]:
    # The vocabulary does not count: converters pad it.
    return (shape.layers, shape.hidden, shape.heads, shape.kv_heads, shape.feed_forward)


def _of_shape(file: GgufFile) -> ModelEntry | None:
    """The one chat model of this shape and window, if there is but one."""
    shape, window = shape_of(file), file.count("context_length")
    alike = [e for e in catalog.catalog() if e.shape == shape and e.window == window]
    return alike[0] if len(alike) == 1 else None
