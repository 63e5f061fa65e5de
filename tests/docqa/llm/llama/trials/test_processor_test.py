"""A build is tried on a processor once, in a child; without extra buffers where they kill it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docqa.errors import ModelError
from docqa.llm.llama import backends
from docqa.llm.llama.native import Native
from docqa.llm.llama.native_log import hearing
from docqa.llm.llama.trials import crash_test, processor_test, trial_process
from docqa.llm.llama.trials.tiny_model import write_tiny_model
from docqa.llm.llama.trials.trial_process import TrialOutcome, recall, run_trial

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.fixture(autouse=True)
def untried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine on which nothing was tried yet."""
    monkeypatch.setattr(trial_process, "_file", lambda name: tmp_path / f"{name}.json")
    processor_test.check.cache_clear()
    yield
    processor_test.check.cache_clear()
    backends.use_extra_buffers(True)


def dying(monkeypatch: pytest.MonkeyPatch, *ways: str) -> list[str]:
    """Children that really die where they are told to use these buffers; what was asked of them."""
    asked: list[str] = []

    def run(module: str, *arguments: str, seconds: float) -> TrialOutcome:
        asked.append(arguments[-1])
        if arguments[-1] in ways:
            return run_trial("tests.support.dying", seconds=seconds)
        return run_trial(module, *arguments, seconds=seconds)

    monkeypatch.setattr(processor_test, "run_trial", run)
    return asked


def test_the_tiny_model_runs_and_the_result_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = dying(monkeypatch)
    assert processor_test.check() is True
    processor_test.check.cache_clear()
    assert processor_test.check() is True
    assert asked == ["1"]
    assert recall("processor")


def test_where_the_extra_buffers_kill_models_are_loaded_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = dying(monkeypatch, "1")
    assert processor_test.check() is False
    processor_test.check.cache_clear()
    assert processor_test.check() is False
    assert asked == ["1", "0"]
    assert backends.extra_buffers() == ()
    path = write_tiny_model(tmp_path / "tiny.gguf")
    with hearing() as heard:
        Native(path, {"n_ctx": 256}).close()
    assert not [line for line in heard if "REPACK" in line and "buffer size" in line]


def test_a_processor_on_which_nothing_runs_is_named_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = dying(monkeypatch, "1", "0")
    for _ in range(2):
        with pytest.raises(ModelError) as caught:
            processor_test.check()
        assert caught.value.code == "llm.processor"
        assert "llama-cpp-python" in (caught.value.hint or "")
    assert asked == ["1", "0"] * 2


def test_a_model_that_dies_alone_may_be_damaged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write_tiny_model(tmp_path / "tiny.gguf")
    monkeypatch.setattr(crash_test, "run_trial", lambda *_, **__: TrialOutcome.DIED)
    with pytest.raises(ModelError) as caught:
        crash_test.check(path)
    assert caught.value.code == "llm.kills"


def test_the_tiny_model_has_every_precision_and_is_small(tmp_path: Path) -> None:
    from docqa.llm.files.gguf import read_metadata

    path = write_tiny_model(tmp_path / "tiny.gguf")
    kinds = {tensor.type for tensor in read_metadata(path).tensors}
    assert {"Q4_0", "Q8_0", "Q4_K", "Q6_K", "F16"} <= kinds
    assert path.stat().st_size < 1 << 20


def test_backends_are_looked_for_in_their_own_folder_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[bytes] = []

    class Library:
        """A build without a registered backend."""

        class ggml_backend_reg_count:
            restype = None

            def __new__(cls) -> int:
                return 0

        ggml_backend_load_all_from_path = staticmethod(asked.append)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(backends, "_library", lambda: Library)
    backends.load_backends.cache_clear()
    backends.load_backends()
    backends.load_backends.cache_clear()
    assert asked == [os.fsencode(backends._folder())]
