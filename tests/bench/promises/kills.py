"""Kills docqa at random moments of all that it writes, and looks at what is left.

    python -m tests.bench.promises.kills --kills 500 [--only session chat] [--seed 1]

Every kill takes a command and all that it started by SIGKILL. Then: the library opens, its
checksums hold, its sessions can be read; and the command run once more leaves what an undisturbed
run leaves: the same documents, texts and passages.
"""

import argparse
import os
import pty
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from docqa.stores.lexical.index import LexicalIndex
from docqa.stores.records.integrity import faults
from docqa.stores.records.library import Library
from docqa.stores.sessions import Sessions
from tests.support.tiny_gguf import Shape, write_gguf

_FILES = 60
_QUESTION = "第七号合同的租金是多少？"
_PATIENCE = 300
# What a library holds, as bytes; ids of rows do not count, since a run that is repeated has others.
_HELD = (
    "SELECT shown, sha256, d.characters, d.passages FROM paths LEFT JOIN documents AS d"
    " ON d.id = document_id ORDER BY shown",
    "SELECT shown, piece, text FROM texts JOIN paths USING (document_id) ORDER BY shown, piece",
    'SELECT shown, ordinal, start, "end" FROM passages JOIN paths USING (document_id)'
    " ORDER BY shown, ordinal",
)


