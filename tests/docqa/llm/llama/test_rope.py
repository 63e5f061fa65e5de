from dataclasses import replace
from pathlib import Path

import llama_cpp
import numpy as np
import pytest

from docqa.errors import SettingError
from docqa.llm.files.gguf import read_metadata
from docqa.llm.llama.rope import positions
from tests.support.opening import Open
from tests.support.tiny_gguf import Shape, write_gguf

LONG = "第一条 员工连续工作满一年的，享受带薪年休假。" * 100


def notes(path: Path, ntk: float = 1.0) -> list[str]:
    return [note.message for note in positions(read_metadata(path), ntk).notes]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Shape(), {}),
        (Shape(context=16384, rope="linear:4"), {}),
        (Shape(context=65536, rope="yarn:16:4096"), {}),
        (Shape(context=16384), {"rope_scaling_type": 1, "rope_freq_scale": 0.25}),
        (
            Shape(context=65536),
            {"rope_scaling_type": 2, "rope_freq_scale": 0.0625, "yarn_orig_ctx": 4096},
        ),
        (Shape(context=65536, rope="yarn:16"), {"yarn_orig_ctx": 4096}),
        (Shape(context=8192, rope_base=500000.0), {}),
    ],
)
def test_the_file_decides_what_must_be_added(
    tmp_path: Path, shape: Shape, expected: dict[str, float]
) -> None:
    found = positions(read_metadata(write_gguf(tmp_path / "m.gguf", shape)))
    assert found.options == expected
    assert found.window == shape.context
    assert bool(found.notes) == bool(expected)


def logits(path: Path, open_tiny: Open) -> np.ndarray:
    model = open_tiny(path, context=2048)
    ids = [1, *model.native.tokenize(LONG)][:400]
    assert len(ids) == 400
    with model.native.turn():
        assert model.native.evaluate(ids)
    context = model.native._llama.ctx
    found = llama_cpp.llama_get_logits_ith(context, -1)
    return np.ctypeslib.as_array(found, shape=(model.native.vocabulary,)).copy()


@pytest.mark.parametrize(
    ("context", "rope"), [(16384, "linear:4"), (65536, "yarn:16:4096"), (65536, "yarn:16")]
)
def test_a_file_without_keys_computes_as_one_with_them(
    tmp_path: Path, open_tiny: Open, context: int, rope: str
) -> None:
    shape = Shape(context=context, rope=rope, hidden=128, heads=1)
    complete = "yarn:16:4096" if rope.startswith("yarn") else rope
    keyed = write_gguf(tmp_path / "with" / "m.gguf", replace(shape, rope=complete))
    bare = write_gguf(tmp_path / "without" / "m.gguf", replace(shape, rope=""))
    half = write_gguf(tmp_path / "half" / "m.gguf", shape)
    short = write_gguf(tmp_path / "short" / "m.gguf", replace(shape, rope="", context=4096))
    expected = logits(keyed, open_tiny)
    assert np.array_equal(logits(bare, open_tiny), expected)
    assert np.array_equal(logits(half, open_tiny), expected)
    assert np.abs(logits(short, open_tiny) - expected).max() > 0.01


def test_a_name_that_speaks_of_another_window_is_reported_and_believed(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "chinese-alpaca-2-7b-16k-gguf" / "ggml-model-q4_0.gguf")
    found = positions(read_metadata(path))
    assert (found.window, found.options["rope_freq_scale"]) == (16384, 0.25)
    assert notes(path) == ["llm.note_window_differs", "llm.note_rope_supplied"]


def test_keys_win_over_the_name(tmp_path: Path) -> None:
    shape = Shape(context=16384, rope="linear:4")
    path = write_gguf(tmp_path / "alpaca-2-7b-64k.gguf", shape)
    assert positions(read_metadata(path)).options == {}
    assert notes(path) == ["llm.note_window_differs"]


def test_a_name_that_agrees_is_not_worth_a_word(tmp_path: Path) -> None:
    shape = Shape(context=65536, rope="yarn:16:4096", name="Chinese-Alpaca-2-7B-64K")
    assert notes(write_gguf(tmp_path / "m.gguf", shape)) == []


@pytest.mark.parametrize(
    ("context", "rope", "factor", "window", "base"),
    [
        (4096, "", 5.0, 12288, 51294),
        (4096, "", 3.0, 8192, 30528),
        (16384, "linear:4", 2.0, 24576, 20221),
        (16384, "linear:4", 3.0, 32768, 30528),
    ],
)
def test_ntk_stretches_the_window_by_the_first_partys_formula(
    tmp_path: Path, context: int, rope: str, factor: float, window: int, base: float
) -> None:
    shape = Shape(context=context, rope=rope, hidden=128, heads=1)
    found = positions(read_metadata(write_gguf(tmp_path / "m.gguf", shape)), factor)
    assert found.window == window
    assert found.options["rope_freq_base"] == pytest.approx(base, abs=1)


def test_ntk_is_refused_for_yarn(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "m.gguf", Shape(context=65536, rope="yarn:16:4096"))
    with pytest.raises(SettingError):
        positions(read_metadata(path), 2.0)
