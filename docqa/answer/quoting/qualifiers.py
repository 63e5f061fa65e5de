"""Whose answer is asked for: which party, code or month, and whether a span is of another."""

import re
from collections.abc import Iterable

from msgspec import Struct

from docqa.terms.lexicon import lexicon

# B-201, E03, T3-800: codes with a digit; other letters or digits make another code.
_CODE = re.compile(r"(?<![a-z0-9.])[a-z]+[-_]?\d+(?:[-_.][a-z0-9]+)*(?![a-z0-9])")
_TIMES = re.compile(r"(?<!\d)\d{4}年|(?<!\d)\d{1,2}月(?!内)|第\d季度|周[1-6一日天]")


class Qualifiers(Struct, frozen=True):
    """The codes, times and parties that a folded question names."""

    codes: frozenset[str]
    times: frozenset[str]
    party: str
    opponents: tuple[str, ...]

    @classmethod
    def of(cls, question: str) -> "Qualifiers":
        """Read a folded question."""
        party, opponents = _party(question)
        return cls(
            frozenset(_CODE.findall(question)),
            frozenset(_TIMES.findall(question)),
            party,
            opponents,
        )

    def measure(self, plain: str, above: str) -> dict[str, float]:
        """Figures of a folded span and of what stands over it."""
        codes, times = set(_CODE.findall(plain)), set(_TIMES.findall(plain))
        over = set(_CODE.findall(above))
        return {
            "code": float(bool(self.codes & codes)),
            "other_code": float(
                bool(self.codes and codes) and not self.codes & codes and not self.codes & over
            ),
            "other_time": float(bool(self.times and times) and not self.times & times),
            "other_party": float(self._is_of_another(plain)),
        }

    def _is_of_another(self, plain: str) -> bool:
        """Whether the first party that a span names is another than the one asked about."""
        if not self.party:
            return False
        mine = plain.find(self.party)
        others = [at for one in self.opponents if (at := plain.find(one)) >= 0]
        return bool(others) and (mine < 0 or min(others) < mine)


def _party(question: str) -> tuple[str, tuple[str, ...]]:
    """The party that a question names first, and those against it."""
    named = [
        (question.find(party), party, group)
        for group in lexicon().parties.groups
        for party in group
        if party in question
    ]
    if not named:
        return "", ()
    _, party, group = min(named)
    return party, tuple(_others(group, party))


def _others(group: Iterable[str], party: str) -> list[str]:
    return [one for one in group if one != party]
