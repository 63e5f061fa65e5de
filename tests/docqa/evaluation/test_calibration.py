"""The weight of the dense leg is what the library's own questions say it is worth."""

import numpy as np
import pytest

from docqa.errors import QueryError
from docqa.evaluation.calibration import (
    CalibrationQuestion,
    calibrate,
    item_trials,
    least_weight,
    library_trials,
)
from docqa.evaluation.dataset import Gold, Item
from docqa.llm.embeddings.embedder import Embedder
from docqa.retrieval import open_searcher
from docqa.retrieval.dense import DenseLeg
from docqa.retrieval.embedding_run import embed_missing
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
from docqa.stores.vectors.factory import open_store
from docqa.stores.vectors.table import VectorTable
from docqa.types import EmbedderIdentity, Passage
from tests.support.vector_library import add_document, vector_of

TOPICS = ["年假天数", "报销期限", "合同违约", "会议纪要", "房屋租赁", "员工培训"]


class Oracle(Embedder):
    """Knows which topic a text is about, or, where it is blind, nothing at all."""

    def __init__(self, *, blind):
        super().__init__(EmbeddingSettings())
        self._blind = blind
        self.identity_ = EmbedderIdentity("test", "先知", str(blind), 32)

    @property
    def identity(self):
        return self.identity_

    def _vectors(self, texts):
        # The first character tells the topic, in two scripts that share no character.
        topics = [text if self._blind else str(ord(text[0]) % 512) for text in texts]
        return np.vstack([vector_of(topic) for topic in topics])


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "库", create=True) as library:
        for number, topic in enumerate(TOPICS * 5):
            texts = [
                f"{chr(0x4E00 + number)}类文件关于{topic}的第{n}条规定如下。" for n in range(6)
            ]
            add_document(library, f"{number}.txt", texts)
        yield library


def searcher_with(library, embedder):
    embed_missing(library, embedder)
    searcher = open_searcher(
        library, Settings(embedding=EmbeddingSettings(backend="gguf", model="x"))
    )
    stored = VectorTable(library).serving()
    store = open_store(library, stored, EmbeddingSettings())
    searcher._dense = DenseLeg(library, stored, embedder, store, 0.5)
    return searcher


def topic_trials(library):
    """Questions in words that the documents do not use, except for what the oracle reads."""
    return [
        CalibrationQuestion(
            f"{chr(0x5E00 + n)}？规定第{n % 6}条", lambda p, n=n: p.document == f"{n}.txt"
        )
        for n in range(30)
    ]


def test_an_embedder_that_knows_gets_a_weight_and_a_gain(library):
    searcher = searcher_with(library, Oracle(blind=False))
    found = calibrate(searcher, topic_trials(library))
    scores = dict(found.scores)
    assert found.weight > 0
    assert scores[found.weight] >= scores[0.0]
    assert found.gain.mean == pytest.approx(scores[found.weight] - scores[0.0])
    searcher.close()


def test_a_blind_embedder_gets_next_to_none(library):
    searcher = searcher_with(library, Oracle(blind=True))
    assert calibrate(searcher, library_trials(library, 40)).weight <= 0.1
    searcher.close()


def columns(asked: int, helped: dict[float, int]) -> dict[float, list[float]]:
    """Scores of questions at three weights; so many are first instead of third."""
    return {
        weight: [1.0] * helped.get(weight, 0) + [1 / 3] * (asked - helped.get(weight, 0))
        for weight in (0.0, 0.1, 0.5)
    }


@pytest.mark.parametrize(
    ("asked", "helped", "weight"),
    [
        (100, {0.1: 2}, 0.1),  # perhaps by chance
        (1000, {0.1: 2}, 0.0),  # too little to matter
        (100, {0.1: 30}, 0.1),
        (100, {0.1: 10, 0.5: 60}, 0.5),
        (100, {0.0: 30}, 0.0),
        (100, {}, 0.0),
    ],
)
def test_an_embedder_that_helps_keeps_a_say(asked, helped, weight):
    assert least_weight(columns(asked, helped)) == weight


def test_questions_made_from_the_library_do_not_count_their_own_passage(library):
    trials = library_trials(library, 40)
    assert len(trials) == 40
    for trial in trials:
        (source,) = library.passages([trial.source])
        beside = library.passages_of(source.document_id)
        assert trial.question in source.text
        assert not trial.is_right(source)
        assert 1 <= sum(map(trial.is_right, beside)) <= 2


def test_questions_of_a_data_set_need_the_answer_in_the_right_document():
    items = [
        Item("年假几天？", (Gold("十天"),), "制度.txt"),
        Item("没有答案的问题？", ()),
    ]
    (trial,) = item_trials(items)

    def passage(document, text):
        return Passage(1, 1, document, 0, 0, len(text), text)

    assert trial.is_right(passage("文件/制度.txt", "年假为十天。"))
    assert not trial.is_right(passage("文件/制度.txt", "病假另行规定。"))
    assert not trial.is_right(passage("别的.txt", "年假为十天。"))


def test_questions_that_ask_nothing_do_not_count(library):
    searcher = searcher_with(library, Oracle(blind=True))
    nothing = [CalibrationQuestion("？！", lambda _: True), CalibrationQuestion("", lambda _: True)]
    assert calibrate(searcher, [*nothing, *topic_trials(library)]).questions == 30
    searcher.close()


def test_too_few_questions_are_refused(library):
    searcher = searcher_with(library, Oracle(blind=True))
    with pytest.raises(QueryError) as error:
        calibrate(searcher, topic_trials(library)[:5])
    assert "docqa eval" in error.value.hint
    searcher.close()
