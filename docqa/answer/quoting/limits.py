"""Whether an amount that is asked about keeps within the limit that a clause sets."""

import re
from functools import cache
from math import inf

from msgspec import Struct

from docqa.terms.lexicon import lexicon

_AMOUNT = r"(\d+(?:\.\d+)?)\s?(?:个|多)?(%|[^\W\d_])"


class Range(Struct, frozen=True):
    """The amounts of one unit that a text speaks of."""

    least: float
    most: float
    unit: str
    is_rule: bool
    """Whether the words themselves bind: 不得少于, 至少; not so 以下, which says of what."""

    def settle(self, asked: "Range") -> str:
        """Whether what is asked about lies within: `yes`, `no`, or `depends` where it is parted."""
        if self.least <= asked.least and asked.most <= self.most:
            return "yes"
        return "no" if asked.most < self.least or asked.least > self.most else "depends"


def read_ranges(text: str) -> list[Range]:
    """Every amount of a folded text with how far it reaches."""
    found: dict[int, Range] = {}
    for kind, pattern in _patterns():
        for match in pattern.finditer(text):
            amount, unit, at = float(match[1]), match[2], match.start(1)
            least = 0.0 if kind in ("most", "below") else amount
            most = amount if kind in ("most", "below", "just") else inf
            # 超过500元 leaves 500 out.
            least += 1e-9 * (kind == "above")
            most -= 1e-9 * (kind == "below")
            is_rule = match.start() < at and kind in ("most", "least")
            found.setdefault(at, Range(least, most, unit, is_rule))
    return list(found.values())


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What says how far an amount reaches, what stands before it first; at last the amount."""
    limits = lexicon().limits
    before = {
        kind: rf"(?:{'|'.join(getattr(limits, kind))}){_AMOUNT}"
        for kind in ("most", "least", "above", "below")
    }
    after = {
        kind: rf"{_AMOUNT}\w?(?:及|或)?(?:{'|'.join(words)})"
        for kind, words in (("most", limits.most_after), ("least", limits.least_after))
    }
    parts = (*before.items(), *after.items(), ("just", _AMOUNT))
    return tuple((kind, re.compile(pattern)) for kind, pattern in parts)
