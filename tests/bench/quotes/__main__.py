"""How often the gold answer stands in the first quote and in the first three.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.quotes [--meaning] [--choosing] [--kinds] [SET ...]

By words alone, or with --meaning by the packaged embedder, too, in the search and among the spans.
Only the reporting halves, which nothing was fitted on; --choosing shows the others. Beside the hits
stand the length of the first quote, how many quotes are shown by default, how often those hold the
answer, how often two of the first three say the same, and exact match and F1 by the official
measure: of the first quote, and of the likeliest span alone.
The set `manuals` needs DOCQA_BENCH_MANUALS, a folder of Debian's Chinese manuals.
"""

import os
import re
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import combinations, pairwise

from docqa.answer.quoting.ranking import Compare, choose, growth_for, rate
from docqa.answer.quoting.reply import as_needed
from docqa.evaluation.score import exact_match, f1
from docqa.terms import normal
from tests.bench.quotes.nearness import open_nearness
from tests.bench.quotes.rows import ALL, Row, choosing, reporting


class Tally:
    """Sums over questions."""

    def __init__(self) -> None:
        self.rows = self.first = self.three = self.characters = self.shown = self.held = 0
        self.same = 0
        self.exact = self.f1 = self.span_exact = self.span_f1 = 0.0

    def add(self, row: Row, compare: Compare | None) -> None:
        rated = rate(row.question, row.result, compare)
        quotes = choose(rated, 3, growth_for(row.question))
        found = [quote.text for quote in quotes]
        self.rows += 1
        self.first += any(gold in text for gold in row.gold for text in found[:1])
        self.three += any(gold in text for gold in row.gold for text in found)
        self.characters += len(found[0]) if found else 0
        self.exact += exact_match(found[0], row.gold) if found else 0
        self.f1 += f1(found[0], row.gold) if found else 0
        self.same += any(_are_alike(*pair) for pair in combinations(found, 2))
        if rated:
            span = max(rated, key=lambda one: one.likely).candidate.text
            self.span_exact += exact_match(span, row.gold)
            self.span_f1 += f1(span, row.gold)
        shown = as_needed(row.question, quotes)
        self.shown += len(shown)
        self.held += any(gold in quote.text for gold in row.gold for quote in shown)

    def line(self, name: str) -> str:
        n = self.rows or 1
        return (
            f"{name:14}{self.rows:>6}{self.first / n:>8.1%}{self.three / n:>8.1%}"
            f"{self.characters / n:>7.0f}{self.shown / n:>7.2f}{self.held / n:>8.1%}"
            f"{self.same / n:>7.1%}{self.exact / n:>8.1%}{self.f1 / n:>8.1%}"
            f"{self.span_exact / n:>8.1%}{self.span_f1 / n:>8.1%}"
        )


def _are_alike(one: str, other: str) -> bool:
    """Whether two quotes share nine of ten pairs of letters of the shorter, and every number."""
    first, second = ("".join(filter(str.isalnum, normal(text))) for text in (one, other))
    if set(re.findall(r"\d+", first)) != set(re.findall(r"\d+", second)):
        return False
    pairs, others = set(pairwise(first)), set(pairwise(second))
    return len(pairs & others) >= 0.9 * max(1, min(len(pairs), len(others)))


def main(arguments: Sequence[str]) -> None:
    names = [name for name in arguments if not name.startswith("-")]
    half = choosing if "--choosing" in arguments else reporting
    print(
        f"{'set':14}{'asked':>6}{'first':>8}{'three':>8}{'chars':>7}{'shown':>7}{'held':>8}"
        f"{'same':>7}{'EM':>8}{'F1':>8}{'span EM':>8}{'F1':>8}"
    )
    for name in names or ALL:
        if name == "manuals" and "DOCQA_BENCH_MANUALS" not in os.environ:
            continue
        kinds: dict[str, Tally] = {}
        whole = Tally()
        meaning = "--meaning" in arguments
        with open_nearness(name) if meaning else nullcontext() as near:
            for row in half(name, meaning=meaning):
                for tally in (whole, kinds.setdefault(row.kind, Tally())):
                    tally.add(row, near.compare if near else None)
        print(whole.line(name), flush=True)
        if "--kinds" in arguments and len(kinds) > 1:
            for kind, tally in kinds.items():
                print(tally.line(f"  {kind}"))


if __name__ == "__main__":
    main(sys.argv[1:])
