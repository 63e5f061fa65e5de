"""The table of the search bench: what was timed, line by line."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_COLUMNS = ("build s", "open ms", "p50 ms", "p95 ms", "B/B text", "recall")


@dataclass(frozen=True)
class Row:
    """An engine at a size; what does not apply or was not measured is left out."""

    passages: int
    engine: str
    times: Sequence[float]
    built: float | None = None
    opened: float | None = None
    share: float | None = None
    recall: float | None = None


def head() -> None:
    print(f"{'passages':>9}  {'engine':24}" + "".join(f"{name:>9}" for name in _COLUMNS))


def show(row: Row) -> None:
    p95 = statistics.quantiles(row.times, n=20)[-1]
    opened = None if row.opened is None else row.opened * 1000
    cells = [row.built, opened, statistics.median(row.times), p95, row.share, row.recall]
    columns = "".join(f"{cell:9.2f}" if cell is not None else f"{'':9}" for cell in cells)
    print(f"{row.passages:9,}  {row.engine:24}{columns}", flush=True)


def timed(search: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """Milliseconds of each question, after a few that warm up."""
    for question in asked[:10]:
        search(question)
    times = []
    for question in asked:
        began = time.perf_counter()
        search(question)
        times.append(1000 * (time.perf_counter() - began))
    return times
