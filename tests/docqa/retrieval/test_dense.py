"""Embedding a library, changing the embedder, and asking by meaning."""

import msgspec
import pytest

from docqa.errors import EmbedderMismatch, QueryError
from docqa.llm.embeddings.factory import open_embedder
from docqa.retrieval import open_searcher
from docqa.retrieval.dense import CAUTIOUS_WEIGHT, open_dense
from docqa.retrieval.embedding_run import embed_anew, embed_missing
from docqa.settings import EmbeddingSettings, SearchSettings, Settings
from docqa.stores.records.library import Library
from docqa.stores.vectors.table import VectorTable
from docqa.types import SearchMode, SearchRequest
from tests.support.embedders import write_gguf_embedder
from tests.support.vector_library import add_document, forget

TEXTS = [f"合同第{n}条规定违约金。" for n in range(30)]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("模型")
    return [write_gguf_embedder(folder / f"{n}.gguf", seed=n) for n in range(2)]


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "库", create=True) as library:
        add_document(library, "合同.txt", TEXTS)
        yield library


def choose(model, **options):
    embedding = EmbeddingSettings(backend="gguf", model=str(model), batch=4, **options)
    return Settings(embedding=embedding)


@pytest.fixture
def settings(models):
    return choose(models[0])


@pytest.fixture
def embedder(settings):
    embedder = open_embedder(settings.embedding)
    yield embedder
    embedder.close()


def count(embedder, monkeypatch):
    """The texts that reach the model from now on."""
    seen, inner = [], embedder._vectors

    def watched(texts):
        seen.extend(texts)
        return inner(texts)

    monkeypatch.setattr(embedder, "_vectors", watched)
    return seen


def test_every_passage_gets_a_vector_and_progress_is_told(library, embedder):
    steps = []
    run = embed_missing(library, embedder, steps.append)
    assert (run.embedded, run.reused, run.left) == (30, 0, 0)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert (steps[-1].done, steps[-1].total) == (30, 30)


def test_nothing_is_embedded_twice(library, embedder, monkeypatch):
    embed_missing(library, embedder)
    seen = count(embedder, monkeypatch)
    assert embed_missing(library, embedder).embedded == 0
    assert seen == []


def test_a_stopped_run_goes_on_where_it_was(library, embedder, monkeypatch):
    asked = []
    first = embed_missing(library, embedder, cancelled=lambda: asked.append(1) or len(asked) > 3)
    assert 0 < first.embedded < 30
    assert first.embedded + first.left == 30
    seen = count(embedder, monkeypatch)
    second = embed_missing(library, embedder)
    assert second.embedded == first.left == len(seen)


def test_a_killed_run_keeps_what_it_had_stored(library, embedder, monkeypatch):
    inner, batches = embedder._vectors, []

    def dies(texts):
        batches.append(texts)
        if len(batches) > 3:
            raise KeyboardInterrupt
        return inner(texts)

    monkeypatch.setattr(embedder, "_vectors", dies)
    with pytest.raises(KeyboardInterrupt):
        embed_missing(library, embedder)
    assert VectorTable(library).count_missing(1) == 30 - 12


def test_an_edited_document_keeps_the_vectors_of_what_stayed(library, embedder, monkeypatch):
    embed_missing(library, embedder)
    seen = count(embedder, monkeypatch)
    add_document(library, "合同.txt", [*TEXTS[:10], "新加的一条。", *TEXTS[10:]])
    run = embed_missing(library, embedder)
    assert (run.embedded, run.reused) == (1, 30)
    assert seen == ["新加的一条。"]


def test_the_same_text_in_two_documents_is_embedded_once(library, embedder, monkeypatch):
    seen = count(embedder, monkeypatch)
    add_document(library, "副本.txt", [*TEXTS, "副本。"])
    run = embed_missing(library, embedder)
    assert run.embedded == 61
    assert len(seen) == 31


def test_removed_documents_leave_no_vectors(library, embedder):
    embed_missing(library, embedder)
    forget(library, "合同.txt")
    embed_missing(library, embedder)
    left = "SELECT (SELECT count(*) FROM vectors) + (SELECT count(*) FROM spare_vectors)"
    assert library.connection.execute(left).fetchone() == (0,)


def test_a_question_finds_its_own_words_by_meaning(library, settings, embedder):
    embed_missing(library, embedder)
    leg = open_dense(library, settings)
    number, score = leg.search(TEXTS[7], 1)[0]
    assert library.passages([number])[0].text == TEXTS[7]
    assert score == pytest.approx(1, abs=0.01)
    leg.close()


def test_there_is_no_dense_leg_without_embedder_or_vectors(library, settings):
    assert open_dense(library, Settings()) is None
    assert open_dense(library, settings) is None


