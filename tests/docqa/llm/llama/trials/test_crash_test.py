"""Files that llama.cpp does not survive are tried elsewhere first, and each file once."""

import math
import struct
import subprocess
from pathlib import Path

import pytest

from docqa.errors import ModelError
from docqa.llm.files.gguf import read_metadata
from docqa.llm.llama.trials import crash_test
from tests.support.opening import Open
from tests.support.tiny_gguf import Shape, write_gguf


def changed(path: Path, target: Path, key: str, value: bytes) -> Path:
    """A copy of a model file with another number under a key."""
    data = bytearray(path.read_bytes())
    at = data.index(key.encode()) + len(key) + 4
    data[at : at + len(value)] = value
    target.write_bytes(data)
    return target


def number(value: int) -> bytes:
    return struct.pack("<I", value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("attention.layer_norm_rms_epsilon", struct.pack("<f", math.nan)),
        ("attention.layer_norm_rms_epsilon", struct.pack("<f", -1.0)),
    ],
)
def test_what_ends_llama_cpp_does_not_end_us(
    tiny: Path, tmp_path: Path, open_tiny: Open, key: str, value: bytes
) -> None:
    path = changed(tiny, tmp_path / "坏.gguf", f"llama.{key}", value)
    with pytest.raises(ModelError) as caught:
        open_tiny(path)
    assert caught.value.code == "llm.kills"
    assert caught.value.hint


def test_a_vocabulary_that_ends_llama_cpp_does_not_end_us(
    tiny: Path, tmp_path: Path, open_tiny: Open
) -> None:
    path = tmp_path / "重复.gguf"
    path.write_bytes(tiny.read_bytes().replace(b"<0x00>", b"<0x01>"))
    with pytest.raises(ModelError) as caught:
        open_tiny(path)
    assert caught.value.code == "llm.kills"


def test_a_file_that_never_loads_is_given_up(
    tiny: Path, tmp_path: Path, open_tiny: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crash_test, "_SECONDS", 0.01)
    path = changed(tiny, tmp_path / "慢.gguf", "llama.rope.freq_base", struct.pack("<f", 9999.0))
    with pytest.raises(ModelError) as caught:
        open_tiny(path)
    assert caught.value.code == "llm.never_loads"


def test_a_file_is_tried_once_and_again_when_it_changed(
    tmp_path: Path, open_tiny: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []
    real = subprocess.run

    def run(*arguments: object, **options: object) -> object:
        runs.append(arguments)
        return real(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", run)
    path = write_gguf(tmp_path / "m.gguf", Shape(layers=1, seed=71))
    open_tiny(path)
    open_tiny(path)
    assert len(runs) == 1
    write_gguf(path, Shape(layers=1, seed=72))
    open_tiny(path)
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("block_count", number(0)),
        ("block_count", number(1 << 31)),
        ("attention.head_count", number(0)),
        ("attention.head_count", number(7)),
        ("attention.head_count_kv", number(0)),
        ("embedding_length", number((1 << 32) - 1)),
        ("feed_forward_length", number(0)),
        ("context_length", number(0)),
    ],
)
def test_a_shape_that_no_network_has_is_named(
    tiny: Path, tmp_path: Path, open_tiny: Open, key: str, value: bytes
) -> None:
    path = changed(tiny, tmp_path / "m.gguf", f"llama.{key}", value)
    with pytest.raises(ModelError) as caught:
        open_tiny(path)
    assert caught.value.code == "models.gguf_damaged"
    assert key.rpartition(".")[2].removesuffix("_kv") in str(caught.value)


def test_a_number_that_is_none_counts_as_missing(tiny: Path, tmp_path: Path) -> None:
    key = "llama.rope.freq_base"
    path = changed(tiny, tmp_path / "m.gguf", key, struct.pack("<f", math.inf))
    assert read_metadata(path).number(key) is None
