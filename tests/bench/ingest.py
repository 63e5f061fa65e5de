"""How fast files become a library, beside LangChain's usual pipelines, and how it scales.

python -m tests.bench.ingest            2,000 texts and 300 mixed files against the peers
python -m tests.bench.ingest --scale    1,000 to 20,000 small files: time and memory per file

What the peers are, tests/bench/pipelines.py says; they need `pip install -e ".[bench]"`.
"""

import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench import pipelines
from tests.bench.corpus import mixed, small_texts

ROUNDS = 2
TEXTS, MIXED = 2000, 300
SCALE = (1000, 5000, 20_000)


@dataclass(frozen=True, slots=True)
class Measured:
    """A run: its seconds, those of all its processor cores, and the most memory it took."""

    seconds: float
    cpu: float
    """Of all processes together; what others do on the machine hardly matters."""
    whole: float
    """Seconds from the start of the process to its end, imports and all."""
    megabytes: float


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as scratch:
        mixed(Path(scratch) / "warm", 3)
        if "--scale" in sys.argv:
            _scale(Path(scratch))
        else:
            _peers(Path(scratch))


def _peers(scratch: Path) -> None:
    if missing := pipelines.missing():
        raise SystemExit(f"{', '.join(missing)} not found; first run: {pipelines.INSTALL}")
    small_texts(scratch / "texts", TEXTS)
    mixed(scratch / "mixed", MIXED)
    for corpus, count in (("texts", TEXTS), ("mixed", MIXED)):
        results: dict[str, list[Measured]] = {name: [] for name in pipelines.PIPELINES}
        cold: dict[str, Measured] = {}
        for turn in range(ROUNDS):
            # In turn, so that a drifting machine meets all alike.
            for name, runs in results.items():
                store = scratch / f"{corpus}-{name}-{turn}"
                runs.append(_measured(name, store, scratch / corpus, scratch / "warm"))
        for name in results:
            cold[name] = _measured(name, scratch / f"{corpus}-{name}-cold", scratch / corpus)
        best = {name: _best(runs) for name, runs in results.items()}
        ours = best["docqa"].seconds
        print(f"\n{corpus}: {count} files, best of {ROUNDS}; whole: one run, imports and all")
        print(
            f"{'':8} {'files/s':>8} {'seconds':>8} {'cpu s':>6} {'MB':>6} {'docqa is':>9}"
            f" {'whole s':>8} {'docqa is':>9}"
        )
        for name, run in best.items():
            print(
                f"{name:8} {count / run.seconds:8.0f} {run.seconds:8.2f} {run.cpu:6.2f}"
                f" {run.megabytes:6.0f} {run.seconds / ours:8.1f}x {cold[name].whole:8.2f}"
                f" {cold[name].whole / cold['docqa'].whole:8.1f}x"
            )
        library = scratch / f"{corpus}-docqa-0"
        again = min(
            _measured("docqa", library, scratch / corpus, scratch / "warm").seconds
            for _ in range(ROUNDS)
        )
        print(f"unchanged second run: {again:.3f} s, {ours / again:.0f}x faster")


def _scale(scratch: Path) -> None:
    print(
        f"{'files':>7} {'seconds':>8} {'ms/file':>8} {'cpu s':>6} {'MB':>6} {'again s':>8} {'x':>6}"
    )
    for count in SCALE:
        small_texts(scratch / str(count), count)
        library = scratch / f"library-{count}"
        first, again = (
            _measured("docqa", library, scratch / str(count), scratch / "warm") for _ in range(2)
        )
        print(
            f"{count:7} {first.seconds:8.2f} {first.seconds / count * 1000:8.3f}"
            f" {first.cpu:6.2f} {first.megabytes:6.0f} {again.seconds:8.3f}"
            f" {first.seconds / again.seconds:6.0f}"
        )


def _best(runs: list[Measured]) -> Measured:
    return Measured(
        min(run.seconds for run in runs),
        min(run.cpu for run in runs),
        min(run.whole for run in runs),
        max(run.megabytes for run in runs),
    )


def _measured(name: str, store: Path, *folders: Path) -> Measured:
    arguments = [name, *map(str, (store, *folders))]
    command = [sys.executable, "-m", "tests.bench.pipelines", *arguments]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = [0]
        watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watch.start()
        output, _ = process.communicate()
    whole = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{name} failed")
    seconds, cpu = map(float, output.split()[-2:])
    return Measured(seconds, cpu, whole, peak[0] / 1e6)


def _watch(pid: int, peak: list[int]) -> None:
    """Keep the most memory that the process and its children hold at any moment."""
    try:
        process = psutil.Process(pid)
        while True:
            tree = [process, *process.children(recursive=True)]
            peak[0] = max(peak[0], sum(_memory(one) for one in tree))
            time.sleep(0.05)
    except psutil.Error:
        return


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


if __name__ == "__main__":
    main()
