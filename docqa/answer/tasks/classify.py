"""Which of the user's labels a document has."""

from docqa.answer.citations import cite
from docqa.answer.language import language_of
from docqa.answer.tasks.nearness import nearness
from docqa.answer.tasks.task import Finding, Given, Target, Task, Tools, choose
from docqa.terms import normal
from docqa.types import Author, Citation

# Set by hand: a label in a heading or the first words names the document, elsewhere it only occurs.
_HEAD, _HEAD_WEIGHT = 40, 5

# A label as a text that a document can be near to; chosen by tests/bench/task.py.
_KIND = {"zh": "文档类型：{}", "en": "Kind of document: {}"}


class Classify(Task):
    """Without a model by where the labels themselves stand, else by meaning, else undecided."""

    columns = ("value", "score", "place", "quote")
    uses_vectors = True

    def by_rules(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """The label that stands most where documents say what they are; else the nearest one."""
        weights = {label: _weigh(target, label) for label in given.labels}
        best = max(weights, key=weights.__getitem__)
        if weights[best] and list(weights.values()).count(weights[best]) == 1:
            score = weights[best] / sum(weights.values())
            return [Finding(best, score=round(score, 3), citation=_first(target, best))]
        if tools.embed is None:
            return []
        kinds = [_KIND[language_of(label)].format(label) for label in given.labels]
        near = dict(zip(given.labels, nearness(kinds, target.opening, tools), strict=True))
        best = max(near, key=near.__getitem__)
        return [Finding(best, score=round(near[best], 3), citation=_first(target, best))]

    def by_model(self, target: Target, given: Given, tools: Tools) -> list[Finding]:
        """The label that the model chooses."""
        reply = tools.ask(
            "classify",
            language_of("".join(given.labels)),
            {"label": {"enum": list(given.labels)}},
            text=f"{target.title}\n{target.opening}",
            labels="、".join(given.labels),
        )
        label = choose(reply.get("label"), given.labels)
        return [Finding(label, citation=_first(target, label))] if label else []


def _weigh(target: Target, label: str) -> int:
    wanted = normal(label)
    names = normal(f"{target.title} {target.opening[:_HEAD]}")
    return _HEAD_WEIGHT * names.count(wanted) + normal(target.opening).count(wanted)


def _first(target: Target, label: str) -> Citation | None:
    """The first place where the label stands; else the document's first line."""
    found = target.cite_first(label)
    if found is None and target.passages:
        first = target.passages[0]
        line = first.text.strip().splitlines()[0]
        at = first.text.find(line)
        return cite(1, first, at, at + len(line), by=Author.DOCQA)
    return found
