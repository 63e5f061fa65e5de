"""How often the gold answer stands in the first quote and in the first three.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.quotes [--meaning] [--choosing] [--kinds] [SET ...]

By words alone, or with --meaning by the packaged embedder, too, in the search and among the spans.
Only the reporting halves, which nothing was fitted on; --choosing shows the others. Beside the hits
stand the length of the first quote, how many quotes are shown by default, how often those hold the
answer, and exact match and F1 of the first quote by the official measure.
The set `manuals` needs DOCQA_BENCH_MANUALS, a folder of Debian's Chinese manuals.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext

from docqa.answer.quoting.ranking import Compare, best_quotes
from docqa.answer.quoting.reply import as_needed
from docqa.evaluation.score import exact_match, f1
from tests.bench.quotes.nearness import open_nearness
from tests.bench.quotes.rows import ALL, Row, choosing, reporting


class Tally:
    """Sums over questions."""

    def __init__(self) -> None:
        self.rows = self.first = self.three = self.characters = self.shown = self.held = 0
        self.exact = self.f1 = 0.0

    def add(self, row: Row, compare: Compare | None) -> None:
        quotes = best_quotes(row.question, row.result, 3, compare)
        found = [quote.text for quote in quotes]
        self.rows += 1
        self.first += any(gold in text for gold in row.gold for text in found[:1])
        self.three += any(gold in text for gold in row.gold for text in found)
        self.characters += len(found[0]) if found else 0
        self.exact += exact_match(found[0], row.gold) if found else 0
        self.f1 += f1(found[0], row.gold) if found else 0
        shown = as_needed(row.question, quotes)
        self.shown += len(shown)
        self.held += any(gold in quote.text for gold in row.gold for quote in shown)

    def line(self, name: str) -> str:
        n = self.rows or 1
        return (
            f"{name:14}{self.rows:>6}{self.first / n:>8.1%}{self.three / n:>8.1%}"
            f"{self.characters / n:>7.0f}{self.shown / n:>7.2f}{self.held / n:>8.1%}"
            f"{self.exact / n:>8.1%}{self.f1 / n:>8.1%}"
        )


def main(arguments: Sequence[str]) -> None:
    names = [name for name in arguments if not name.startswith("-")]
    half = choosing if "--choosing" in arguments else reporting
    print(
        f"{'set':14}{'asked':>6}{'first':>8}{'three':>8}{'chars':>7}{'shown':>7}{'held':>8}{'EM':>8}{'F1':>8}"
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
