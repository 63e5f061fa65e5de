"""How positions are encoded (RoPE): what the file says, what its name says, and what must be added.

llama.cpp takes a long model without scaling keys for a short one, silently; and YaRN without its
original window for another function. Here both are seen, mended and said.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from docqa.errors import SettingError
from docqa.llm.files.gguf import GgufFile
from docqa.llm.fit.footprint import shape_of
from docqa.types import Warned

# llama.cpp's numbers of the scaling types.
LINEAR, YARN = 1, 2
_BASE = 10000.0
_ORIGINAL = 4096
_SIZES = {16: 16384, 64: 65536}
_NAMED = re.compile(r"(?<![0-9a-z])(16|64)k(?![0-9a-z])", re.IGNORECASE)


class Positions(Struct, frozen=True):
    """The longest window whose positions are right, and the constructor options that make it so."""

    window: int
    options: Mapping[str, float | int]
    notes: tuple[Warned, ...] = ()


class _Keys(Struct, frozen=True):
    """What a file says about its positions."""

    window: int
    base: float
    scaling: str
    factor: float
    original: int
    head: int

    @property
    def scaled(self) -> bool:
        """Whether the file says how its window was stretched."""
        return self.factor > 1 and self.scaling != "none"

    @property
    def unscaled_llama2(self) -> bool:
        """Whether it has Llama 2's own positions, good for 4,096 tokens."""
        return not self.scaled and self.base == _BASE


def positions(file: GgufFile, ntk: float = 1.0) -> Positions:
    """Work out the RoPE options of a model file; `ntk` is the factor of an NTK extension."""
    keys = _keys(file)
    # Only Llama's own converters were known to leave these keys out.
    is_llama = file.architecture == "llama"
    named = _named_window(file) if is_llama else None
    notes: list[Warned] = []
    options: dict[str, float | int] = {}
    window = keys.window
    if named and named != window:
        notes.append(_note("llm.note_window_differs", named=named, stated=window))
    if keys.scaled and keys.scaling == "yarn" and not keys.original:
        options["yarn_orig_ctx"] = round(window / keys.factor)
        notes.append(_note("llm.note_yarn_original", original=options["yarn_orig_ctx"]))
    elif is_llama and (wanted := named or window) in _SIZES.values() and keys.unscaled_llama2:
        window, options = wanted, _stretch(wanted)
        factor = window // _ORIGINAL
        notes.append(_note("llm.note_rope_supplied", window=window, factor=factor))
    yarn = keys.scaling == "yarn" or options.get("rope_scaling_type") == YARN
    if ntk > 1:
        if yarn:
            raise SettingError("llm.ntk_with_yarn", window=window)
        options["rope_freq_base"] = keys.base * ntk ** (keys.head / (keys.head - 2))
        window = round((ntk + 1) * window / 2)
        notes.append(_note("llm.note_ntk", factor=ntk, window=window))
    return Positions(window, options, tuple(notes))


def _stretch(window: int) -> dict[str, float | int]:
    scale = _ORIGINAL / window
    if window == _SIZES[64]:
        return {
            "rope_scaling_type": YARN,
            "rope_freq_scale": scale,
            "yarn_orig_ctx": _ORIGINAL,
        }
    return {"rope_scaling_type": LINEAR, "rope_freq_scale": scale}


def _keys(file: GgufFile) -> _Keys:
    prefix = f"{file.architecture}.rope"
    factor = file.number(f"{prefix}.scaling.factor") or file.number(f"{prefix}.scale_linear")
    return _Keys(
        window=file.count("context_length"),
        base=file.number(f"{prefix}.freq_base") or _BASE,
        scaling=file.text(f"{prefix}.scaling.type") or "linear",
        factor=factor or 1.0,
        original=int(file.number(f"{prefix}.scaling.original_context_length") or 0),
        head=shape_of(file).head_size,
    )


def _named_window(file: GgufFile) -> int | None:
    # All of the publisher's repositories use the same file names, so the folder counts too.
    texts = (file.path.stem, file.path.parent.name, file.text("general.name") or "")
    found = next((match for text in texts if (match := _NAMED.search(text))), None)
    return _SIZES[int(found.group(1))] if found else None


def _note(message: str, **facts: object) -> Warned:
    return Warned(message, facts)
