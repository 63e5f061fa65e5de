"""What is made of a model's words, handed over as a model would say them."""

import pytest
from langchain_core.messages import AIMessageChunk
from msgspec.structs import replace

from docqa.answer.quoting.ranking import rate
from docqa.answer.retrieve import Steps
from docqa.answer.writing.events import AnswerBuilder
from docqa.answer.writing.state import Packed
from docqa.retrieval import open_searcher
from docqa.settings import EmbeddingSettings, Settings
from docqa.types import (
    AnswerStatus,
    Budget,
    Cited,
    EngineInfo,
    EngineKind,
    SearchRequest,
    Token,
    Verdict,
    Withdrawn,
)
from tests.support.rating import prefer
from tests.support.small_library import fill, open_filled

QUESTION = "T3-800 的整机保修多久？"
PUMPS = "甲泵每运转两千小时更换一次机油。\n机油存放在阴凉处。\n乙泵每运转五百小时更换一次机油。"
DORMITORY = (
    "第八条 住宿生有下列情形之一的，不得退还押金："
    "（一）损坏公用家具而没有照价赔偿的，或者未经同意更换门锁的；"
    "（二）擅自转让床位给校外人员使用的，或者擅自留宿校外人员超过三日的；"
    "（三）在室内使用大功率电器引起跳闸、火情或者其他事故的；"
    "（四）饲养宠物，经两次书面提醒后仍然不改的；（五）离校时没有交还钥匙的。"
)
SETTINGS = Settings(embedding=EmbeddingSettings(backend="none"))
BUDGET = Budget(4096, 0, 0, 0, 0, 0, 0, 0)


@pytest.fixture
def said(tmp_path):
    """The events and the answer to what a model says."""
    with open_filled(tmp_path / "库") as library:
        fill(library, {"水泵.txt": PUMPS, "宿舍.txt": DORMITORY})
        searcher = open_searcher(library, SETTINGS)

        def say(words, question=QUESTION, rated=rate, refined=False, **known):
            steps = Steps(searcher.search, SETTINGS)
            builder = AnswerBuilder(question, library, steps, rated, refined=refined)
            result = replace(searcher.search(SearchRequest(question)), **known)
            passages = tuple(one.passage for one in result.found)
            events = [
                *builder.take({"result": result}),
                *builder.take({"packed": Packed(passages, BUDGET, ())}),
                *builder.take({"reply": AIMessageChunk(content=words)}),
                *builder.flush(),
                *builder.finish(EngineInfo(EngineKind.ECHO), lambda: False),
            ]
            return events, events[-1].answer

        yield say
        searcher.close()


def test_what_contradicts_an_answer_is_one_source_though_it_is_the_best_quote(said):
    events, answer = said("整机保修 36 个月。")
    assert answer.status is AnswerStatus.PERHAPS
    assert [one.verdict for one in answer.sentences] == [Verdict.CONTRADICTED, Verdict.SUPPORTED]
    assert len(answer.citations) == sum(isinstance(event, Cited) for event in events) == 1
    (source,) = answer.citations
    assert "整机保修 24 个月" in source.quote and answer.text.count(f"[{source.n}]") == 2


def test_a_right_answer_stands_alone(said):
    events, answer = said("整机保修 24 个月。")
    assert answer.status is AnswerStatus.ANSWERED
    streamed = "".join(event.text for event in events if isinstance(event, Token))
    assert streamed == answer.text == f"整机保修 24 个月。[{answer.citations[0].n}]"


@pytest.mark.parametrize(
    "words",
    [
        "整机保修 24 个月。由长江工厂生产。颜色为深绿。电压为三百伏。",
        "保修。保修。保修。保修。",
    ],
)
def test_of_an_answer_that_is_worth_nothing_only_the_quote_stays(said, words):
    events, answer = said(words)
    assert any(isinstance(event, Withdrawn) for event in events)
    assert answer.status is AnswerStatus.PERHAPS
    assert "工厂" not in answer.text and "整机保修 24 个月" in answer.text
    assert all(one.supported for one in answer.sentences)


def test_an_answer_that_the_best_quote_does_not_support_is_shown_with_it(said):
    _, answer = said("乙泵每运转五百小时更换一次机油。", "甲泵多久更换一次机油？")
    assert answer.confidence <= 0.55
    assert answer.text.startswith("乙泵") and "甲泵每运转两千小时" in answer.text
    _, answer = said("甲泵每运转两千小时更换一次机油。", "甲泵多久更换一次机油？")
    assert answer.confidence > 0.55 and "乙泵" not in answer.text


def test_the_best_quote_is_shown_under_what_introduces_it(said):
    _, answer = said("保修。保修。保修。保修。", "饲养宠物会怎么样？")
    assert "宠物" in answer.citations[0].quote
    assert "第八条 住宿生有下列情形之一的，不得退还押金：……（" in answer.text


UNSURE = {"embedded": 1.0, "relevance": 0.93}


def test_a_quote_that_is_certain_stands_where_the_words_of_the_model_do_not(said):
    events, answer = said("10000元", "报账最晚哪天交？", **UNSURE)
    assert answer.status is AnswerStatus.PERHAPS
    assert any(isinstance(event, Withdrawn) for event in events)
    assert "10000" not in answer.text and "十五个工作日" in answer.citations[0].quote
    assert [one.verdict for one in answer.sentences] == [Verdict.SUPPORTED]


@pytest.mark.parametrize("known", [{"embedded": None}, {"relevance": 0.9}])
def test_no_quote_stands_where_words_alone_found_it_or_the_subject_is_in_doubt(said, known):
    _, answer = said("10000元", "报账最晚哪天交？", **(UNSURE | known))
    assert answer.status is AnswerStatus.NOT_FOUND and not answer.citations


def test_the_quote_beside_an_answer_is_the_best_by_what_rates_it_once(said):
    results = []

    def note(question, result):
        results.append(result)
        return prefer("存放")(question, result)

    _, answer = said("乙泵每运转五百小时。", "甲泵多久更换一次机油？", note, embedded=1.0)
    assert answer.text.splitlines()[-1].startswith("机油存放在阴凉处")
    # What was found, and what the model read of it, both as meaning found it.
    assert len(results) == 2 and all(one.embedded == 1.0 for one in results)


def test_a_quote_supports_an_answer_together_with_what_introduces_it(said):
    words, question = "住宿生不得退还押金。", "饲养宠物的住宿生能退还押金吗？"
    _, answer = said(words, question, prefer("宠物"))
    assert answer.status is AnswerStatus.ANSWERED and "……" not in answer.text


def test_the_quote_beside_a_refined_answer_is_from_the_document_that_it_cites(said):
    words, question = "机油存放在阴凉处。", "宿舍的钥匙和机油放在哪里？"
    documents = [
        said(words, question, prefer("钥匙"), refined=refined)[1].citations[-1].document
        for refined in (False, True)
    ]
    assert documents == ["宿舍.txt", "水泵.txt"]
