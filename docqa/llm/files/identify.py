"""Says what a GGUF file is: its kind, its entry in the catalog, and what to beware of."""

from pathlib import Path

from msgspec import Struct

from docqa import catalog
from docqa.catalog import EmbedderEntry, Kind, ModelEntry, ModelShape
from docqa.llm.files.gguf import GgufFile, read_metadata
from docqa.llm.files.kind import kind_of, own_names
from docqa.llm.fit.footprint import shape_of
from docqa.llm.llama.rope import positions
from docqa.types import Warned


class Description(Struct, frozen=True):
    """What a model file is."""

    file: GgufFile
    kind: Kind
    entry: ModelEntry | EmbedderEntry | None
    warnings: tuple[Warned, ...] = ()

    @property
    def name(self) -> str:
        """What to call the file: the catalog's name and the quantization, else its own name."""
        if self.entry is None:
            return catalog.plain(own_names(self.file)[0])
        return catalog.plain(f"{self.entry.name} {self.file.quantization}")

    @property
    def window(self) -> int:
        """Tokens that the model can take, stretched as the file or its name says; 0 if unsaid."""
        stated = self.file.number(f"{self.file.architecture}.context_length")
        answers = self.kind in ("chat", "base")
        return positions(self.file).window if answers else int(stated or 0)


def identify(path: Path) -> Description:
    """Describe a model file; ModelError where docqa cannot use it."""
    file = read_metadata(path)
    kind = kind_of(file)
    if kind == "embedding":
        return Description(file, kind, catalog.find_embedder(" ".join(own_names(file))))
    if kind == "reranking":
        return Description(file, kind, None)
    return _describe(file, base=kind == "base")


def _describe(file: GgufFile, *, base: bool) -> Description:
    shape, names = shape_of(file), " / ".join(own_names(file))
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


def _body(shape: ModelShape) -> tuple[int, ...]:
    # The vocabulary does not count: converters pad it.
    return (shape.layers, shape.hidden, shape.heads, shape.kv_heads, shape.feed_forward)


def _of_shape(file: GgufFile) -> ModelEntry | None:
    """The one Chinese-Alpaca of this shape and window, if there is but one.

    Its files often have no name. A model of another family shares its shape with all that was
    trained from it, which may have another name and another licence.
    """
    shape, window = shape_of(file), file.count("context_length")
    alike = [e for e in catalog.catalog() if e.generation and e.shape == shape]
    alike = [e for e in alike if e.window == window]
    return alike[0] if len(alike) == 1 else None
