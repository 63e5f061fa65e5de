"""What every vector store must do, whatever is behind it."""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from docqa.errors import ServiceError
from docqa.registries.stores import STORES
from docqa.settings import EmbeddingSettings
from docqa.stores.records.library import Library
from docqa.stores.vectors.chroma import _sessions
from docqa.stores.vectors.factory import open_store
from docqa.stores.vectors.table import VectorTable
from tests.support.vector_library import (
    IDENTITY,
    add_document,
    embed,
    embed_rows,
    forget,
    made,
    vector_of,
)

KINDS = [*STORES, "chroma server"]


@contextlib.contextmanager
def chroma_run(folder):
    """A real server on loopback, ended by its process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "chroma"),
        *("run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)),
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory):
    with chroma_run(tmp_path_factory.mktemp("chroma")) as (url, _):
        yield url


def _wait_for(port, server):
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError("chroma run did not start")


@pytest.fixture(params=KINDS)
def settings(request):
    if request.param == "chroma server":
        url = request.getfixturevalue("chroma_server")
        return EmbeddingSettings(store="chroma", chroma_url=url)
    return EmbeddingSettings(store=request.param)


@pytest.fixture
def library(tmp_path):
    with made(tmp_path / "库") as library:
        yield library


@pytest.fixture
def store(library, settings):
    store = open_store(library, VectorTable(library).serving(), settings)
    yield store
    store.close()


def texts(library, found):
    return [passage.text for passage in library.passages([number for number, _ in found])]


def test_the_passage_itself_is_nearest_and_scores_its_cosine(library, store):
    wanted = "第1号文件第7条规定的内容。"
    found = store.search(vector_of(wanted), 3)
    assert texts(library, found)[0] == wanted
    assert found[0][1] == pytest.approx(1, abs=0.01)
    assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)


def test_all_stores_rank_as_the_exact_one(library, store):
    exact = open_store(library, VectorTable(library).serving(), EmbeddingSettings(store="exact"))
    vector = vector_of("一个没有存过的问题")
    assert [n for n, _ in store.search(vector, 10)] == [n for n, _ in exact.search(vector, 10)]


def test_only_allowed_documents_are_found(library, store):
    allowed = library.scope_ids(["2.txt"])
    found = store.search(vector_of("第1号文件第7条规定的内容。"), 60, allowed)
    assert {p.document for p in library.passages([n for n, _ in found])} == {"2.txt"}
    assert len(found) == 20
    assert store.search(vector_of("条"), 5, frozenset()) == []


def test_an_open_store_sees_what_another_connection_writes(library, store):
    store.search(vector_of("条"), 1)
    with Library.open(library.path) as other:
        add_document(other, "新.txt", ["后来加入的一条规定。"])
        embed(other)
    assert texts(library, store.search(vector_of("后来加入的一条规定。"), 1)) == [
        "后来加入的一条规定。"
    ]


def test_an_open_store_forgets_what_another_connection_removes(library, store):
    wanted = "第1号文件第7条规定的内容。"
    store.search(vector_of(wanted), 1)
    with Library.open(library.path) as other:
        forget(other, "1.txt")
    found = store.search(vector_of(wanted), 60)
    assert len(found) == 40
    assert wanted not in texts(library, found)


def test_a_store_opened_anew_is_up_to_date(library, settings, store):
    store.close()
    forget(library, "0.txt")
    add_document(library, "新.txt", ["后来加入的一条规定。"])
    embed(library)
    again = open_store(library, VectorTable(library).serving(), settings)
    found = texts(library, again.search(vector_of("后来加入的一条规定。"), 100))
    assert found[0] == "后来加入的一条规定。"
    assert len(found) == 41
    again.close()


def test_another_process_reads_while_this_one_writes(library, settings, store):
    store.search(vector_of("条"), 1)
    code = (
        "import sys, json, msgspec, pathlib\n"
        "from docqa.stores.records.library import Library\n"
        "from docqa.stores.vectors.factory import open_store\n"
        "from docqa.stores.vectors.table import VectorTable\n"
        "from docqa.settings import EmbeddingSettings\n"
        "from tests.support.vector_library import vector_of\n"
        "library = Library.open(pathlib.Path(sys.argv[1]))\n"
        "settings = msgspec.json.decode(sys.argv[2], type=EmbeddingSettings)\n"
        "store = open_store(library, VectorTable(library).serving(), settings)\n"
        "def ask(text):\n"
        "    found = store.search(vector_of(text), 1)\n"
        "    print(library.passages([found[0][0]])[0].text, flush=True)\n"
        "for line in sys.stdin: ask(line.strip())\n"
    )
    facts = json.dumps({"store": settings.store, "chroma_url": settings.chroma_url})
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(library.path), facts],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        assert _ask(reader, "第2号文件第3条规定的内容。") == "第2号文件第3条规定的内容。"
        add_document(library, "新.txt", ["后来加入的一条规定。"])
        embed(library)
        assert texts(library, store.search(vector_of("后来加入的一条规定。"), 1))
        assert _ask(reader, "后来加入的一条规定。") == "后来加入的一条规定。"
    finally:
        reader.stdin.close()
        reader.stdout.close()
        reader.wait()


def _ask(reader, text):
    reader.stdin.write(f"{text}\n")
    reader.stdin.flush()
    return reader.stdout.readline().strip()


def test_a_chroma_server_that_is_down_is_named_with_the_next_step(library):
    settings = EmbeddingSettings(store="chroma", chroma_url="http://127.0.0.1:9")
    with pytest.raises(ServiceError) as error:
        open_store(library, VectorTable(library).serving(), settings)
    assert "http://127.0.0.1:9" in str(error.value)
    assert "--mode lexical" in error.value.hint


def test_a_chroma_server_that_dies_is_named_and_nothing_is_lost(library, tmp_path):
    folder = tmp_path / "chroma"
    folder.mkdir()
    with chroma_run(folder) as (url, server):
        settings = EmbeddingSettings(store="chroma", chroma_url=url)
        store = open_store(library, VectorTable(library).serving(), settings)
        server.kill()
        server.wait()
        with pytest.raises(ServiceError):
            store.search(vector_of("条"), 1)
        add_document(library, "新.txt", ["服务器停止后加入的规定。"])
        embed(library)
        with pytest.raises(ServiceError):
            store.search(vector_of("条"), 1)
        store.close()
    with chroma_run(folder) as (url, _):
        settings = EmbeddingSettings(store="chroma", chroma_url=url)
        store = open_store(library, VectorTable(library).serving(), settings)
        found = store.search(vector_of("服务器停止后加入的规定。"), 1)
        assert texts(library, found) == ["服务器停止后加入的规定。"]
        store.close()


def test_a_library_made_anew_in_the_same_place_starts_afresh_in_chroma(tmp_path, chroma_server):
    settings = EmbeddingSettings(store="chroma", chroma_url=chroma_server)
    for name in ("旧", "新"):
        with Library.open(tmp_path / "库", create=True) as library:
            add_document(library, "a.txt", [f"{name}的内容。", f"{name}的附则。"])
            store = open_store(library, embed(library), settings)
            assert texts(library, store.search(vector_of(f"{name}的附则。"), 1)) == [
                f"{name}的附则。"
            ]
            store.close()
        shutil.rmtree(tmp_path / "库")


def test_the_collection_of_a_former_embedder_is_dropped(library, chroma_server):
    import chromadb
    from msgspec.structs import replace

    settings = EmbeddingSettings(store="chroma", chroma_url=chroma_server)
    table = VectorTable(library)
    open_store(library, table.serving(), settings).close()
    new = table.enter(replace(IDENTITY, revision="2"), "{}")
    table.serve(new.id)
    embed_rows(library, new)
    store = open_store(library, table.serving(), settings)
    client = chromadb.HttpClient(host="127.0.0.1", port=int(chroma_server.rpartition(":")[2]))
    names = [
        c.name for c in client.list_collections() if c.name.startswith(store._collection.name[:31])
    ]
    assert names == [store._collection.name]
    for session in _sessions(client):
        session.close()
    store.close()


def test_vectors_are_kept_in_half_precision(library):
    rows = next(VectorTable(library).rows_after(VectorTable(library).serving(), 0))
    assert rows.vectors.dtype == np.dtype("<f2")
    assert rows.vectors.shape == (60, IDENTITY.dimension)
