"""是, 否 or 看情况 before a quote, where the quoted sentence itself decides."""

import re
from collections.abc import Sequence

from docqa.answer.quoting.limits import Range, read_ranges
from docqa.answer.quoting.question_types import Asked
from docqa.terms import chinese_runs, normal
from docqa.terms.lexicon import lexicon

_PARTS = re.compile(r"[。;!?]|\.\s")
_CLAUSES = re.compile(r",")
_NEGATIVE = re.compile(r"不[^是]{0,4}吗|没.{0,4}吗|\bnot\b")
# Question words of this kind stand for nothing that the clause would have to say.
_ASKING = re.compile(
    r"可以|能不能|可不可以|是否|能否|可否|是不是|会不会|要不要|需不需要|有没有|吗|能|要|有|会|的|了|在|我"
)
# A question for leave, not for a duty: 500元要审批吗 asks the other way round.
_PERMITS = re.compile(r"可以|可否|能|允许|行吗|够|\b(?:can|may)\b")


def decide(question: str, quote: str) -> str | None:
    """`yes`, `no` or `depends`; None where the quote does not decide by itself."""
    asked = Asked.of(normal(question))
    if "whether" not in asked.kinds or _NEGATIVE.search(asked.text):
        return None
    # Items of a list and rows decide nothing for each other.
    for line in normal(quote).split("\n"):
        for part in _PARTS.split(line):
            for clause in _CLAUSES.split(part):
                if _speaks_of(asked.text, clause):
                    if amounts := read_ranges(asked.text):
                        return _compare(asked.text, amounts, clause)
                    return _rule(f" {clause} ", part, line)
    return None


def _compare(question: str, amounts: Sequence[Range], clause: str) -> str | None:
    """What a limit of the clause says of the one amount that a question names."""
    limits = [one for one in read_ranges(clause) if one.unit == amounts[0].unit]
    if len(amounts) > 1 or len(limits) != 1 or not _PERMITS.search(question):
        return None
    settled = limits[0].settle(amounts[0])
    if limits[0].is_rule:
        return settled
    rule = _rule(f" {clause} ", "", "")
    # 800元以下可以报销 says nothing certain of what is above.
    return rule if settled == "yes" or rule is None else "depends"


def _rule(clause: str, part: str, line: str) -> str | None:
    """What a clause rules; it depends by the words around it, by an exception farther off."""
    rules = lexicon().rules
    forbids = any(word in clause for word in rules.forbids)
    allows = any(word in clause for word in rules.allows) and not forbids
    if not (forbids or allows):
        return None
    around = any(word in f" {part} " for word in rules.depends)
    if around or any(word in line for word in rules.excepts):
        return "depends"
    return "no" if forbids else "yes"


def _speaks_of(question: str, clause: str) -> bool:
    """Whether a clause holds most pairs of characters of what is asked."""
    content = _ASKING.sub(" ", question)
    pairs = {run[at : at + 2] for run in chinese_runs(content) for at in range(len(run) - 1)}
    held = sum(pair in clause for pair in pairs)
    return held > len(pairs) / 2
