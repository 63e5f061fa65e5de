from pathlib import Path

import pytest

from docqa.errors import DocqaError, DoesNotFit, ModelError
from docqa.llm.fit import machine
from docqa.types import EngineKind
from tests.support.opening import Open
from tests.support.tiny_gguf import Shape, write_gguf

# Jinja that cannot be compiled, and Jinja that must not be run.
HOSTILE = "{% for x in range(10**9) %}{{ ''.__class__.__mro__[1].__subclasses__() }}{% broken"


def refused(path: Path, open_tiny: Open) -> DocqaError:
    with pytest.raises(ModelError) as error:
        open_tiny(path)
    assert error.value.hint
    return error.value


def test_says_where_the_layers_are_and_what_runs(tiny: Path, open_tiny: Open) -> None:
    info = open_tiny(tiny).info
    assert (info.kind, info.model, info.context) == (EngineKind.LLAMA, "ggml-model-f16", 1024)
    assert (info.gpu_layers, info.layers) == (0, 3)


def test_a_missing_file(tmp_path: Path, open_tiny: Open) -> None:
    assert str(tmp_path) in str(refused(tmp_path / "没有.gguf", open_tiny))


def test_a_truncated_file(tiny: Path, tmp_path: Path, open_tiny: Open) -> None:
    path = tmp_path / "half.gguf"
    path.write_bytes(tiny.read_bytes()[:-1000])
    assert "cut short" in str(refused(path, open_tiny))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 ...", "随便什么".encode() * 50])
def test_a_file_of_another_format(data: bytes, tmp_path: Path, open_tiny: Open) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(data)
    refused(path, open_tiny)


def test_an_embedder_says_what_it_is(tmp_path: Path, open_tiny: Open) -> None:
    path = write_gguf(tmp_path / "m.gguf", Shape(architecture="bert"))
    assert refused(path, open_tiny).code == "llm.is_embedder"


def test_a_vocabulary_only_file(tmp_path: Path, open_tiny: Open) -> None:
    path = write_gguf(tmp_path / "m.gguf", Shape(tensors=False))
    assert "no weights" in str(refused(path, open_tiny))


def test_weights_that_llama_cpp_refuses(tmp_path: Path, open_tiny: Open) -> None:
    path = write_gguf(tmp_path / "m.gguf", Shape(heads=2))
    data = path.read_bytes().replace(b"blk.1.attn_q.weight", b"blk.9.attn_q.weight")
    path.write_bytes(data)
    error = refused(path, open_tiny)
    assert error.code == "llm.refused"
    assert "attn_q" in str(error)


def test_a_template_that_fails_gives_way_to_the_vocabulary(tmp_path: Path, open_tiny: Open) -> None:
    path = write_gguf(tmp_path / "m.gguf", Shape(template=HOSTILE))
    model = open_tiny(path)
    assert model.template.name == "alpaca2"
    assert "tokenizer.chat_template" not in model.native._llama.metadata


def test_a_base_model_is_refused_unless_forced(tmp_path: Path, open_tiny: Open) -> None:
    path = write_gguf(tmp_path / "chinese-llama-2-7b-gguf" / "ggml-model-q4_0.gguf")
    assert refused(path, open_tiny).code == "llm.is_base_model"
    assert [note.message for note in open_tiny(path, force=True).notes] == ["llm.note_base_model"]


def test_a_gpu_that_is_required_and_missing(tiny: Path, open_tiny: Open) -> None:
    if machine.can_offload():
        pytest.skip("this build can use a GPU")
    with pytest.raises(ModelError) as error:
        open_tiny(tiny, require_gpu=True)
    assert error.value.exit_code == 1
    assert "pip install" in (error.value.hint or "")


def test_a_window_that_cannot_fit_is_refused_with_advice(tiny: Path, open_tiny: Open) -> None:
    with pytest.raises(DoesNotFit) as error:
        open_tiny(tiny, context=1 << 31)
    assert error.value.hint


def test_threads_are_the_physical_cores_unless_set(tiny: Path, open_tiny: Open) -> None:
    assert open_tiny(tiny).native._llama.n_threads == 1
    assert open_tiny(tiny, threads=0).native._llama.n_threads == machine.physical_cores()
