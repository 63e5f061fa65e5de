"""The FAISS index is derived: damaged, missing or behind, it comes back by itself."""

import contextlib

import pytest

from docqa.settings import EmbeddingSettings
from docqa.stores.records.library import Library
from docqa.stores.records.lock import write_lock
from docqa.stores.vectors import faiss
from docqa.stores.vectors.exact import ExactVectors
from docqa.stores.vectors.factory import open_store, refresh_index
from docqa.stores.vectors.faiss import FaissVectors
from docqa.stores.vectors.table import VectorTable
from tests.support.vector_library import add_document, embed, forget, made, vector_of

WANTED = "第1号文件第7条规定的内容。"


@pytest.fixture
def library(tmp_path):
    with made(tmp_path / "库") as library:
        yield library


@pytest.fixture
def messages():
    return []


@pytest.fixture
def opened(library, messages):
    """Opens the store and closes it at the end."""
    with contextlib.ExitStack() as stack:

        def open_it():
            stored = VectorTable(library).serving()
            store = FaissVectors(library, stored, lambda step: messages.append(step.message))
            stack.callback(store.close)
            return store

        yield open_it


def nearest_text(library, store, text=WANTED):
    return library.passages([store.search(vector_of(text), 1)[0][0]])[0].text


def index_file(library):
    return next((library.path / "faiss").glob("*.faiss"))


def test_a_sound_index_is_not_built_twice(opened, messages):
    opened()
    messages.clear()
    opened()
    assert messages == []


@pytest.mark.parametrize("damage", ["missing", "cut", "scribbled", "no manifest", "bad manifest"])
def test_a_missing_or_damaged_file_is_made_anew_and_said_so(library, opened, messages, damage):
    opened().close()
    messages.clear()
    file, manifest = index_file(library), library.path / "faiss" / "index.json"
    content = file.read_bytes()
    {
        "missing": file.unlink,
        "cut": lambda: file.write_bytes(content[: len(content) // 2]),
        "scribbled": lambda: file.write_bytes(content[:64] + b"\0" * 64 + content[128:]),
        "no manifest": manifest.unlink,
        "bad manifest": lambda: manifest.write_text("{"),
    }[damage]()
    assert nearest_text(library, opened()) == WANTED
    said = {"dense.faiss_building"} | (
        {"dense.faiss_damaged"} if damage != "no manifest" else set()
    )
    assert set(messages) == said
    assert len(list((library.path / "faiss").glob("*.faiss"))) == 1


def test_new_passages_are_found_without_building(library, opened, messages):
    store = opened()
    messages.clear()
    add_document(library, "新.txt", ["后来加入的一条规定。"])
    embed(library)
    assert nearest_text(library, store, "后来加入的一条规定。") == "后来加入的一条规定。"
    assert nearest_text(library, opened(), "后来加入的一条规定。") == "后来加入的一条规定。"
    assert messages == []


def test_an_index_that_is_far_behind_is_made_anew(library, opened, messages, monkeypatch):
    monkeypatch.setattr(faiss, "_BEHIND_LEAST", 10)
    store = opened()
    messages.clear()
    add_document(library, "新.txt", [f"后来加入的第{n}条。" for n in range(30)])
    embed(library)
    assert nearest_text(library, store, "后来加入的第29条。") == "后来加入的第29条。"
    assert "dense.faiss_behind" in messages


def test_many_removals_make_the_index_anew(library, opened, messages, monkeypatch):
    monkeypatch.setattr(faiss, "_BEHIND_LEAST", 10)
    store = opened()
    messages.clear()
    forget(library, "1.txt")
    assert nearest_text(library, store) != WANTED
    assert "dense.faiss_behind" in messages


def test_while_another_process_builds_the_search_is_exact(library, opened):
    (library.path / "faiss").mkdir()
    with write_lock(library.path / "faiss"):
        assert nearest_text(library, opened()) == WANTED
    assert not list((library.path / "faiss").glob("*.faiss"))


def test_a_wide_scope_is_applied_before_ranking(library, opened, monkeypatch):
    monkeypatch.setattr(faiss, "_FEW", 5)
    found = opened().search(vector_of(WANTED), 60, library.scope_ids(["0.txt", "2.txt"]))
    documents = {p.document for p in library.passages([number for number, _ in found])}
    assert documents == {"0.txt", "2.txt"}
    assert len(found) == 40


def test_an_index_newer_than_the_library_is_not_believed(tmp_path, messages):
    with made(tmp_path / "库", documents=4) as library:
        stored = VectorTable(library).serving()
        FaissVectors(library, stored).close()
    (tmp_path / "库").rename(tmp_path / "旧库")
    with made(tmp_path / "库", documents=1) as library:
        (tmp_path / "旧库" / "faiss").rename(tmp_path / "库" / "faiss")
        stored = VectorTable(library).serving()
        store = FaissVectors(library, stored, lambda step: messages.append(step.message))
        assert len(store.search(vector_of(WANTED), 60)) == 20
        store.close()
    assert "dense.faiss_damaged" in messages


def test_auto_takes_faiss_above_the_size_and_exact_below(library):
    stored = VectorTable(library).serving()
    small = open_store(library, stored, EmbeddingSettings(faiss_above=60))
    large = open_store(library, stored, EmbeddingSettings(faiss_above=59))
    assert isinstance(small, ExactVectors)
    assert isinstance(large, FaissVectors)
    large.close()


def test_the_writer_leaves_the_index_ready_for_readers(library, messages):
    settings = EmbeddingSettings(backend="gguf", model="m.gguf", store="faiss")
    refresh_index(library, settings, lambda step: messages.append(step.message))
    assert messages == ["dense.faiss_building"]
    with Library.open(library.path) as reader:
        messages.clear()
        open_store(
            reader,
            VectorTable(reader).serving(),
            settings,
            lambda step: messages.append(step.message),
        ).close()
    assert messages == []
