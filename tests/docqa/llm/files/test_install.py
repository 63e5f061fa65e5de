import hashlib

import gguf
import numpy as np
import pytest

from docqa import catalog, paths
from docqa.errors import ModelError
from docqa.llm import engine_kind
from docqa.llm.files import install
from docqa.llm.files.identify import identify
from docqa.settings import Settings
from docqa.types import EngineKind
from tests.support.allocations import write_hollow
from tests.support.tiny_gguf import Shape, write_gguf

SEVEN_B = {"layers": 32, "hidden": 4096, "heads": 32, "ffn": 11008}


def _hollow(path, tokens=55296, **changes):
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = Shape(**SEVEN_B | changes)
    return write_hollow(path, shape, tokens, gguf.GGMLQuantizationType.Q4_K)


def _messages(found):
    return [warning.message for warning in found.warnings]


def test_a_model_is_recognised_by_the_folder_that_plain_file_names_lie_in(tmp_path):
    found = identify(_hollow(tmp_path / "chinese-alpaca-2-7b-gguf" / "ggml-model-q4_k.gguf"))
    assert (found.entry.name, found.kind) == ("chinese-alpaca-2-7b", "chat")


def test_a_renamed_model_is_recognised_by_shape_and_window(tmp_path):
    found = identify(_hollow(tmp_path / "我的.gguf", context=16384, rope="linear:4"))
    assert found.entry.name == "chinese-alpaca-2-7b-16k"


def test_a_shape_that_several_models_share_is_not_guessed(tmp_path):
    assert identify(_hollow(tmp_path / "我的.gguf")).entry is None


def test_a_base_model_is_warned_of(tmp_path):
    found = identify(_hollow(tmp_path / "chinese-llama-2-7b.gguf"))
    assert (found.kind, found.entry) == ("base", None)
    assert "models.warn_base_model" in _messages(found)


def test_the_first_generations_base_vocabulary_is_warned_of(tmp_path):
    found = identify(_hollow(tmp_path / "某模型.gguf", tokens=49953, context=2048))
    assert found.kind == "base"


def test_a_window_that_the_name_contradicts_is_warned_of(tmp_path):
    found = identify(_hollow(tmp_path / "chinese-alpaca-2-7b-16k.gguf", context=4096))
    assert "llm.note_window_differs" in _messages(found)


def test_a_name_that_the_shape_contradicts_is_not_believed(tmp_path):
    found = identify(write_gguf(tmp_path / "chinese-alpaca-2-7b.gguf", Shape()))
    assert found.entry is None
    assert "models.warn_shape" in _messages(found)


def test_weights_that_are_too_coarse_are_warned_of(tmp_path):
    shape = Shape(extra={}, name="x")
    path = write_gguf(tmp_path / "x.gguf", shape)
    content = path.read_bytes()
    key = b"general.file_type"
    at = content.index(key) + len(key) + 4
    path.write_bytes(content[:at] + (10).to_bytes(4, "little") + content[at + 4 :])
    assert "models.warn_coarse" in _messages(identify(path))


def test_an_embedding_model_is_recognised_and_never_taken_for_a_chat_model(tmp_path):
    path = tmp_path / "bge-small-zh-v1.5-q8_0.gguf"
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_uint32("bert.pooling_type", 2)
    writer.add_tensor("token_embd.weight", np.ones((4, 32), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    record = install.add(path)
    assert (record.kind, record.entry) == ("embedding", "bge-small-zh-v1.5")
    assert engine_kind(Settings()) is EngineKind.QUOTES


@pytest.mark.parametrize(
    ("name", "architecture", "template", "kind"),
    [
        ("qwen2.5-0.5b-instruct", "qwen2", None, "chat"),
        ("某模型", "qwen2", "{{ messages }}", "chat"),
        ("gemma-3-270m", "gemma3", None, "base"),
        ("qwen2.5-7b-base", "qwen2", "{{ messages }}", "base"),
        ("x", "bert", None, "embedding"),
    ],
)
def test_the_kind_is_told_by_name_network_and_template(
    tmp_path, name, architecture, template, kind
):
    shape = Shape(architecture=architecture, template=template, name=name)
    assert identify(write_gguf(tmp_path / f"{name}.gguf", shape)).kind == kind


def test_the_image_part_of_a_vision_model_is_refused(tmp_path):
    with pytest.raises(ModelError) as caught:
        identify(write_gguf(tmp_path / "mmproj-x.gguf", Shape(architecture="clip")))
    assert caught.value.code == "llm.projector"


def test_a_bare_vocabulary_is_refused(tmp_path):
    with pytest.raises(ModelError) as caught:
        identify(write_gguf(tmp_path / "x.gguf", Shape(tensors=False)))
    assert caught.value.code == "llm.vocabulary_only"


def test_adding_leaves_the_file_where_it_is_and_keeps_its_hash(tmp_path):
    path = write_gguf(tmp_path / "中文 模型.gguf", Shape())
    record = install.add(path)
    assert record.path == path
    assert record.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert catalog.list_installed() == (record,)


def test_adding_twice_is_one_record_and_two_files_of_one_name_are_two(tmp_path):
    first = write_gguf(tmp_path / "a" / "x.gguf", Shape())
    second = write_gguf(tmp_path / "b" / "x.gguf", Shape(seed=1))
    names = [install.add(path).name for path in (first, first, second)]
    assert names == ["x", "x", "x-2"]
    assert len(catalog.list_installed()) == 2


def test_what_cannot_be_used_is_never_put_on_record(tmp_path):
    path = tmp_path / "x.gguf"
    path.write_text("第一条", encoding="utf-8")
    with pytest.raises(ModelError):
        install.add(path)
    assert catalog.list_installed() == ()


def test_a_changed_file_is_noticed(tmp_path):
    record = install.add(write_gguf(tmp_path / "x.gguf", Shape()))
    assert install.is_intact(record)
    with record.path.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
    assert not install.is_intact(record)
    record.path.unlink()
    assert not install.is_intact(record)


def test_removing_deletes_only_what_docqa_fetched(tmp_path):
    own = install.add(write_gguf(tmp_path / "own.gguf", Shape()))
    path = write_gguf(paths.models_dir() / "m" / "fetched.gguf", Shape())
    fetched = install.add(path, source="https://hub.example/m")
    assert install.remove(own) == ()
    assert own.path.exists()
    assert install.remove(fetched) == (fetched.path,)
    assert not fetched.path.parent.exists()
    assert catalog.list_installed() == ()
