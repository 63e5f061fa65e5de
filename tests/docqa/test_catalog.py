from pathlib import Path

import pytest

from docqa import catalog, paths
from docqa.catalog import Installed, find_model
from docqa.errors import ModelError


def _record(path, name="chinese-alpaca-2-7b-q4-k", **changes):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"GGUF")
    fields = {"kind": "chat", "entry": "chinese-alpaca-2-7b"} | changes
    record = Installed(name=name, path=path, **fields)
    catalog.register(record)
    return record


def test_all_three_generations_are_known():
    names = {entry.name for entry in catalog.catalog()}
    long = {"chinese-alpaca-2-7b-16k", "chinese-alpaca-2-13b-16k", "chinese-alpaca-2-7b-64k"}
    aligned = {"chinese-alpaca-2-1.3b-rlhf", "chinese-alpaca-2-7b-rlhf"}
    third = {f"llama-3-chinese-8b-instruct{version}" for version in ("", "-v2", "-v3")}
    assert names > long | aligned | third | {"chinese-alpaca-2-1.3b", "chinese-alpaca-2-13b"}
    assert {entry.generation for entry in catalog.catalog()} == {0, 1, 2, 3}


@pytest.mark.parametrize("entry", catalog.catalog(), ids=lambda entry: entry.name)
def test_an_entry_agrees_with_itself(entry):
    shape, rope = entry.shape, entry.rope
    kv = shape.head_size * shape.kv_heads
    width = shape.head_size * shape.heads
    layer = 2 * shape.hidden * (width + kv + 1) + 3 * shape.hidden * shape.feed_forward
    matrices = (1 if shape.tied else 2) * shape.vocabulary * shape.hidden
    # Norms and biases inside the layers are the little that some families have more.
    weights = shape.layers * layer + matrices + shape.hidden
    assert entry.parameters == pytest.approx(weights, rel=0 if entry.generation else 1e-4)
    assert entry.window == (rope.original * rope.factor if rope.factor > 1 else entry.window)
    assert entry.quantizations["F16"].bytes == pytest.approx(2 * entry.parameters, rel=0.005)
    sizes = [entry.quantizations[q].gib for q in ("Q8_0", "Q6_K", "Q5_K", "Q4_K", "Q4_0")]
    assert sizes == sorted(sizes, reverse=True)
    own = {1: "alpaca1", 2: "alpaca2", 3: "llama3"}
    assert entry.template == own.get(entry.generation, entry.template)
    assert bool(entry.huggingface) == (entry.generation != 1)
    assert entry.generation or entry.released > 2023
    assert set(entry.note) in (set(), {"zh", "en"})


def test_published_perplexities_rise_as_the_weights_get_coarser():
    known = catalog.find_entry("chinese-alpaca-2-7b").quantizations
    order = [known[name].perplexity for name in ("F16", "Q8_0", "Q6_K", "Q4_K", "Q4_0", "Q2_K")]
    assert order == sorted(order)


def test_embedders_carry_the_prefix_that_their_publisher_asks_for():
    assert catalog.find_embedder("bge-small-zh-v1.5").query_prefix.startswith("为这个句子")
    assert catalog.find_embedder("bge-m3").query_prefix == ""
    e5 = catalog.find_embedder("intfloat/multilingual-e5-small")
    assert (e5.query_prefix, e5.passage_prefix) == ("query: ", "passage: ")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hfl/chinese-alpaca-2-7b-16k-gguf/ggml-model-q4_0.gguf", "chinese-alpaca-2-7b-16k"),
        ("Chinese_Alpaca_2_1.3B-RLHF", "chinese-alpaca-2-1.3b-rlhf"),
        ("llama-3-chinese-8b-instruct-v2", "llama-3-chinese-8b-instruct-v2"),
        ("chinese-alpaca-2-70b", None),
        ("我的模型", None),
    ],
)
def test_a_name_tells_the_model(text, name):
    found = catalog.named_entry(text)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("text", "is_base"),
    [
        ("chinese-llama-2-7b-gguf", True),
        ("Llama-3-Chinese-8B", True),
        ("llama-3-chinese-8b-instruct-v3", False),
        ("Chinese-LLaMA-Alpaca-2/我的模型", False),
        ("chinese-alpaca-2-7b", False),
    ],
)
def test_base_models_are_known_by_their_names(text, is_base):
    assert catalog.names_base_model(text) is is_base


def test_a_model_is_found_by_record_entry_and_path(tmp_path):
    record = _record(tmp_path / "模型.gguf")
    assert find_model("chinese-alpaca-2-7b-q4_k") == record
    assert find_model("Chinese-Alpaca-2-7B") == record
    assert find_model(str(record.path)) == record


def test_without_a_name_the_chat_model_added_last_is_taken(tmp_path):
    _record(tmp_path / "a.gguf", "a", added=1.0)
    newer = _record(tmp_path / "b.gguf", "b", added=2.0)
    _record(tmp_path / "c.gguf", "c", added=3.0, kind="embedding")
    assert find_model() == newer


def test_a_file_that_is_not_on_record_can_be_named_by_its_path(tmp_path):
    path = tmp_path / "别处.gguf"
    path.write_bytes(b"GGUF")
    assert find_model(str(path)).path == path


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "models.none_installed"),
        ("chinese-alpaca-2-7b", "models.not_installed"),
        ("chinese-alpaka-2-7b", "models.unknown"),
        ("不在/这里.gguf", "models.file_missing"),
    ],
)
def test_what_is_not_here_is_said_with_the_next_step(name, code):
    with pytest.raises(ModelError) as caught:
        find_model(name)
    assert caught.value.code == code
    assert "docqa models list" in caught.value.hint or "docqa models pull" in caught.value.hint


def test_a_file_that_went_away_is_said(tmp_path):
    _record(tmp_path / "a.gguf").path.unlink()
    with pytest.raises(ModelError) as caught:
        find_model("chinese-alpaca-2-7b")
    assert caught.value.code == "models.file_gone"


def test_records_survive_and_are_forgotten_one_by_one(tmp_path):
    first, second = _record(tmp_path / "a.gguf", "a"), _record(tmp_path / "b.gguf", "b")
    assert catalog.list_installed() == (first, second)
    catalog.forget(first)
    assert catalog.list_installed() == (second,)
    assert first.path.exists()


def test_a_damaged_record_hides_no_other(tmp_path):
    record = _record(tmp_path / "a.gguf")
    (paths.models_dir() / "installed" / "z.json").write_text("{", encoding="utf-8")
    assert catalog.list_installed() == (record,)


def test_the_catalog_names_no_file_of_this_machine():
    text = paths.find_shipped("models", "catalog.toml").read_text(encoding="utf-8")
    assert str(Path.home()) not in text
