import random
import struct

import gguf
import pytest

from docqa.errors import ModelError
from docqa.llm.files.gguf import _TENSOR_TYPES, Omitted, read_metadata
from tests.support.tiny_gguf import Shape, trained_vocabulary, write_gguf


def _file(tmp_path, content):
    path = tmp_path / "模型.gguf"
    path.write_bytes(content)
    return path


def _code(path):
    with pytest.raises(ModelError) as caught:
        read_metadata(path)
    assert str(caught.value)
    assert caught.value.hint, "the next step"
    return caught.value.code


def _header(entries=b"", entry_count=0, tensors=b"", tensor_count=0):
    return b"GGUF" + struct.pack("<IQQ", 3, tensor_count, entry_count) + entries + tensors


def _text(text):
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _entry(key, kind, value):
    return _text(key) + struct.pack("<I", kind) + value


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    shape = Shape(context=65536, rope="yarn:16:4096", name="中文模型", quantization="q8_0")
    return write_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf", shape)


def test_a_file_says_what_it_is(whole):
    file = read_metadata(whole)
    assert file.architecture == "llama"
    assert file.text("general.name") == "中文模型"
    assert file.count("context_length") == 65536
    assert file.number("llama.rope.scaling.factor") == 16.0
    assert file.vocabulary == len(trained_vocabulary().pieces)
    assert file.metadata["tokenizer.ggml.tokens"] == Omitted(file.vocabulary)
    assert file.quantization == "Q8_0"


def test_tensors_have_the_sizes_that_the_reference_reader_finds(whole):
    reference = {tensor.name: int(tensor.n_bytes) for tensor in gguf.GGUFReader(whole).tensors}
    assert {tensor.name: tensor.bytes for tensor in read_metadata(whole).tensors} == reference


def test_every_type_has_the_size_that_the_reference_gives_it():
    known = {int(kind): (kind.name, *size) for kind, size in gguf.GGML_QUANT_SIZES.items()}
    assert known == _TENSOR_TYPES


def test_a_truncated_file_is_told_wherever_it_ends(whole, tmp_path):
    content = whole.read_bytes()
    for end in (8, 20, 100, 5000, len(content) // 2, len(content) - 64):
        assert _code(_file(tmp_path, content[:end])) == "models.truncated"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "models.not_gguf"),
        ("第一条 本制度".encode(), "models.not_gguf"),
        (b"PK\3\4 zip", "models.not_gguf"),
        (b"tjgg\3\0\0\0", "models.old_ggml"),
        (b"GGUF\1\0\0\0" + b"\0" * 16, "models.gguf_version"),
        (b"GGUF\0\0\0\3" + b"\0" * 16, "models.gguf_version"),
        (_header(entry_count=1 << 60), "models.gguf_damaged"),
        (_header(tensor_count=1 << 60), "models.gguf_damaged"),
        (_header(struct.pack("<Q", 1 << 62), 1), "models.truncated"),
        (_header(_entry("a", 99, b""), 1), "models.gguf_damaged"),
        (_header(_entry("a", 4, b"1234") * 2, 2), "models.gguf_damaged"),
        (_header(_entry("a", 9, struct.pack("<IQ", 8, 1 << 40)), 1), "models.gguf_damaged"),
        (_header(_entry("a", 9, struct.pack("<IQ", 9, 4)), 1), "models.gguf_damaged"),
        (_header(_entry("a", 9, struct.pack("<IQ", 10, 1 << 61)), 1), "models.truncated"),
        (_header(_entry("general.alignment", 4, struct.pack("<I", 3)), 1), "models.gguf_damaged"),
        (
            _header(tensors=_text("t") + struct.pack("<I", 99), tensor_count=1),
            "models.gguf_damaged",
        ),
    ],
)
def test_what_is_no_sound_gguf_file_is_a_clear_error(tmp_path, content, code):
    assert _code(_file(tmp_path, content)) == code


def test_random_damage_never_ends_in_anything_but_a_clear_error(whole, tmp_path):
    content, chance = whole.read_bytes(), random.Random(3)
    for _ in range(200):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(4, 3000)] = chance.randrange(256)
        path = _file(tmp_path, damaged)
        try:
            read_metadata(path)
        except ModelError as error:
            assert str(error)


def test_a_missing_file_and_a_folder_are_clear_errors(tmp_path):
    assert _code(tmp_path / "没有.gguf") == "models.file_missing"
    assert _code(tmp_path) == "models.file_unreadable"


def test_a_missing_key_is_named(tmp_path):
    file = read_metadata(_file(tmp_path, _header(_entry("general.name", 8, _text("x")), 1)))
    with pytest.raises(ModelError) as caught:
        file.count("block_count")
    assert "block_count" in str(caught.value)
