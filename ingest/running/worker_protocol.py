"""Messages between the run and its workers, over pipes: a length, then MessagePack."""

import os
from typing import IO

import msgspec
from msgspec import Struct, field

from ingest.splitting.packed import PackedDocument, storable
from ingest.types import ReadOptions

_LENGTH_BYTES = 8


class WorkOptions(Struct, frozen=True):
    """How every file of a run is read and cut."""

    read: ReadOptions
    size: int
    overlap: int


class WorkFile(Struct, frozen=True):
    """A file to be read; its path as the bytes the system knows it by."""

    number: int
    path: bytes
    known: tuple[str, ...] = ()
    """Hashes of contents that are kept already and need no reading."""


class FileOutcome(Struct, frozen=True):
    """What became of a file: a document, content that is known, or the reason there is none."""

    number: int
    sha256: str = ""
    document: PackedDocument | None = None
    reason: str | None = None
    facts: dict[str, object] = field(default_factory=dict)


encode_files = msgspec.msgpack.Encoder().encode
decode_files = msgspec.msgpack.Decoder(tuple[WorkFile, ...]).decode
encode_outcomes = msgspec.msgpack.Encoder(enc_hook=lambda value: storable(str(value))).encode
decode_outcomes = msgspec.msgpack.Decoder(tuple[FileOutcome, ...]).decode


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """Send one message."""
    stream.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Wait for the next message; None when the other side is gone."""
    head = stream.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "big")
    content = stream.read(length)
    return content if len(content) == length else None


def work_file(number: int, path: str, known: tuple[str, ...]) -> WorkFile:
    """A file to be read, whatever bytes its name is made of."""
    return WorkFile(number, os.fsencode(path), known)
