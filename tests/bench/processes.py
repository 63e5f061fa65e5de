"""Times whole processes, two commands in turn, so that a drifting machine meets both alike."""

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """Medians in seconds of two commands, and the median of their ratio pair by pair."""

    ours: float
    peer: float
    ratio: float


def compare(
    ours: Sequence[str],
    peer: Sequence[str],
    runs: int = 15,
    environment: Mapping[str, str] | None = None,
) -> Compared:
    """Run both commands in turn after one warm-up each."""
    pairs = [(_seconds(ours, environment), _seconds(peer, environment)) for _ in range(runs + 1)]
    mine, other = zip(*pairs[1:], strict=True)
    ratios = [a / b for a, b in pairs[1:]]
    return Compared(*(statistics.median(values) for values in (mine, other, ratios)))


def _seconds(command: Sequence[str], environment: Mapping[str, str] | None) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - begun
