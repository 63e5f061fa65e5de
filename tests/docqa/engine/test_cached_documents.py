"""Whole documents that a model reads ahead: planned, kept, listed, dropped."""

import pytest

from docqa.engine import Engine
from docqa.engine.cached_documents import CachedDocuments, DocumentCaching
from docqa.errors import ModelError
from docqa.llm import open_model
from docqa.settings import ModelSettings, ReadingSettings, Settings
from docqa.types import never
from tests.support.tiny_gguf import Shape, write_gguf

pytest.importorskip("llama_cpp")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf", Shape())


@pytest.fixture
def engine(library, file):
    model = ModelSettings(engine="llama", name=str(file), threads=1, max_tokens=16)
    with Engine(Settings(model=model)) as opened:
        yield opened


def test_what_was_read_is_listed_and_dropped(engine):
    caching = engine.document_caching()
    first, second = caching.plan(engine.documents()[:2], together=False)
    assert first.tokens and first.bytes > 0 and len(first.parts) == 1
    for plan in (first, second):
        reading, whole = caching.read(plan, never, lambda done, total: None)
        assert whole and reading.tokens == len(plan.tokens)
    cached = engine.cached_documents()
    kept = [one for one in cached.list_all() if one.label]
    assert {one.label for one in kept} == {first.label, second.label}
    assert cached.drop([kept[0].id]) == kept[0].bytes
    assert [one.id for one in cached.list_all() if one.label] == [kept[1].id]
    assert cached.drop() >= kept[1].bytes and cached.list_all() == []


def test_several_documents_are_read_as_one(engine):
    (plan,) = engine.document_caching().plan(engine.documents(), together=True)
    assert len(plan.parts) == 3


def test_a_stop_keeps_what_was_read_or_nothing(engine):
    caching = engine.document_caching()
    (plan,) = caching.plan(engine.documents()[:1], together=True)
    assert caching.read(plan, lambda: True, lambda done, total: None) == (None, False)
    assert not [one for one in engine.cached_documents().list_all() if one.label]


def test_room_is_what_the_settings_allow(library):
    assert CachedDocuments(library, ReadingSettings(limit_gigabytes=0.5)).room() <= 1 << 29


def test_an_engine_that_computes_nothing_reads_nothing(library):
    model = open_model(Settings(model=ModelSettings(engine="echo")))
    with pytest.raises(ModelError) as refused:
        DocumentCaching(library, model)
    assert refused.value.code == "readings.needs_llama"


def test_a_model_that_keeps_no_prompts_reads_nothing_ahead(library, file):
    model = open_model(Settings(model=ModelSettings(engine="llama", name=str(file), threads=1)))
    try:
        with pytest.raises(ModelError) as refused:
            DocumentCaching(library, model)
    finally:
        model.close()
    assert refused.value.code == "readings.needs_llama"
