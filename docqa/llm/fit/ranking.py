"""Which model of the catalog suits this machine best: how well it answers, how soon it begins."""

import math
import statistics
from collections.abc import Sequence

from msgspec import Struct

from docqa.catalog import ModelEntry, catalog, list_installed
from docqa.errors import DoesNotFit
from docqa.llm.fit import measured_speed
from docqa.llm.fit.footprint import of_entry
from docqa.llm.fit.machine import Machine
from docqa.llm.fit.plan import LoadChoice, Wish, choose
from docqa.sizes import GIB

# Tokens of a usual question with its passages.
PROMPT = 800
# GiB of weights that one core reads a second while it reads a prompt, where nothing was measured:
# 1.0 GiB at 105 tokens a second on two cores (1.5B, Q4_K_M). A GPU reads many times faster.
_GIB_A_SECOND = 54.0
_GPU_FACTOR = 20.0
# Tokens of a usual thought, set by hand; writing was ten times slower than reading there.
_THOUGHT, _SLOWER = 300, 10
# Set by hand: a family of the next year answers like one of twice the size before.
_FIRST_YEAR = 2023
_YEARS = {1: 2023, 2: 2023, 3: 2024}


class Ranked(Struct, frozen=True):
    """One model as it would do here."""

    entry: ModelEntry
    quantization: str
    choice: LoadChoice | None
    """None where it does not fit."""
    first_word: float
    """Seconds to the first word, estimated."""
    quality: float
    """How well it answers beside the others: an estimate from its size and its year."""


def rank(here: Machine, wish: Wish, quantization: str, patience: float) -> list[Ranked]:
    """Models that can be fetched, the best first.

    Those that fit and keep within the user's patience come first, by quality; then those that make
    one wait, the soonest first; then those that do not fit.
    """
    pace = reading_pace(here)
    ranked = [
        _place(entry, here, wish, quantization, pace) for entry in catalog() if entry.huggingface
    ]
    return sorted(ranked, key=lambda one: _order(one, patience))


def recommend(ranked: Sequence[Ranked]) -> Ranked | None:
    """The one to take of models in their order; None where none fits."""
    return ranked[0] if ranked and ranked[0].choice else None


def reading_pace(here: Machine) -> float:
    """GiB of weights a second, from what was measured here; else the usual pace of its cores."""
    known = measured_speed.speeds_by_name()
    paces = [
        record.size / GIB * known[record.name]
        for record in list_installed()
        if record.kind == "chat" and record.name in known
    ]
    return statistics.median(paces) if paces else _GIB_A_SECOND * here.cores


def _place(entry: ModelEntry, here: Machine, wish: Wish, quantization: str, pace: float) -> Ranked:
    known = quantization if quantization in entry.quantizations else "Q4_K"
    gib = entry.quantizations[known].gib
    seconds = PROMPT * gib / pace + (_THOUGHT * gib / (pace / _SLOWER) if entry.thinks else 0.0)
    try:
        choice = choose(of_entry(entry, known), here, wish, name=entry.name)
    except DoesNotFit:
        return Ranked(entry, known, None, seconds, _quality(entry))
    if choice.load.gpu_layers == choice.layers:
        seconds /= _GPU_FACTOR
    return Ranked(entry, known, choice, seconds, _quality(entry))


def _quality(entry: ModelEntry) -> float:
    year = entry.released or _YEARS[entry.generation]
    return round(math.log2(entry.parameters / 1e9) + year - _FIRST_YEAR, 2)


def _order(one: Ranked, patience: float) -> tuple[int, float]:
    if one.choice is None:
        return 2, -one.quality
    if one.first_word <= patience:
        return 0, -one.quality
    return 1, one.first_word
