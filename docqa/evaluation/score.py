"""Exact match and F1 as the CMRC 2018 evaluation computes them, over characters and Latin words."""

import re
from collections.abc import Sequence

# The marks that the CMRC evaluation drops before comparing.
_DROPPED = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》…·、「」（）－～『』")
_SEGMENT = re.compile(r"[\u4e00-\u9fa5]|\d+(?:[.,]\d+)*|[^\W\d_\u4e00-\u9fa5]+|\S")


def exact_match(answer: str, golds: Sequence[str]) -> bool:
    """Whether the answer equals one of the gold answers, punctuation and case aside."""
    return any(_plain(answer) == _plain(gold) for gold in golds)


def f1(answer: str, golds: Sequence[str]) -> float:
    """The best F1 over the gold answers, from the longest stretch that both have in common."""
    return max((_f1(_segments(answer), _segments(gold)) for gold in golds), default=0.0)


def _f1(answer: list[str], gold: list[str]) -> float:
    common = _longest_common_stretch(answer, gold)
    if not common:
        return 0.0
    precision, recall = common / len(answer), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def _longest_common_stretch(one: list[str], other: list[str]) -> int:
    longest, previous = 0, [0] * (len(other) + 1)
    for segment in one:
        current = [0] * (len(other) + 1)
        for place, match in enumerate(other, 1):
            if segment == match:
                current[place] = previous[place - 1] + 1
                longest = max(longest, current[place])
        previous = current
    return longest


def _plain(text: str) -> str:
    return "".join(text.lower().split()).translate(_DROPPED)


def _segments(text: str) -> list[str]:
    return _SEGMENT.findall(text.lower().translate(_DROPPED))
