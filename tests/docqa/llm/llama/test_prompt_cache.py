"""Cached prompts of a model: used only where they fit, and then exactly like computing."""

import itertools
import threading
import time

import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from docqa import paths
from docqa.llm.llama.model import LlamaModel
from docqa.llm.llama.prompt_cache import LlamaPromptCache
from docqa.settings import ModelSettings
from docqa.stores.prompt_cache import CachedPrompts, CachedSpan
from docqa.stores.records.library import Library
from ingest.assemble import assemble
from ingest.splitting.split import split
from ingest.types import Block, Parsed
from tests.support.tiny_gguf import Shape, write_gguf

WINDOWS = {"4k": (4096, ""), "16k": (16384, "linear:4"), "64k": (65536, "yarn:16:4096")}
TEXT = "第一条 员工连续工作满一年的，享受带薪年休假。满十年不满二十年的，年休假为十天。\n" * 48
SYSTEM = SystemMessage("你是一个乐于助人的助手。")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {
        name: write_gguf(folder / f"{name}.gguf", Shape(context=context, rope=rope))
        for name, (context, rope) in WINDOWS.items()
    }


@pytest.fixture
def library():
    with Library.open(paths.library_dir("库"), create=True) as opened:
        extract = assemble(Parsed(blocks=(Block(text=TEXT),)))
        opened.add_document("制度.txt", extract, split(extract, 300, 0))
        yield opened


def load(file, kv_type="f16", **changes) -> LlamaModel:
    options = {"context": 2048, "temperature": 0.0, "threads": 1, "max_tokens": 24} | changes
    return LlamaModel.open(ModelSettings(name=str(file), kv_type=kv_type, **options))


def messages(question: str = "", text: str = TEXT):
    return [SYSTEM, HumanMessage(f"资料：\n\n[1] {text}\n\n{question}")]


def remembering(
    model: LlamaModel, library: Library, notices: list | None = None
) -> LlamaPromptCache:
    report = [].append if notices is None else notices.append
    return LlamaPromptCache(model, CachedPrompts(library.path, limit_gigabytes=1), report)


def read(file, library, **options) -> int:
    """Read the text and keep it, as another process would; returns the tokens kept."""
    model = load(file, **options)
    kept = remembering(model, library)
    reading = kept.read(model.prefix_tokens(messages()), "制度", (CachedSpan(1, 0, len(TEXT)),))
    model.close()
    return reading.tokens


def answer(model: LlamaModel, question: str) -> tuple[str, int]:
    reply = model.chat.invoke(messages(question))
    return reply.text, reply.usage_metadata["input_token_details"]["cache_read"]


@pytest.mark.parametrize("kv_type", ["f16", "q8_0", "q4_0"])
@pytest.mark.parametrize("window", WINDOWS)
def test_answers_from_a_kept_reading_are_those_of_computing(files, library, window, kv_type):
    tokens = read(files[window], library, kv_type=kv_type)
    fresh = load(files[window], kv_type)
    model = load(files[window], kv_type)
    kept = remembering(model, library)
    for question in ("年休假有几天？", "谁享受带薪年休假？", "How many days of leave?"):
        said, reused = answer(model, question)
        expected, _ = answer(fresh, question)
        assert said == expected
        assert reused >= tokens
    assert kept.recalled is None, "the second question finds the text in cache"
    model.close()
    fresh.close()


def test_the_first_question_says_what_was_loaded(files, library):
    tokens = read(files["16k"], library)
    model = load(files["16k"])
    kept = remembering(model, library)
    assert model.reusable(messages("年休假有几天？")) >= tokens
    answer(model, "年休假有几天？")
    assert kept.recalled.tokens >= tokens
    model.close()


@pytest.mark.parametrize(
    "changed", [{"context": 1024}, {"kv_type": "q8_0"}, {"ntk": 2.0}, {"flash_attention": False}]
)
def test_another_setting_finds_no_reading(files, library, changed):
    read(files["4k"], library)
    model = load(files["4k"], **changed)
    remembering(model, library)
    assert model.reusable(messages("年休假有几天？")) == 0
    model.close()


def test_another_model_finds_no_reading(files, library, tmp_path):
    read(files["4k"], library)
    other = write_gguf(tmp_path / "4k.gguf", Shape(seed=1))
    model = load(other)
    remembering(model, library)
    assert model.reusable(messages("年休假有几天？")) == 0
    model.close()


