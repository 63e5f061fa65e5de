"""Material handed over with a question: one more document, for this question only."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from docqa.messages import say
from docqa.retrieval.coverage import Gauge, folded
from docqa.retrieval.relevance import weigh_terms
from docqa.terms import NO_WORDS, Question
from docqa.types import Found, Passage, SearchResult, Why
from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, Section

# Of the material as many passages are offered as the ranking of quotes compares.
_MOST = 4
_SIZE = 300
# Material that holds less than this share of a question is about something else; set by hand.
_ABOUT = 0.5
DOCUMENT_ID = -1
# 这份材料, this diff: the question is about nothing else.
_NAMED = re.compile(
    r"(?:这|该|上述|以上|所附|附上|我)[份个段篇些封的]?(?:材料|文本|文字|内容|文件|文章|邮件|代码|差异|段话|附件|粘贴|日志)"
    r"|粘贴的|这里(?:说|写)|\b(?:this|the (?:attached|given|following|above)) "
    r"(?:diff|text|material|file|mail|document|log|code|message)\b|\bdoes (?:this|it) say\b",
    re.IGNORECASE,
)
# It is to be told as a whole.
_WHOLE = re.compile(
    r"(?:说|讲|写|是)了?(?:些|点)?(?:什么|啥)|总结|概括|摘要|要点|大意|主要内容|归纳"
    r"|\bsummar|what does (?:this|it) say|main points|\btl;?dr\b",
    re.IGNORECASE,
)


def is_about_material(question: str) -> bool:
    """Whether a question names the material itself."""
    return _NAMED.search(question) is not None


def asks_for_summary(question: str) -> bool:
    """Whether the material is to be told in short."""
    return is_about_material(question) and _WHOLE.search(question) is not None


def passages_of(material: str) -> list[Passage]:
    """The material cut as a document is, with numbers that no passage of a library has."""
    extract = Extract(material, (Section(0, len(material), BlockKind.PARAGRAPH, None, ()),))
    name = say("answer.material")
    return [
        Passage(-1 - n, DOCUMENT_ID, name, n, cut.start, cut.end, cut.text)
        for n, cut in enumerate(split(extract, _SIZE))
    ]


def search_material(question: str, material: str) -> list[tuple[float, Found]]:
    """The passages of the material with how surely each is about the question, best first."""
    terms = Question.read(question).terms
    passages = passages_of(material)
    known = {term: sum(term in folded(passage.text) for passage in passages) for term in terms}
    gauge = Gauge(weigh_terms(dict.fromkeys(terms, 1.0), known), NO_WORDS)
    measured = [(gauge.measure(passage), passage) for passage in passages]
    measured.sort(key=lambda one: -(one[0].whole + one[0].close))
    return [
        (
            coverage.whole,
            Found(
                rank, (coverage.whole + coverage.close) / 2, passage, Why(matched=coverage.matched)
            ),
        )
        for rank, (coverage, passage) in enumerate(measured[:_MOST], 1)
    ]


def join_material(question: str, result: SearchResult, material: str) -> SearchResult:
    """A result with what the material says before or among what the library says."""
    found = search_material(question, material)
    if is_about_material(question):
        return _number(result, [one for _, one in found], 1.0)
    best = max((share for share, _ in found), default=0.0)
    if best < _ABOUT:
        return result
    # What was handed over with the question is meant before what lies in the library.
    top = max((one.score for one in result.found), default=1.0)
    near = [replace(one, score=top * share / best) for share, one in found if share >= _ABOUT]
    both = sorted((*near, *result.found), key=lambda one: -one.score)
    return _number(result, both, max(best, result.relevance))


def _number(result: SearchResult, found: Sequence[Found], relevance: float) -> SearchResult:
    numbered = tuple(replace(one, rank=rank) for rank, one in enumerate(found, 1))
    return replace(result, found=numbered, relevance=relevance)
