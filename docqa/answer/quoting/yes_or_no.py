"""是, 否 or 看情况 before a quote, where the quoted sentence itself decides."""

import re

from docqa.answer.quoting.question_types import Asked
from docqa.terms import chinese_runs, normal
from docqa.terms.lexicon import lexicon

_CLAUSES = re.compile(r"[,。;!?\n]|\.\s")
_NEGATIVE = re.compile(r"不[^是]{0,4}吗|没.{0,4}吗|\bnot\b")
# Question words of this kind stand for nothing that the clause would have to say.
_ASKING = re.compile(
    r"可以|能不能|可不可以|是否|能否|可否|是不是|会不会|要不要|需不需要|有没有|吗|能|要|有|会|的|了|在|我"
)


def decide(question: str, quote: str) -> str | None:
    """`yes`, `no` or `depends`; None where the quote does not decide by itself."""
    asked = Asked.of(normal(question))
    if "whether" not in asked.kinds or _NEGATIVE.search(asked.text):
        return None
    for clause in _CLAUSES.split(normal(quote)):
        if _speaks_of(asked.text, clause):
            return _rule(f" {clause} ", normal(quote))
    return None


def _rule(clause: str, quote: str) -> str | None:
    rules = lexicon().rules
    forbids = any(word in clause for word in rules.forbids)
    allows = any(word in clause for word in rules.allows) and not forbids
    if not (forbids or allows):
        return None
    if any(word in f" {quote} " for word in rules.depends):
        return "depends"
    return "no" if forbids else "yes"


def _speaks_of(question: str, clause: str) -> bool:
    """Whether a clause holds most pairs of characters of what is asked."""
    content = _ASKING.sub(" ", question)
    pairs = {run[at : at + 2] for run in chinese_runs(content) for at in range(len(run) - 1)}
    held = sum(pair in clause for pair in pairs)
    return held > len(pairs) / 2
