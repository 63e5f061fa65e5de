"""Times whole processes, two commands in turn, so that a drifting machine meets both alike."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
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
    clock: Callable[[], float] = time.perf_counter,
) -> Compared:
    """Run both commands in turn after one warm-up each."""
    pairs = [
        (_seconds(ours, environment, clock), _seconds(peer, environment, clock))
        for _ in range(runs + 1)
    ]
    mine, other = zip(*pairs[1:], strict=True)
    ratios = [a / b for a, b in pairs[1:]]
    return Compared(*(statistics.median(values) for values in (mine, other, ratios)))


def processor_seconds() -> float:
    """A clock of the work of all processes that were started and have ended."""
    # Imported here: Windows has no such module.
    import resource

    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _seconds(
    command: Sequence[str], environment: Mapping[str, str] | None, clock: Callable[[], float]
) -> float:
    begun = clock()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return clock() - begun
