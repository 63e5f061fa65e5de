"""How fast files become a library, beside LangChain's usual pipelines, and how it scales.

python -m tests.bench.ingest            2,000 texts and 300 mixed files against the peers
python -m tests.bench.ingest --scale    1,000 to 20,000 small files: time and memory per file
"""

import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.corpus import mixed, small_texts

ROUNDS = 2
TEXTS, MIXED = 2000, 300
SCALE = (1000, 5000, 20_000)


@dataclass(frozen=True, slots=True)
class Measured:
    """A run: its seconds, those of all its processor cores, and the most memory it took."""

    seconds: float
    cpu: float
    """With imports, of all processes together; what others do on the machine hardly matters."""
    megabytes: float


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as scratch:
        if "--scale" in sys.argv:
            _scale(Path(scratch))
        else:
            _peers(Path(scratch))


def _peers(scratch: Path) -> None:
    small_texts(scratch / "texts", TEXTS)
    mixed(scratch / "mixed", MIXED)
    for corpus, count in (("texts", TEXTS), ("mixed", MIXED)):
        results: dict[str, list[Measured]] = {"docqa": [], "faiss": [], "chroma": []}
        for turn in range(ROUNDS):
            # In turn, so that a drifting machine meets all alike.
            for name, runs in results.items():
                store = scratch / f"{corpus}-{name}-{turn}"
                runs.append(_measured(name, scratch / corpus, store))
        best = {name: _best(runs) for name, runs in results.items()}
        ours = best["docqa"].seconds
        print(f"\n{corpus}: {count} files, best of {ROUNDS}")
        print(f"{'':8} {'files/s':>8} {'seconds':>8} {'cpu s':>6} {'MB':>6} {'docqa is':>9}")
        for name, run in best.items():
            ratio = f"{run.seconds / ours:.1f}x"
            speed = count / run.seconds
            print(
                f"{name:8} {speed:8.0f} {run.seconds:8.2f} {run.cpu:6.2f} {run.megabytes:6.0f}"
                f" {ratio:>9}"
            )
        library = scratch / f"{corpus}-docqa-0"
        again = min(_measured("docqa", scratch / corpus, library).seconds for _ in range(ROUNDS))
        print(f"unchanged second run: {again:.3f} s, {ours / again:.0f}x faster")


def _scale(scratch: Path) -> None:
    print(
        f"{'files':>7} {'seconds':>8} {'ms/file':>8} {'cpu s':>6} {'MB':>6} {'again s':>8} {'x':>6}"
    )
    for count in SCALE:
        small_texts(scratch / str(count), count)
        library = scratch / f"library-{count}"
        first = _measured("docqa", scratch / str(count), library)
        again = _measured("docqa", scratch / str(count), library)
        print(
            f"{count:7} {first.seconds:8.2f} {first.seconds / count * 1000:8.3f}"
            f" {first.cpu:6.2f} {first.megabytes:6.0f} {again.seconds:8.3f}"
            f" {first.seconds / again.seconds:6.0f}"
        )


def _best(runs: list[Measured]) -> Measured:
    return Measured(
        min(run.seconds for run in runs),
        min(run.cpu for run in runs),
        max(run.megabytes for run in runs),
    )


def _measured(name: str, folder: Path, store: Path) -> Measured:
    command = [sys.executable, "-m", "tests.bench.pipelines", name, str(folder), str(store)]
    before = _children_cpu()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = [0]
        watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watch.start()
        output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{name} failed")
    return Measured(float(output.split()[-1]), _children_cpu() - before, peak[0] / 1e6)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
