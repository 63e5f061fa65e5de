"""Embedders: folders, GGUF files and endpoints, with real small models."""

import json
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import numpy as np
import pytest

from docqa.errors import ModelError, ServiceError
from docqa.llm.embeddings.factory import open_embedder
from docqa.settings import EmbeddingSettings
from tests.support.embedders import change_config, write_encoder, write_gguf_embedder

TEXTS = ["合同违约金条款", "今天天气很好", "猫", "机器学习会议纪要" * 5]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return write_encoder(tmp_path_factory.mktemp("模型") / "中文编码器")


@pytest.fixture(scope="module")
def gguf_file(tmp_path_factory):
    return write_gguf_embedder(tmp_path_factory.mktemp("gguf") / "tiny.gguf")


def folder_embedder(folder, **options):
    options = {"device": "cpu"} | options
    return open_embedder(
        EmbeddingSettings(backend="sentence-transformers", model=str(folder), **options)
    )


def gguf_embedder(path, **options):
    return open_embedder(EmbeddingSettings(backend="gguf", model=str(path), **options))


def test_no_backend_means_no_embedder():
    assert open_embedder(EmbeddingSettings()) is None


@pytest.mark.parametrize("kind", ["folder", "gguf"])
class TestEveryLocalEmbedder:
    @pytest.fixture
    def make(self, kind, encoder, gguf_file):
        def make(**options):
            if kind == "folder":
                return folder_embedder(encoder, **options)
            return gguf_embedder(gguf_file, **options)

        return make

    def test_rows_stand_in_the_order_of_the_texts(self, make):
        embedder = make(batch=2)
        together = embedder.embed_passages(TEXTS)
        alone = np.vstack([embedder.embed_passages([text]) for text in TEXTS])
        assert together.shape == (len(TEXTS), 32)
        np.testing.assert_allclose(together, alone, atol=1e-3)

    def test_vectors_have_length_one_unless_told_otherwise(self, make):
        scaled, raw = make().embed_passages(TEXTS), make(normalize=False).embed_passages(TEXTS)
        np.testing.assert_allclose(np.linalg.norm(scaled, axis=1), 1, atol=1e-5)
        assert not np.allclose(np.linalg.norm(raw, axis=1), 1, atol=0.01)

    def test_prefixes_go_before_questions_and_passages(self, make):
        with_prefix = make(query_prefix="合同", passage_prefix="天气")
        bare = make(query_prefix="", passage_prefix="")
        np.testing.assert_allclose(
            with_prefix.embed_question("猫"), bare.embed_question("合同猫"), atol=1e-3
        )
        np.testing.assert_allclose(
            with_prefix.embed_passages(["猫"]), bare.embed_passages(["天气猫"]), atol=1e-3
        )
        assert with_prefix.identity.passage_prefix == "天气"

    def test_pooling_is_a_choice(self, make):
        vectors = {
            how: make(pooling=how).embed_question("合同违约金") for how in ("mean", "cls", "last")
        }
        assert not np.allclose(vectors["mean"], vectors["cls"], atol=0.01)
        assert not np.allclose(vectors["cls"], vectors["last"], atol=0.01)

    def test_an_empty_text_and_one_beyond_the_window_have_vectors(self, make):
        rows = make().embed_passages(["", "合同" * 2000])
        assert np.isfinite(rows).all()

    def test_langchain_sees_lists(self, make):
        embedder = make()
        assert embedder.embed_documents(["猫", "狗"])[0] == pytest.approx(
            embedder.embed_passages(["猫"])[0].tolist(), abs=1e-3
        )
        assert len(embedder.embed_query("猫")) == 32

    def test_the_identity_needs_no_model_loaded(self, make):
        embedder = make(pooling="cls")
        identity = embedder.identity
        assert (identity.dimension, identity.pooling, identity.normalized) == (32, "cls", True)
        assert identity.revision
        assert getattr(embedder, "_model", None) is None
        assert getattr(embedder, "_llama", None) is None


@pytest.mark.parametrize("kind", ["roberta", "electra", "xlnet"])
def test_other_families_of_encoders_work(tmp_path, kind):
    embedder = folder_embedder(write_encoder(tmp_path / kind, kind), pooling="mean")
    rows = embedder.embed_passages(TEXTS)
    assert rows.shape == (len(TEXTS), 32)
    assert embedder.identity.dimension == 32


def test_xlnet_keeps_what_stands_for_the_text_at_its_end(tmp_path):
    folder = write_encoder(tmp_path / "xlnet", "xlnet")
    cls, last = (folder_embedder(folder, pooling=how) for how in ("cls", "last"))
    np.testing.assert_allclose(cls.embed_question("猫狗"), last.embed_question("猫狗"), atol=1e-5)


def test_a_moved_folder_has_the_same_revision_and_other_weights_another(encoder, tmp_path):
    moved = tmp_path / "别处"
    shutil.copytree(encoder, moved)
    revision = folder_embedder(encoder).identity.revision
    assert folder_embedder(moved).identity.revision == revision
    weights = moved / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert folder_embedder(moved).identity.revision != revision


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda f: (f / "config.json").unlink(), "dense.not_an_embedder"),
        (lambda f: (f / "config.json").write_text("{"), "dense.folder_unreadable"),
        (lambda f: (f / "model.safetensors").unlink(), "dense.no_weights"),
        (lambda f: change_config(f, architectures=["LlamaForCausalLM"]), "dense.not_an_embedder"),
    ],
)
def test_a_folder_that_is_no_embedder_is_refused_before_torch_is_loaded(
    encoder, tmp_path, spoil, code
):
    folder = tmp_path / "坏"
    shutil.copytree(encoder, folder)
    spoil(folder)
    with pytest.raises(ModelError) as error:
        folder_embedder(folder)
    assert error.value.code == code


