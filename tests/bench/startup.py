"""How long docqa takes to start, against a bare `python -c "import typer, rich"`.

Run as: python -m tests.bench.startup
Against another checkout, command by command in turn: python -m tests.bench.startup PATH
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.processes import Compared, compare, processor_seconds

PEER = (sys.executable, "-c", "import typer, rich")
DOCQA = str(Path(sys.executable).parent / "docqa")
COMMANDS = (
    ("--help",),
    ("--lang", "zh", "--help"),
    ("--version",),
    ("config", "path"),
    ("config", "path", "--help"),
)


WORK = (
    ("--help",),
    ("ask", "--help"),
    ("ask", "住宿标准是多少？", "--no-save"),
    ("search", "住宿标准"),
)


def main() -> None:
    """Print one row per command."""
    if len(sys.argv) > 1:
        against(Path(sys.argv[1]))
        return
    print(f"{'command':<24}{'seconds':>9}{'peer':>9}{'ratio':>8}")
    for arguments in COMMANDS:
        _print(arguments, compare((DOCQA, *arguments), PEER))


def against(other: Path) -> None:
    """The same commands of this checkout and of another, each with a library of its own.

    By processor time, which says the same on a busy machine.
    """
    roots = (Path(__file__).resolve().parents[2], other.resolve())
    with TemporaryDirectory() as folder:
        documents = Path(folder) / "documents"
        documents.mkdir()
        for number in range(30):
            text = f"第{number}条 出差住宿标准为每晚{number}百元。请假须提前三天申请。" * 5
            (documents / f"{number}.txt").write_text(text, encoding="utf-8")
        read = ("ingest", str(documents))
        for number, root in enumerate(roots):
            subprocess.run(_command(root, folder, number, read), check=True, capture_output=True)
        print(f"{'command':<24}{'seconds':>9}{'other':>9}{'ratio':>8}")
        for arguments in (*WORK, read):
            ours, peer = (_command(r, folder, n, arguments) for n, r in enumerate(roots))
            _print(
                arguments[:1] if arguments is read else arguments,
                compare(ours, peer, clock=processor_seconds),
            )


def _command(root: Path, folder: str, number: int, arguments: Sequence[str]) -> tuple[str, ...]:
    """Words alone, so that both sides do the same work whatever embedder is installed."""
    code = (
        f"import os, sys; sys.path.insert(0, {str(root)!r});"
        f" os.environ.update(DOCQA_HOME={f'{folder}/{number}'!r}, DOCQA_EMBEDDING_BACKEND='none');"
        f" from docqa.cli import run; sys.exit(run({list(arguments)!r}))"
    )
    return (sys.executable, "-c", code)


def _print(arguments: Sequence[str], result: Compared) -> None:
    name = " ".join(("docqa", *arguments))
    print(f"{name:<24}{result.ours:>9.3f}{result.peer:>9.3f}{result.ratio:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
