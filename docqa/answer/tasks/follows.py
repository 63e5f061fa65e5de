"""Whether a statement of the user follows from a document."""

from collections.abc import Sequence

from docqa.answer.checking.check import Checker, sentence_spans
from docqa.answer.checking.claims import claim_of
from docqa.answer.checking.normal_form import plain
from docqa.answer.checking.support import denies
from docqa.answer.checking.values import missing, values
from docqa.answer.citations import cite
from docqa.answer.language import language_of
from docqa.answer.tasks.nearness import MEANING, WORDS, nearness
from docqa.answer.tasks.task import Finding, Given, Target, Task, Tools, TrialItem
from docqa.types import Author, Citation, Passage, Verdict

VERDICTS = ("follows", "contradicts", "not_said")
_OF_CHECK = {
    Verdict.SUPPORTED: "follows",
    Verdict.CONTRADICTED: "contradicts",
}
_SAID = {
    "zh": {"成立": "follows", "矛盾": "contradicts", "没有说": "not_said"},
    "en": {"follows": "follows", "contradicts": "contradicts", "not said": "not_said"},
}


class Follows(Task):
    """Without a model by the nearest sentence and its numbers, and the check of `docqa check`."""

    columns = ("value", "place", "quote")
    uses_vectors = True
    # Measured by tests/bench/task.py: models of 1.5 billion weights give everything one verdict.
    trials = (
        TrialItem("图书馆每天九点开门。", "图书馆九点开始开放。", "follows"),
        TrialItem("图书馆每天九点开门。", "图书馆每天十一点才开门。", "contradicts"),
        TrialItem("图书馆每天九点开门。", "食堂供应早餐。", "not_said"),
        TrialItem("小张骑自行车上班。", "小张上班时骑车。", "follows"),
        TrialItem("小张骑自行车上班。", "小张从来不骑车。", "contradicts"),
        TrialItem("小张骑自行车上班。", "小张有两个孩子。", "not_said"),
    )

    def by_rules(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """The worst verdict of the statement's sentences, with what shows it."""
        passages = target.find(given.text)
        judged = [_judge(one, passages, tools) for one in _claims(given.text)] if passages else []
        if not judged:
            return [Finding("not_said")]
        order = ("contradicts", "not_said", "follows")
        return [min(judged, key=lambda one: order.index(one.value))]

    def by_model(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """The verdict that a model gives, with the sentence nearest to the statement."""
        passages = target.find(given.text)
        if not passages:
            return [Finding("not_said")]
        language = language_of(given.text)
        text = "\n".join(passage.text for passage in passages)
        verdict = tools.ask_verdict(
            "follows", language, _SAID[language], text=text, statement=given.text
        )
        shown = None if verdict == "not_said" else _nearest(given.text, passages, tools)
        return [Finding(verdict, citation=shown)]


def _claims(text: str) -> list[str]:
    """The sentences that claim something."""
    sentences = (text[start:end] for start, end in sentence_spans(text))
    return [one for one in sentences if claim_of(one, "") is not None]


def _judge(claim: str, passages: Sequence[Passage], tools: Tools) -> Finding:
    """What the passages say of one claim: first by the strict check, then by nearness."""
    checked = Checker(passages, "").check(claim)
    citation = next(iter(checked.citations), None)
    if checked.verdict in _OF_CHECK and citation is not None:
        return Finding(_OF_CHECK[checked.verdict], citation=citation)
    limit = (MEANING if tools.embed else WORDS).related
    sentences = _sentences(passages)
    near = nearness([one.quote for one in sentences], claim, tools)
    best = max(range(len(near)), key=near.__getitem__, default=None)
    if best is None or near[best] < limit:
        return Finding("not_said")
    said, known = plain(claim), plain(sentences[best].quote)
    is_other = missing(values(said), values(known)) or denies(said) != denies(known)
    verdict = "contradicts" if is_other else "follows"
    return Finding(verdict, score=round(near[best], 3), citation=sentences[best])


def _sentences(passages: Sequence[Passage]) -> list[Citation]:
    return [
        cite(n, passage, start, end, by=Author.DOCQA)
        for n, passage in enumerate(passages, 1)
        for start, end in sentence_spans(passage.text)
    ]


def _nearest(text: str, passages: Sequence[Passage], tools: Tools) -> Citation | None:
    """The sentence that is nearest to the statement."""
    sentences = _sentences(passages)
    near = nearness([one.quote for one in sentences], text, tools)
    best = max(range(len(near)), key=near.__getitem__, default=None)
    return None if best is None else sentences[best]