@dataclass
class Bench:
    """Where all happens: a home that is copied anew for every kill, and the documents."""

    root: Path
    home: Path = field(init=False)
    base: Path = field(init=False)
    documents: Path = field(init=False)
    model: Path = field(init=False)

    def __post_init__(self) -> None:
        self.home, self.base = self.root / "home", self.root / "base"
        self.documents = self.root / "documents"
        self.model = write_gguf(self.root / "tiny.gguf", Shape())

    @property
    def library(self) -> Path:
        """The library in use."""
        return self.home / "libraries" / "default"

    def environment(self) -> dict[str, str]:
        """How docqa is run here."""
        return os.environ | {
            # Its child processes are to run this very checkout, too.
            "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
            "DOCQA_HOME": str(self.home),
            "DOCQA_LANG": "en",
            "DOCQA_MODEL_THREADS": "1",
            "DOCQA_MODEL_MAX_TOKENS": "8",
            "DOCQA_EMBEDDING_BACKEND": "none",
        }

    def write(self, edition: int, files: int) -> None:
        """The documents of an edition: some are changed, some are gone."""
        shutil.rmtree(self.documents, ignore_errors=True)
        self.documents.mkdir()
        for number in range(files):
            if edition and number % 5 == 0:
                continue
            version = edition if number % 2 else 0
            lines = (f"第{number}号合同第{n}条，租金{n + version}元。\n" for n in range(60))
            (self.documents / f"{number}.txt").write_text("".join(lines), encoding="utf-8")

    def run(self, command: list[str], **more: str) -> None:
        """Run a command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "docqa", *command],
            env=self.environment() | more, capture_output=True, text=True, timeout=_PATIENCE,
        )  # fmt: skip
        if done.returncode not in (0, 3):
            raise AssertionError(f"{command}: {done.returncode} {done.stdout}{done.stderr}")


@dataclass(frozen=True)
class Scenario:
    """Something that writes: how the home is prepared, what is run and killed."""

    command: Callable[[Bench], list[str]]
    prepare: tuple[str, ...] = ("ingest",)
    edition: int = 0
    files: int = _FILES
    variables: tuple[tuple[str, str], ...] = ()
    in_terminal: bool = False


def _ingest(bench: Bench) -> list[str]:
    return ["ingest", str(bench.documents), "--prune"]


def _read(bench: Bench) -> list[str]:
    return ["read", "7.txt", "-m", str(bench.model)]


_EMBED = (("DOCQA_EMBEDDING_BACKEND", "packaged"),)
SCENARIOS = {
    "ingest": Scenario(_ingest, prepare=()),
    "churn": Scenario(_ingest, edition=1),
    "rm": Scenario(lambda bench: ["rm", "1*.txt"]),
    "reindex": Scenario(lambda bench: ["reindex"]),
    "session": Scenario(lambda bench: ["ask", _QUESTION]),
    "read": Scenario(_read),
    "drop": Scenario(lambda bench: ["read", "--drop", "all"], prepare=("ingest", "read")),
    "embed": Scenario(lambda bench: ["reindex", "--embed"], files=3, variables=_EMBED),
    "faiss": Scenario(
        lambda bench: ["reindex", "--embed"],
        files=3,
        variables=(*_EMBED, ("DOCQA_EMBEDDING_STORE", "faiss")),
    ),
    "chat": Scenario(lambda bench: ["chat"], in_terminal=True),
}


def prepare(bench: Bench, scenario: Scenario) -> None:
    """Make the home that every kill of this scenario starts from."""
    shutil.rmtree(bench.home, ignore_errors=True)
    bench.write(0, scenario.files)
    for step in scenario.prepare:
        bench.run(_ingest(bench) if step == "ingest" else _read(bench))
    shutil.rmtree(bench.base, ignore_errors=True)
    bench.home.mkdir(exist_ok=True)
    bench.home.rename(bench.base)
    bench.write(scenario.edition, scenario.files)


def start_over(bench: Bench) -> None:
    """The home as it was prepared."""
    shutil.rmtree(bench.home, ignore_errors=True)
    shutil.copytree(bench.base, bench.home)


def run_and_kill(bench: Bench, scenario: Scenario, seconds: float) -> None:
    """Start the command and kill it, with all it started, after so long."""
    command = [sys.executable, "-m", "docqa", *scenario.command(bench)]
    environment = bench.environment() | dict(scenario.variables)
    with _Output(in_terminal=scenario.in_terminal) as streams:
        process = subprocess.Popen(
            command, env=environment, start_new_session=True, **streams.options
        )
        deadline = time.monotonic() + seconds
        if scenario.in_terminal:
            time.sleep(min(seconds / 2, 2.5))
            streams.type(f"{_QUESTION}\r")
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(deadline - time.monotonic(), 0))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class _Output:
    """Where a command writes: nowhere, or a terminal that somebody reads."""

    def __init__(self, *, in_terminal: bool) -> None:
        self._master: int | None = None
        self.options: dict[str, int] = {
            name: subprocess.DEVNULL for name in ("stdin", "stdout", "stderr")
        }
        if in_terminal:
            self._master, self._terminal = pty.openpty()
            self.options = dict.fromkeys(self.options, self._terminal)
            threading.Thread(target=self._drain, daemon=True).start()

    def __enter__(self) -> "_Output":
        return self

    def __exit__(self, *_: object) -> None:
        if self._master is not None:
            os.close(self._terminal)

    def type(self, text: str) -> None:
        """Press these keys."""
        if self._master is not None:
            os.write(self._master, text.encode())

    def _drain(self) -> None:
        assert self._master is not None
        with suppress(OSError):
            while os.read(self._master, 1 << 16):
                pass
        os.close(self._master)


def held(bench: Bench) -> list[list[tuple[object, ...]]]:
    """Everything that the library holds."""
    with Library.open(bench.library) as library:
        return [library.connection.execute(query).fetchall() for query in _HELD]


def broken(bench: Bench) -> Iterator[str]:
    """What is wrong with the library as a kill has left it."""
    if not (bench.library / "library.sqlite").exists():
        return
    with Library.open(bench.library) as library:
        yield from (f"{message}: {fact}" for message, fact in faults(library))
        sessions = Sessions(library.connection)
        for info in sessions.list_all():
            if lost := sessions.unreadable(info.id):
                yield f"turns {lost} of {info.id}"
            sessions.turns(info.id)
        with LexicalIndex.open(library) as index:
            yield from index.faults()
            (passages,) = library.connection.execute("SELECT count(*) FROM passages").fetchone()
            if index.size != passages:
                yield f"{index.size} passages indexed of {passages}"


def try_kills(bench: Bench, name: str, kills: int, chance: random.Random) -> list[str]:
    """Kill one scenario so often; what was not as it should be."""
    scenario = SCENARIOS[name]
    prepare(bench, scenario)
    start_over(bench)
    began = time.monotonic()
    if scenario.in_terminal:
        seconds, wanted = 8.0, held(bench)
    else:
        bench.run(scenario.command(bench), **dict(scenario.variables))
        seconds, wanted = time.monotonic() - began, held(bench)
    found = []
    for kill in range(kills):
        start_over(bench)
        moment = chance.uniform(0.05, seconds)
        run_and_kill(bench, scenario, moment)
        try:
            wrong = list(broken(bench))
            if not scenario.in_terminal:
                with suppress(AssertionError if name in ("rm", "drop") else ()):  # gone already
                    bench.run(scenario.command(bench), **dict(scenario.variables))
            wrong += [] if held(bench) == wanted else ["another end state"]
            wrong += list(broken(bench))
        except Exception as error:
            wrong = [repr(error)[:500]]
        if wrong:
            found.append(f"{name} {kill} at {moment:.3f} s: {'; '.join(wrong)}")
            print(found[-1], flush=True)
    return found


def main() -> None:
    """Print a line for every scenario, then the sum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--only", nargs="*", default=list(SCENARIOS), choices=list(SCENARIOS))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    share, rest = divmod(options.kills, len(options.only))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="docqa-kills-") as folder:
        for number, name in enumerate(options.only):
            (root := Path(folder) / name).mkdir()
            kills = share + (number < rest)
            found = try_kills(Bench(root), name, kills, chance)
            failed += len(found)
            print(f"{name}: {kills} kills, {kills - len(found)} as undisturbed", flush=True)
    print(f"in all: {options.kills} kills, {options.kills - failed} as undisturbed")
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
