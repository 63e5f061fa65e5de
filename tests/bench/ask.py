"""Whole-process time of `docqa ask` (quotes, 10,000 passages) against `import typer, rich`.

python -m tests.bench.ask [PASSAGES]
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.stores.lexical.index import LexicalIndex
from docqa.stores.records.library import Library
from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, Section
from tests.bench.processes import compare
from tests.bench.refusal import paragraphs
from tests.support.outside import DATA

PEER = (sys.executable, "-c", "import typer, rich")
DOCQA = str(Path(sys.executable).parent / "docqa")
SHOWN = 14


def fill(folder: Path, passages: int) -> str:
    """A library of real paragraphs, numbered to differ; one question that it answers."""
    rows = [row for row in paragraphs(DATA / "drcd_dev.json") if row[1]]
    with Library.open(folder / "libraries" / "default", create=True) as library:
        with library.write_lock():
            n = 0
            while library.counts().passages < passages:
                text = f"{n} {rows[n % len(rows)][0]}"
                read = Extract(text, (Section(0, len(text), BlockKind.PARAGRAPH, None, ()),))
                library.add_document(f"{n}.txt", read, split(read, 300))
                n += 1
        LexicalIndex.open(library).close()
        print(library.counts())
    return rows[0][1][0]


def main(passages: int) -> None:
    with TemporaryDirectory() as home:
        question = fill(Path(home), passages)
        environment = {**os.environ, "DOCQA_HOME": home}
        command = (DOCQA, "ask", question, "--no-stdin")
        result = compare(command, PEER, environment=environment)
        print(f"docqa ask {result.ours:.3f} s, peer {result.peer:.3f} s, ratio {result.ratio:.2f}")
        told = subprocess.run(
            (sys.executable, "-X", "importtime", DOCQA, *command[1:]),
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    rows = [line.split("|") for line in told.stderr.splitlines() if line.startswith("import time:")]
    timed = [(int(row[0].split(":")[1]), row[2].strip()) for row in rows[1:]]
    for microseconds, name in sorted(timed, reverse=True)[:SHOWN]:
        print(f"  {microseconds / 1000:6.1f} ms  {name}")
    print(f"  {sum(row[0] for row in timed) / 1000:6.1f} ms  all imports")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
