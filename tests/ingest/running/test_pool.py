"""Workers: a file that hangs, swells or kills its process fails alone; nothing opens a socket."""

import os
import subprocess
import sys
import textwrap
import time

import pytest

from ingest.running import pool as pool_module
from ingest.running.pool import Pool
from ingest.running.worker_protocol import WorkOptions, work_file
from ingest.types import ReadOptions

OPTIONS = WorkOptions(ReadOptions(), 300, 0)

# A worker whose parser misbehaves by the name of the file.
WORKER = """
    import os, socket, sys, time
    from pathlib import Path
    from ingest.running import worker
    read = worker.read_source
    def misbehave(source):
        name = source.path.stem
        if name == "hang":
            time.sleep(600)
        if name == "crash":
            os.abort()
        if name == "swell":
            hoard = [bytearray(1 << 20) for _ in range(600)]
            time.sleep(600)
        if name == "call":
            socket.create_connection(("192.0.2.1", 80))
        if name == "raise":
            raise ZeroDivisionError("坏")
        if name == "print":
            print("噪音" * 10000)
            os.write(1, b"noise")
        return read(source)
    worker.read_source = misbehave
    worker.main()
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Read files of these names with the misbehaving parser; outcomes by name."""
    popen = subprocess.Popen
    script = textwrap.dedent(WORKER)

    def start(command, **options):
        return popen([sys.executable, "-c", script], **options)

    def run(names, seconds=60.0, megabytes=4096, jobs=1):
        files = []
        for number, name in enumerate(names):
            path = tmp_path / f"{name}.txt"
            path.write_text(f"{name}，第{number}份。", encoding="utf-8")
            files.append(work_file(number, str(path), ()))
        pool = Pool(OPTIONS, jobs, seconds, megabytes << 20)
        outcomes = []
        try:
            pool.give(files)
            while not pool.idle:
                outcomes += pool.outcomes(0.1)
        finally:
            pool.close()
        assert sorted(o.number for o in outcomes) == list(range(len(names)))
        return {names[o.number]: o for o in outcomes}

    monkeypatch.setattr(pool_module.subprocess, "Popen", start)
    return run


@pytest.mark.parametrize(
    ("name", "reason"),
    [("hang", "time_limit"), ("crash", "worker_crashed"), ("raise", "parser_failed")],
)
def test_only_the_guilty_file_fails(run, name, reason):
    outcomes = run(["甲", "乙", name, "丙", "丁"], seconds=2.0)
    assert {n: o.reason for n, o in outcomes.items() if o.reason} == {name: reason}
    assert all(outcomes[n].document.text.startswith(n) for n in "甲乙丙丁")


def test_a_file_that_takes_too_much_memory_fails(run):
    assert run(["甲", "swell"], megabytes=300)["swell"].reason == "memory_limit"


def test_a_parser_cannot_reach_the_network(run):
    outcome = run(["call"])["call"]
    assert outcome.reason == "parser_failed"
    assert "may not use the network" in outcome.facts["error"]


def test_what_parsers_print_disturbs_nothing(run):
    assert run(["print", "甲"])["print"].reason is None


def test_several_killers_in_one_batch_are_each_found(run):
    outcomes = run(["甲", "crash", "乙", "raise", "丙"], jobs=2)
    assert sorted(n for n, o in outcomes.items() if o.reason) == ["crash", "raise"]


def test_workers_end_when_the_run_is_gone(tmp_path):
    script = """
        import sys, time
        from ingest.running.worker_protocol import WorkOptions, work_file
        from ingest.running.pool import Pool
        from ingest.types import ReadOptions
        pool = Pool(WorkOptions(ReadOptions(), 300, 0), 1, 60, 1 << 32)
        pool.give([work_file(1, sys.argv[1], ())])
        while not pool.outcomes(0.1): pass
        print(pool._workers[0].process.pid, flush=True)
        time.sleep(600)
    """
    (tmp_path / "甲.txt").write_text("内容", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "甲.txt")],
        stdout=subprocess.PIPE,
    ) as run:
        worker = int(run.stdout.readline())
        run.kill()
    deadline = time.monotonic() + 30
    while _lives(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(worker)


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
        return file.read().rpartition(")")[2].split()[0] != "Z"
