"""The program that reads and cuts files, apart from the run, so that no file can take it down."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

import msgspec

from ingest import isolation
from ingest.errors import IngestError
from ingest.read import load, read_source
from ingest.running.worker_protocol import (
    FileOutcome,
    WorkFile,
    WorkOptions,
    decode_files,
    encode_outcomes,
    read_frame,
    write_frame,
)
from ingest.splitting.packed import pack
from ingest.splitting.split import split

# Outcomes travel together, but none waits long behind a slow file.
_TOGETHER_BYTES = 1 << 19
_TOGETHER_SECONDS = 0.1
# The screen and the index go first: there is always more to read.
_GIVES_WAY = 10


def main() -> None:
    """Serve batches of files from standard input until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_GIVES_WAY)
    isolation.cut_off()
    requests, answers = _own_streams()
    head = read_frame(requests)
    if head is None:
        return
    options = msgspec.msgpack.decode(head, type=WorkOptions)
    batches: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_receive, args=(requests, batches), daemon=True).start()
    write_frame(answers, encode_outcomes(()))
    while True:
        for outcomes in _together(decode_files(batches.get()), options):
            write_frame(answers, encode_outcomes(outcomes))


def read(file: WorkFile, options: WorkOptions) -> FileOutcome:
    """Read and cut one file; whatever goes wrong becomes its reason."""
    digest = ""
    try:
        source = load(Path(os.fsdecode(file.path)), options.read)
        digest = sha256(source.data).hexdigest()
        if digest in file.known:
            return FileOutcome(file.number, digest)
        extract = read_source(source)
        document = pack(extract, split(extract, options.size, options.overlap))
    except IngestError as error:
        return FileOutcome(file.number, digest, reason=error.code, facts=error.facts)
    except MemoryError:
        return FileOutcome(file.number, digest, reason="memory_limit")
    except Exception as error:  # the worker boundary: parsers meet anything
        fault = f"{type(error).__name__}: {error}"
        return FileOutcome(
            file.number, digest, reason="parser_failed", facts={"error": fault[:300]}
        )
    return FileOutcome(file.number, digest, document)


def _together(files: tuple[WorkFile, ...], options: WorkOptions) -> Iterator[list[FileOutcome]]:
    ready: list[FileOutcome] = []
    size, since = 0, time.monotonic()
    for file in files:
        outcome = read(file, options)
        ready.append(outcome)
        size += len(outcome.document.text) if outcome.document else 0
        if size > _TOGETHER_BYTES or time.monotonic() - since > _TOGETHER_SECONDS:
            yield ready
            ready, size, since = [], 0, time.monotonic()
    yield ready


def _own_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output for messages; what parsers print goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return sys.stdin.buffer, answers


def _receive(requests: IO[bytes], batches: "SimpleQueue[bytes]") -> None:
    while (content := read_frame(requests)) is not None:
        batches.put(content)
    # The run is over or was killed: end at once, even in the middle of a file.
    os._exit(0)
