"""Places that a question names: 第七条, 附件三, 表2, 3.2.1, Article 7."""

import re
from typing import Self

from msgspec import Struct

_DIGITS = "一二三四五六七八九"
_NUMBER = r"\d+(?:[.-]\d+)*"
# On folded text: numbers are in digits, but for single ones that count nothing.
_NAMED = re.compile(
    rf"第(?P<number>{_NUMBER})(?P<part>[编篇部章节条款项回])"
    rf"|(?P<label>附件|附录|附表|附图|表|图)[ ]?(?P<item>{_NUMBER}|[{_DIGITS}]|[a-z](?![a-z]))"
    rf"|\b(?P<word>article|section|chapter|clause|appendix|annex|table|figure) "
    rf"(?P<of>{_NUMBER}|[a-z])\b"
    rf"|§ ?(?P<sign>{_NUMBER})"
    r"|(?<![\d.])(?P<dotted>\d+(?:\.\d+){2,}|\d+\.\d+(?=[小]?[节章条款]))(?![\d.])"
)
# Where a line, or a sentence within one, begins.
_BEGINNING = r"(?:^|[\n。;!?])[ #*]*"
# Where a number ends: 3.2 is neither 3.21 nor 3.2.1.
_END = r"(?!\.?\d)"


class Places(Struct, frozen=True):
    """The places that a question names, as what a passage has to begin with."""

    patterns: tuple[re.Pattern[str], ...] = ()
    terms: tuple[str, ...] = ()
    """The names as written, folded."""

    @classmethod
    def of(cls, question: str) -> Self:
        """Read a folded question."""
        found = list(_NAMED.finditer(question))
        patterns = dict.fromkeys(_beginning(match) for match in found)
        return cls(tuple(map(re.compile, patterns)), tuple(match[0] for match in found))

    def share(self, folded: str) -> float:
        """How many of them a folded text holds at the beginning of a line or sentence."""
        if not self.patterns:
            return 0.0
        return sum(p.search(folded) is not None for p in self.patterns) / len(self.patterns)


NOWHERE = Places()


def _beginning(match: re.Match[str]) -> str:
    if match["part"]:
        number = re.escape(match["number"])
        dotted = rf"|{number}{_END}" if "." in match["number"] else ""
        return rf"{_BEGINNING}(?:第 ?{number} ?{match['part']}{dotted})"
    if match["label"]:
        return rf"{_BEGINNING}{match['label']} ?{_either(match['item'])}{_END}"
    if match["word"]:
        return rf"{_BEGINNING}{match['word']} {re.escape(match['of'])}\b{_END}"
    return rf"{_BEGINNING}[§第]? ?{re.escape(match['sign'] or match['dotted'])}{_END}"


def _either(item: str) -> str:
    """三 and 3 are one number."""
    if item in _DIGITS:
        return f"[{item}{_DIGITS.index(item) + 1}]"
    if item.isdigit() and 0 < int(item) < 10:
        return f"[{item}{_DIGITS[int(item) - 1]}]"
    return re.escape(item)