def test_damaged_weights_are_worded(encoder, tmp_path):
    folder = tmp_path / "坏"
    shutil.copytree(encoder, folder)
    (folder / "model.safetensors").write_bytes(b"\0" * 100)
    with pytest.raises(ModelError) as error:
        folder_embedder(folder).embed_question("猫")
    assert error.value.code == "dense.folder_unreadable"


def test_a_hub_model_that_is_not_here_is_not_looked_up(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError) as error:
        folder_embedder("some-group/some-model")
    assert error.value.code == "dense.embedder_missing"


def test_a_hub_model_that_is_here_is_used(encoder, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    model = tmp_path / "models--some-group--some-model"
    shutil.copytree(encoder, model / "snapshots" / "abc")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("abc")
    embedder = folder_embedder("some-group/some-model")
    assert embedder.identity.model == "some-group/some-model"
    assert embedder.embed_question("猫").shape == (32,)


def test_a_catalog_name_means_the_folder_it_was_fetched_to(encoder, home):
    from docqa.catalog import embedders

    entry = next(entry for entry in embedders() if not entry.gguf)
    shutil.copytree(encoder, home / "models" / entry.name)
    embedder = folder_embedder(entry.name)
    assert embedder.identity.model == entry.name
    assert embedder.identity.query_prefix == entry.query_prefix
    assert embedder.identity.pooling == entry.pooling
    assert embedder.embed_question("猫").shape == (32,)


def test_a_gguf_of_the_catalog_that_is_not_here_names_the_command():
    from docqa.catalog import embedders

    entry = next(entry for entry in embedders() if entry.gguf)
    with pytest.raises(ModelError) as error:
        gguf_embedder(entry.name)
    assert f"docqa models pull {entry.name}" in error.value.hint


def test_a_gguf_reranker_and_maximum_pooling_are_refused(tmp_path, gguf_file):
    with pytest.raises(ModelError) as error:
        gguf_embedder(write_gguf_embedder(tmp_path / "rank.gguf", pooling=4))
    assert error.value.code == "dense.is_a_reranker"
    with pytest.raises(ModelError) as error:
        gguf_embedder(gguf_file, pooling="max")
    assert error.value.code == "dense.no_max_pooling"


def test_a_gguf_embedder_loads_no_torch_and_prints_nothing(gguf_file):
    code = (
        "import sys\n"
        "from docqa.llm.embeddings.factory import open_embedder\n"
        "from docqa.settings import EmbeddingSettings\n"
        f"settings = EmbeddingSettings(backend='gguf', model={str(gguf_file)!r})\n"
        "open_embedder(settings).embed_question('合同')\n"
        "print([m for m in ('torch', 'transformers', 'chromadb', 'faiss') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


class _Endpoint(BaseHTTPRequestHandler):
    """Speaks OpenAI's embedding protocol; the vectors are a real GGUF model's."""

    embedder = None
    asked: ClassVar[list[dict]] = []
    failing = False

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append({"path": self.path, **body})
        if self.failing:
            self.send_error(500)
            return
        rows = self.embedder.embed_documents(body["input"])
        data = [{"object": "embedding", "index": n, "embedding": r} for n, r in enumerate(rows)]
        answer = json.dumps({"object": "list", "model": "m", "data": data, "usage": {}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint(gguf_file):
    handler = type("Handler", (_Endpoint,), {"embedder": gguf_embedder(gguf_file), "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1", handler
    server.shutdown()
    server.server_close()
    thread.join()


def endpoint_embedder(url, **options):
    return open_embedder(
        EmbeddingSettings(backend="endpoint", model="嵌入", endpoint=url, **options)
    )


def test_an_endpoint_gets_texts_and_gives_vectors(endpoint, gguf_file):
    url, handler = endpoint
    embedder = endpoint_embedder(url, passage_prefix="合同", batch=2)
    rows = embedder.embed_passages(["猫", "狗", "天气"])
    wanted = gguf_embedder(gguf_file).embed_passages(["合同猫", "合同狗", "合同天气"])
    np.testing.assert_allclose(rows, wanted, atol=1e-3)
    assert embedder.identity.dimension == 32
    assert {asked["path"] for asked in handler.asked} == {"/v1/embeddings"}
    assert all(isinstance(text, str) for asked in handler.asked for text in asked["input"])
    embedder.close()


def test_an_endpoint_that_fails_is_named(endpoint):
    url, handler = endpoint
    handler.failing = True
    embedder = endpoint_embedder(url)
    with pytest.raises(ServiceError, match=r"127\.0\.0\.1"):
        embedder.embed_question("猫")
    embedder.close()


def test_an_endpoint_that_is_down_is_named():
    embedder = endpoint_embedder("http://127.0.0.1:9/v1")
    with pytest.raises(ServiceError, match=r"127\.0\.0\.1:9"):
        embedder.embed_question("猫")


def test_another_dimension_than_expected_is_refused(endpoint):
    url, handler = endpoint
    embedder = endpoint_embedder(url)
    embedder.embed_question("猫")
    handler.embedder = type(
        "Other", (), {"embed_documents": lambda _, texts: [[1.0] * 7 for _ in texts]}
    )()
    with pytest.raises(ModelError) as error:
        embedder.embed_question("猫")
    assert error.value.code == "dense.wrong_dimension"
    embedder.close()
