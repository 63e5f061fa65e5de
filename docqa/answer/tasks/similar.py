"""How alike a document and a text of the user are in what they say."""

from docqa.answer.citations import cite
from docqa.answer.language import language_of
from docqa.answer.tasks.nearness import MEANING, WORDS, differ_in_numbers, nearness
from docqa.answer.tasks.task import Finding, Given, Target, Task, Tools, TrialItem
from docqa.types import Author, Citation

VERDICTS = ("same", "related", "different")
_SAID = {
    "zh": {"相同": "same", "相关": "related", "无关": "different"},
    "en": {"same": "same", "related": "related", "different": "different"},
}
_LONGEST = 1_500


class Similar(Task):
    """Without a model by meaning where an embedder is here, else by shared words."""

    columns = ("value", "score", "place", "quote")
    uses_vectors = True
    # Measured by tests/bench/task.py: models of 1.5 billion weights give everything one verdict.
    trials = (
        TrialItem("图书馆每天九点开门。", "图书馆九点开始开放。", "same"),
        TrialItem("图书馆每天九点开门。", "图书馆每天十一点开门。", "related"),
        TrialItem("图书馆每天九点开门。", "食堂今天供应面条。", "different"),
        TrialItem("小张骑自行车上班。", "小张上班时骑自行车。", "same"),
        TrialItem("小张骑自行车上班。", "小张坐地铁上班。", "related"),
        TrialItem("小张骑自行车上班。", "合同由双方签字后生效。", "different"),
    )

    def by_rules(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """How near both are, and the verdict that this gives; other numbers are never the same."""
        (score,) = nearness([target.opening], given.text[:_LONGEST], tools)
        limits = MEANING if tools.embed else WORDS
        verdict = "related" if score >= limits.related else "different"
        if score >= limits.same and not differ_in_numbers(target.opening, given.text):
            verdict = "same"
        return [Finding(verdict, score=round(score, 3), citation=_opening(target))]

    def by_model(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """The verdict that a model gives."""
        language = language_of(given.text)
        second = given.text[:_LONGEST]
        verdict = tools.ask_verdict(
            "similar", language, _SAID[language], first=target.opening, second=second
        )
        (measured,) = self.by_rules(target, given, tools)
        return [Finding(verdict, score=measured.score, citation=measured.citation)]


def _opening(target: Target) -> Citation | None:
    if not target.passages:
        return None
    first = target.passages[0]
    return cite(1, first, 0, min(len(first.text), 60), by=Author.DOCQA)
