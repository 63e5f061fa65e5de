"""A quote for each of two things that a question compares."""

import re
from collections.abc import Sequence

from docqa.answer.quoting.ranking import Quote, Rated, quote_of
from docqa.terms import normal

_NAME = r"[^\s,。?、:;的]"
# 台灯和吸顶灯哪个贵, A与B有什么区别, what is the difference between A and B.
_COMPARES = re.compile(
    rf"(?:^|[,。:\s]|请问|比较一?下?)(?P<one>{_NAME}{{2,12}}?)(?:和|与|跟|同|比|还是)(?P<other>{_NAME}{{2,12}}?)"
    r"(?:的.{1,8}?)?(?:,|相比|比较|有?(?:什么|何|哪些)(?:区别|不同|差别|差异)|的?(?:区别|不同|差别|差异|异同)"
    r"|哪个|哪一?种|哪款|哪项|谁|更)"
    r"|difference between (?:the )?(?P<first>.{2,30}?) and (?:the )?(?P<second>.{2,30}?)[?]?$"
)


def compare_sides(question: str, rated: Sequence[Rated]) -> list[Quote]:
    """The likeliest span of each side; nothing where one span speaks of both, or none of one."""
    found = _COMPARES.search(normal(question))
    if not found or not rated:
        return []
    one, other = (side for side in found.groups() if side)
    order = sorted(rated, key=lambda span: -span.likely)
    # 华东和华南二月谁多: what follows a name belongs to no name.
    if not any(other in span.candidate.plain for span in order):
        other = other[: len(one)]
    sides = ((one, other), (other, one))
    if all(_speaks_of(*side, order[0]) for side in sides):
        return []
    spans = [next((span for span in order if _speaks_of(*side, span)), None) for side in sides]
    quotes = [quote_of(span) for span in spans if span]
    return quotes if len(quotes) == len(sides) else []


def _speaks_of(side: str, other: str, span: Rated) -> bool:
    """Whether a span names a side, not only a longer name that holds it: 台灯 in 护眼台灯."""
    plain = span.candidate.plain
    return side in (plain.replace(other, " ") if side in other else plain)
