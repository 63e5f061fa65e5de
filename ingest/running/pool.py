"""Worker processes that read files, each watched for its time and memory."""

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

import msgspec

from ingest.errors import IngestError
from ingest.running.worker_protocol import (
    FileOutcome,
    WorkFile,
    WorkOptions,
    decode_outcomes,
    encode_files,
    read_frame,
    write_frame,
)

Batch = Sequence[WorkFile]
# One batch at work and one waiting, so that a worker never waits for the next.
_BATCHES_AHEAD = 2
_WATCH_SECONDS = 0.25
# Modules make no garbage, and texts little: looking for it after every 700 new objects, as Python
# does by itself, takes a seventh of the time of reading them.
_PROGRAM = "import gc; gc.set_threshold(50_000); from ingest.running.worker import main; main()"


class _Worker:
    """One process and the batches it was given."""

    def __init__(self, options: WorkOptions, inbox: "SimpleQueue[_Message]") -> None:
        package_home = str(Path(__file__).resolve().parents[2])
        # -P: a file named like a module, in the folder the user is in, must not be run.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": package_home, "OMP_NUM_THREADS": "1"},
        )
        assert self.process.stdin and self.process.stdout
        self._requests: IO[bytes] = self.process.stdin
        self.batches: deque[list[WorkFile]] = deque()
        self.since = time.monotonic()
        self.ready = False
        self.fault = "worker_crashed"
        self._listener = Thread(
            target=_listen, args=(self, self.process.stdout, inbox), daemon=True
        )
        self._listener.start()
        self._send(msgspec.msgpack.encode(options))

    def give(self, batch: Batch) -> None:
        """Have a batch read after those given before."""
        if not self.batches:
            self.since = time.monotonic()
        self.batches.append(list(batch))
        self._send(encode_files(tuple(batch)))

    def end(self, fault: str = "") -> None:
        """Stop the process, now."""
        self.fault = fault or self.fault
        self.process.kill()

    def settle(self) -> None:
        """Let go of a process that has ended."""
        self.process.wait()
        if self._listener.is_alive():
            self._listener.join()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                _close(stream)

    def _send(self, content: bytes) -> None:
        try:
            write_frame(self._requests, content)
        except OSError:
            # It has died; its listener will say so.
            return


_Message = tuple[_Worker, tuple[FileOutcome, ...] | None]


class Pool:
    """Gives files to workers and collects outcomes; a file that kills its worker fails alone."""

    def __init__(self, options: WorkOptions, jobs: int, seconds: float, memory: int) -> None:
        """Start no process yet; `seconds` and `memory` (bytes) are the limits of one file."""
        self._options = options
        self._jobs = jobs
        self._seconds = seconds
        self._memory = memory
        self._workers: list[_Worker] = []
        self._inbox: SimpleQueue[_Message] = SimpleQueue()
        self._again: deque[Batch] = deque()
        self._watched = time.monotonic()

    @property
    def wants_more(self) -> bool:
        """Whether a batch given now would keep somebody from idling."""
        return not self._again and (len(self._workers) < self._jobs or self._freest() is not None)

    @property
    def idle(self) -> bool:
        """Whether every file has its outcome."""
        return not self._again and not any(worker.batches for worker in self._workers)

    @property
    def at_work(self) -> WorkFile | None:
        """The file that has been read for longest, as far as is known."""
        busy = [worker for worker in self._workers if worker.batches]
        return min(busy, key=lambda worker: worker.since).batches[0][0] if busy else None

    def give(self, batch: Batch) -> None:
        """Have these files read; call while `wants_more`."""
        worker = self._freest()
        if (worker is None or worker.batches) and len(self._workers) < self._jobs:
            worker = _Worker(self._options, self._inbox)
            self._workers.append(worker)
        if worker is None:
            self._again.append(batch)
        else:
            worker.give(batch)

    def outcomes(self, timeout: float) -> list[FileOutcome]:
        """Outcomes that came in; waits for the first of them at most this long."""
        self._watch()
        try:
            worker, message = self._inbox.get(timeout=timeout)
        except Empty:
            return []
        found = self._drop_worker(worker) if message is None else self._receive(worker, message)
        while self._again and self._has_room():
            self.give(self._again.popleft())
        return found

    def close(self) -> None:
        """End every process; what was at work is dropped."""
        for worker in self._workers:
            worker.end()
        for worker in self._workers:
            worker.settle()
        self._workers.clear()

    def _freest(self) -> _Worker | None:
        free = [worker for worker in self._workers if len(worker.batches) < _BATCHES_AHEAD]
        return min(free, key=lambda worker: len(worker.batches), default=None)

    def _has_room(self) -> bool:
        return len(self._workers) < self._jobs or self._freest() is not None

    def _receive(self, worker: _Worker, message: tuple[FileOutcome, ...]) -> list[FileOutcome]:
        worker.ready = True
        worker.since = time.monotonic()
        if worker.batches:
            # Outcomes come in the order of the batch.
            del worker.batches[0][: len(message)]
            if not worker.batches[0]:
                worker.batches.popleft()
        return list(message)

    def _drop_worker(self, worker: _Worker) -> list[FileOutcome]:
        worker.settle()
        self._workers.remove(worker)
        if not worker.ready:
            raise IngestError("worker_start")
        if not worker.batches:
            return []
        suspects, *waiting = worker.batches
        self._again.extend(waiting)
        if len(suspects) == 1:
            return [FileOutcome(suspects[0].number, reason=worker.fault, facts=self._limits())]
        # Any of them may be to blame: each is read alone.
        self._again.extend([file] for file in suspects)
        return []

    def _limits(self) -> dict[str, object]:
        return {"seconds": self._seconds, "megabytes": self._memory >> 20}

    def _watch(self) -> None:
        now = time.monotonic()
        if now - self._watched < _WATCH_SECONDS:
            return
        self._watched = now
        for worker in self._workers:
            if worker.batches and worker.ready and now - worker.since > self._seconds:
                worker.end("time_limit")
            elif _memory_of(worker.process.pid) > self._memory:
                worker.end("memory_limit")


def _listen(worker: _Worker, answers: IO[bytes], inbox: "SimpleQueue[_Message]") -> None:
    try:
        while (content := read_frame(answers)) is not None:
            inbox.put((worker, decode_outcomes(content)))
    except msgspec.MsgspecError:
        # A parser broke the process from within; what it says is worth nothing now.
        worker.end()
    inbox.put((worker, None))


def _memory_of(pid: int) -> int:
    # Imported here: runs that end within a moment watch nobody.
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()  # what was not sent yet finds nobody
    except OSError:
        return
