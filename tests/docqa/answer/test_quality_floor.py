"""Floors for our own questions about texts that come along: everybody can run them.

Words alone, which need neither a model nor a network; the questions are in other words than the
documents'. In so small a library a foreign question is more often doubted than refused. The figures
of the day stand a few points higher: a floor that is met by chance alone would hold nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from docqa.answer.judge import describe_first, judge
from docqa.answer.quoting.ranking import choose, growth_for, rate
from docqa.retrieval import open_searcher
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
from docqa.types import AnswerStatus, SearchRequest
from ingest.read import read_file
from ingest.splitting.split import split
from ingest.types import ReadOptions

ROOT = Path(__file__).resolve().parents[3]
ASKED = ROOT / "tests" / "bench" / "asked"
FOLDERS = {"samples": ROOT / "configs" / "samples", "invented": ASKED / "documents"}
SETTINGS = Settings(embedding=EmbeddingSettings(backend="none"))
FOREIGN = {"far", "near"}
# Shares: the answer in the first quote, in three quotes, in the first three passages.
HITS = {"samples": (0.73, 0.81, 0.83), "invented": (0.75, 0.83, 0.88)}


class Outcome(Struct):
    """What became of one question."""

    kind: str
    status: AnswerStatus
    first: bool
    three: bool
    found: bool


def ask_all(name: str, folder: Path) -> Iterator[Outcome]:
    """Every question of a set, asked of a library of its documents."""
    rows = (ASKED / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    with Library.open(folder / name, create=True) as library:
        with library.write_lock():
            for path in sorted(FOLDERS[name].iterdir()):
                extract = read_file(path, ReadOptions())
                cut = SETTINGS.ingest
                passages = split(extract, cut.passage_characters, cut.overlap_sentences)
                library.add_document(path.name, extract, passages)
        searcher = open_searcher(library, SETTINGS)
        for row in rows:
            kind, question, *gold = row.split("\t")
            result = searcher.search(SearchRequest(question, 8))
            rated = rate(question, result)
            best = choose(rated, 3, growth_for(question))
            quotes = [quote.text for quote in best]
            golds = gold[0].split("//") if gold else []
            yield Outcome(
                kind,
                judge(question, result, SETTINGS, describe_first(best, rated)).status,
                holds(golds, quotes[:1]),
                holds(golds, quotes),
                holds(golds, [one.passage.text for one in result.found[:3]]),
            )
        searcher.close()


def holds(golds: list[str], texts: list[str]) -> bool:
    bare = ["".join(text.split()) for text in texts]
    return any("".join(gold.split()) in text for gold in golds for text in bare)


def share(values: list[bool]) -> float:
    return sum(values) / len(values)


@pytest.fixture(scope="module", params=FOLDERS)
def outcomes(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("floor")
    return request.param, list(ask_all(request.param, folder))


def test_the_answer_is_found_and_quoted(outcomes):
    name, all_of_them = outcomes
    answerable = [one for one in all_of_them if one.kind not in FOREIGN]
    first, three, found = HITS[name]
    assert share([one.first for one in answerable]) >= first
    assert share([one.three for one in answerable]) >= three
    assert share([one.found for one in answerable]) >= found


def test_what_the_documents_answer_is_seldom_refused(outcomes):
    answerable = [one for one in outcomes[1] if one.kind not in FOREIGN]
    assert share([one.status is AnswerStatus.NOT_FOUND for one in answerable]) <= 0.03


def test_what_the_documents_do_not_answer_is_refused_or_doubted(outcomes):
    far = [one.status for one in outcomes[1] if one.kind == "far"]
    near = [one.status for one in outcomes[1] if one.kind == "near"]
    assert share([status is AnswerStatus.NOT_FOUND for status in far]) >= 0.2
    assert share([status is AnswerStatus.ANSWERED for status in far]) <= 0.2
    assert share([status is AnswerStatus.ANSWERED for status in near]) <= 0.65


def test_surer_judgements_are_more_often_right(outcomes):
    answerable = [one for one in outcomes[1] if one.kind not in FOREIGN]
    sure = [one.first for one in answerable if one.status is AnswerStatus.ANSWERED]
    unsure = [one.first for one in answerable if one.status is not AnswerStatus.ANSWERED]
    assert share(sure) >= 0.85
    assert share(sure) > share(unsure)