@pytest.mark.parametrize(
    "changes",
    [{"passage_prefix": "段落："}, {"pooling": "cls"}, {"normalize": False}],
)
def test_another_way_of_embedding_is_refused_with_the_command(library, models, embedder, changes):
    embed_missing(library, embedder)
    other = choose(models[0], **changes)
    for attempt in (
        lambda: open_dense(library, other),
        lambda: embed_missing(library, open_embedder(other.embedding)),
    ):
        with pytest.raises(EmbedderMismatch) as error:
            attempt()
        assert "docqa reindex --embed --library 库" in error.value.hint


def test_another_model_is_refused_and_words_still_find(library, models, embedder):
    embed_missing(library, embedder)
    told = []
    searcher = open_searcher(library, choose(models[1]), told.append)
    with pytest.raises(EmbedderMismatch):
        searcher.search(SearchRequest("违约金", mode=SearchMode.HYBRID))
    assert searcher.search(SearchRequest("违约金", mode=SearchMode.LEXICAL)).found
    assert searcher.search(SearchRequest("违约金")).found
    assert "error.embedder_mismatch" in [step.message for step in told]
    searcher.close()


def test_another_prefix_for_questions_needs_no_new_vectors(library, models, embedder):
    embed_missing(library, embedder)
    leg = open_dense(library, choose(models[0], query_prefix="问题"))
    assert leg.search("违约金", 3)
    leg.close()


def test_the_old_vectors_serve_until_the_new_are_complete(library, models, settings, embedder):
    embed_missing(library, embedder)
    before = open_dense(library, settings)
    wanted = before.search(TEXTS[7], 3)
    new = choose(models[1])
    asked = []
    run = embed_anew(
        library,
        open_embedder(new.embedding),
        cancelled=lambda: asked.append(1) or len(asked) > 3,
    )
    assert 0 < run.left < 30
    assert before.search(TEXTS[7], 3) == wanted
    told = []
    meanwhile = open_dense(library, new, told.append)
    assert meanwhile.search(TEXTS[7], 3) == wanted
    # Said once, not counted as what goes on.
    assert [(step.message, step.total) for step in told] == [("dense.old_serves", None)]
    again = embed_anew(library, open_embedder(new.embedding))
    assert (again.embedded, again.left) == (run.left, 0)
    after = open_dense(library, new)
    assert after.embedder.identity.model == "1"
    assert after.search(TEXTS[7], 1)[0][1] == pytest.approx(1, abs=0.01)
    with pytest.raises(EmbedderMismatch):
        open_dense(library, settings)
    rows = library.connection.execute("SELECT DISTINCT embedder_id FROM vectors").fetchall()
    assert len(rows) == 1
    for leg in (before, meanwhile, after):
        leg.close()


def test_an_open_search_changes_over_with_the_library(library, models, settings, embedder):
    embed_missing(library, embedder)
    new = choose(models[1])
    searchers = [open_searcher(library, chosen) for chosen in (settings, new)]
    question = SearchRequest(TEXTS[7], k=3, mode=SearchMode.DENSE)
    assert searchers[0].search(question).found[0].passage.text == TEXTS[7]
    embed_anew(library, open_embedder(new.embedding))
    with pytest.raises(EmbedderMismatch):
        searchers[0].search(question)
    assert searchers[1].search(question).found[0].passage.text == TEXTS[7]
    for searcher in searchers:
        searcher.close()


def test_an_open_search_sees_the_first_vectors(library, settings, embedder):
    searcher = open_searcher(library, settings)
    question = SearchRequest(TEXTS[7], k=3)
    assert searcher.search(question).found[0].why.dense_rank is None
    embed_missing(library, embedder)
    assert searcher.search(question).found[0].why.dense_rank == 1
    searcher.close()


def test_the_weight_is_the_set_one_else_the_measured_else_a_cautious_one(
    library, settings, embedder
):
    embed_missing(library, embedder)
    assert open_dense(library, settings).weight == CAUTIOUS_WEIGHT
    VectorTable(library).set_weight(1, 0.35)
    assert open_dense(library, settings).weight == 0.35
    told = msgspec.structs.replace(settings, search=SearchSettings(dense_weight=0.6))
    assert open_dense(library, told).weight == 0.6


def test_hybrid_search_says_where_each_leg_ranked_a_passage(library, settings, embedder):
    embed_missing(library, embedder)
    searcher = open_searcher(library, settings)
    result = searcher.search(SearchRequest(TEXTS[7], k=3, mode=SearchMode.HYBRID))
    assert result.found[0].passage.text == TEXTS[7]
    assert result.found[0].why.dense_rank == 1
    assert result.found[0].why.lexical_rank is not None
    searcher.close()


def test_dense_mode_without_vectors_is_a_clear_error(library, settings):
    searcher = open_searcher(library, settings)
    with pytest.raises(QueryError) as error:
        searcher.search(SearchRequest("违约金", mode=SearchMode.DENSE))
    assert error.value.code == "search.no_vectors"
    searcher.close()
