"""How often the gold answer stands in the first quote and in the first three.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.quotes [--meaning] [--unread] [--choosing] \\
    [--kinds] [--reader FOLDER] [SET ...]

By words alone, or with --meaning by the packaged embedder, too, in the search and among the spans,
and by the packaged reader; --unread leaves this out.
Only the reporting halves, which nothing was fitted on; --choosing shows the others. Beside the hits
stand the length of the first quote, how many quotes are shown by default, how often those hold the
answer, how often two of the first three say the same, and exact match and F1 by the official
measure: of the first quote, and of the likeliest span alone. With --reader an encoder fine-tuned
for extraction takes the place of the ranking; its span is what it marks, exactly.
The set `manuals` needs DOCQA_BENCH_MANUALS, a folder of Debian's Chinese manuals.
"""

import argparse
import os
import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import combinations, pairwise
from pathlib import Path

from docqa.answer.quoting.ranking import Rated, choose, growth_for, rate
from docqa.answer.quoting.reply import as_needed
from docqa.answer.reader.encoder import MarkEncoder
from docqa.answer.reader.rating import rate_by_reader
from docqa.evaluation.score import exact_match, f1
from docqa.terms import normal
from tests.bench.quotes.nearness import Nearness, open_nearness
from tests.bench.quotes.rows import ALL, Row, choosing, reporting


class Tally:
    """Sums over questions."""

    def __init__(self) -> None:
        self.rows = self.first = self.three = self.characters = self.shown = self.held = 0
        self.same = 0
        self.exact = self.f1 = self.span_exact = self.span_f1 = 0.0

    def add(self, row: Row, rated: Sequence[Rated]) -> None:
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
            span = _span(max(rated, key=lambda one: one.likely))
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


def _span(best: Rated) -> str:
    """What a reader marked, or the whole span."""
    passage = best.candidate.found.passage.text
    return passage[slice(*best.exact)] if best.exact else best.candidate.text


def _rating(folder: str, near: Nearness | None, *, read: bool) -> Callable[[Row], Sequence[Rated]]:
    """How spans are rated: by another reader, or by the ranking with the packaged one."""
    if not folder:
        compare = near.compare if near else None
        reader = near.read if near and read else None
        return lambda row: rate(row.question, row.result, compare, reader)
    read = MarkEncoder(Path(folder)).read
    return lambda row: rate_by_reader(row.question, row.result, read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--meaning", action="store_true")
    parser.add_argument("--choosing", action="store_true")
    parser.add_argument("--unread", action="store_true")
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--reader", default="", metavar="FOLDER")
    parser.add_argument("sets", nargs="*", metavar="SET", default=ALL)
    given = parser.parse_args()
    half = choosing if given.choosing else reporting
    print(
        f"{'set':14}{'asked':>6}{'first':>8}{'three':>8}{'chars':>7}{'shown':>7}{'held':>8}"
        f"{'same':>7}{'EM':>8}{'F1':>8}{'span EM':>8}{'F1':>8}"
    )
    for name in given.sets:
        if name == "manuals" and "DOCQA_BENCH_MANUALS" not in os.environ:
            continue
        rows = half(name, meaning=given.meaning)
        if not rows:
            continue
        kinds: dict[str, Tally] = {}
        whole = Tally()
        with open_nearness(name) if given.meaning else nullcontext() as near:
            rating = _rating(given.reader, near, read=not given.unread)
            for row in rows:
                rated = rating(row)
                for tally in (whole, kinds.setdefault(row.kind, Tally())):
                    tally.add(row, rated)
        print(whole.line(name), flush=True)
        if given.kinds and len(kinds) > 1:
            for kind, tally in kinds.items():
                print(tally.line(f"  {kind}"))


if __name__ == "__main__":
    main()