def test_a_damaged_reading_is_dropped_and_computed_anew(files, library):
    read(files["4k"], library)
    model = load(files["4k"])
    notices = []
    kept = remembering(model, library, notices)
    (reading,) = kept.usable()
    reading.file.write_bytes(reading.file.read_bytes()[:-100])
    said, reused = answer(model, "年休假有几天？")
    assert reused == 0
    assert [notice.message for notice in notices] == ["readings.unusable"]
    assert kept.usable() == []
    model.close()
    fresh = load(files["4k"])
    assert answer(fresh, "年休假有几天？")[0] == said
    fresh.close()


def test_a_foreign_file_with_a_right_checksum_is_not_used(files, library):
    model = load(files["4k"])
    notices = []
    kept = remembering(model, library, notices)
    tokens = model.prefix_tokens(messages())
    kept._readings.keep(model.identity, tokens, "假", (), lambda path: path.write_bytes(b"x" * 999))
    _, reused = answer(model, "年休假有几天？")
    assert reused == 0
    assert [notice.message for notice in notices] == ["readings.unusable"]
    model.close()


def test_a_stop_keeps_what_was_read_and_the_next_run_goes_on_from_there(files, library):
    model = load(files["4k"], batch=64, micro_batch=64)
    kept = remembering(model, library)
    tokens = model.prefix_tokens(messages())
    seen: list[int] = []
    stop = threading.Event()

    def progress(done: int, total: int) -> None:
        seen.append(done)
        if done >= 128:
            stop.set()
            time.sleep(0.05)

    part = kept.read(tokens, "制度", (), stop.is_set, progress)
    assert 128 <= part.tokens < len(tokens)
    model.close()
    model = load(files["4k"], batch=64, micro_batch=64)
    kept = remembering(model, library)
    seen.clear()
    stop.clear()
    whole = kept.read(tokens, "制度", (), None, lambda done, total: seen.append(done))
    assert seen[0] == part.tokens
    assert whole.tokens == len(tokens)
    assert len(kept.usable()) == 1
    model.close()


def test_a_stop_within_a_batch_keeps_what_was_computed_of_it(files, library, monkeypatch):
    monkeypatch.setattr("docqa.llm.llama.cancel._EVERY", 0.0)
    model = load(files["4k"], batch=512, micro_batch=64)
    tokens = model.prefix_tokens(messages())
    asked = itertools.count()
    part = remembering(model, library).read(tokens, "制度", (), lambda: next(asked) > 200)
    model.close()
    assert part.tokens in range(64, 512, 64)
    model = load(files["4k"])
    remembering(model, library)
    fresh = load(files["4k"])
    loaded, reused = answer(model, "年休假有几天？")
    assert (loaded, reused) == (answer(fresh, "年休假有几天？")[0], part.tokens)
    for one in (model, fresh):
        one.close()


def test_a_stop_before_anything_was_read_keeps_nothing(files, library):
    model = load(files["4k"])
    kept = remembering(model, library)
    assert kept.read(model.prefix_tokens(messages()), "制度", (), lambda: True) is None
    assert kept.usable() == []
    model.close()


def test_the_head_of_a_prompt_is_kept_the_first_time(files, library):
    model = load(files["4k"])
    kept = remembering(model, library)
    head = model.prefix_tokens([SYSTEM, HumanMessage("资料：\n\n")])
    kept.keep_head(head)
    assert answer(model, "年休假有几天？")[1] == 0, "it was computed, if apart from the rest"
    assert [reading.tokens for reading in kept.usable()] == [len(head)]
    model.close()
    model = load(files["4k"])
    remembering(model, library)
    assert model.reusable(messages("别的问题", "别的资料")) >= len(head) - 1
    model.close()


def test_what_took_long_is_kept_at_the_end_and_goes_on_later(files, library, monkeypatch):
    monkeypatch.setattr("docqa.llm.llama.prompt_cache._WORTH_SECONDS", 0.0)
    model = load(files["4k"])
    kept = remembering(model, library)
    kept.name_documents("对话", [CachedSpan(1, 0, len(TEXT))])
    _, reused = answer(model, "年休假有几天？")
    assert reused == 0
    model.close()
    model = load(files["4k"])
    remembering(model, library)
    assert answer(model, "年休假有几天？")[1] > 100
    model.close()


def test_removing_the_document_removes_what_was_kept_of_it(files, library):
    read(files["4k"], library)
    library.connection.execute("DELETE FROM documents WHERE id = 1")
    model = load(files["4k"])
    remembering(model, library)
    assert model.reusable(messages("年休假有几天？")) == 0
    model.close()
