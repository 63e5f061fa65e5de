"""What the growing of quotes and the number of spans compared in meaning are chosen by.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.quotes.choices [SET ...]

First quote, first three and characters of the first on the choosing halves, as found with meaning:
by how readily a quote grows, then by how many spans are compared.
"""

import sys
from collections.abc import Iterable, Sequence

from docqa.answer.quoting import ranking
from docqa.answer.quoting.ranking import (
    AT_LENGTH,
    IN_SHORT,
    Growth,
    Quote,
    best_quotes,
    choose,
    growth_for,
    rate,
)
from tests.bench.quotes.fit import BY_WORDS_ALONE
from tests.bench.quotes.nearness import open_nearness
from tests.bench.quotes.rows import ALL, choosing

# For values and names, and for what is told at length.
GROWTH = (
    (Growth(1, 1, 1, 0, 0), Growth(1, 1, 1, 0, 0)),
    (Growth(0.9, 0.05, 0.1, 2, 200), Growth(0.9, 0.05, 0.1, 2, 200)),
    (Growth(0.9, 0.03, 0.1, 2, 200), AT_LENGTH),
    (Growth(0.9, 0.05, 0.15, 2, 200), AT_LENGTH),
    (IN_SHORT, IN_SHORT),
    (IN_SHORT, Growth(0.95, 0.03, 0.1, 3, 300)),
    (IN_SHORT, Growth(0.99, 0.01, 0.05, 2, 250)),
    (IN_SHORT, AT_LENGTH),
    (IN_SHORT, Growth(1, 0, 0.02, 3, 300)),
    (AT_LENGTH, AT_LENGTH),
)
COMPARED = (1, 6, 12, 24)
# Large sets are sampled.
MOST = 200


def count(answers: Iterable[tuple[Sequence[str], Sequence[Quote]]]) -> str:
    """How often the first and one of three hold a gold answer, and how long the first is."""
    asked = first = three = characters = 0
    for gold, quotes in answers:
        held = [any(one in quote.text for one in gold) for quote in quotes]
        asked += 1
        first += any(held[:1])
        three += any(held)
        characters += len(quotes[0].text) if quotes else 0
    return f"{first / asked:7.1%}{three / asked:7.1%}{characters / asked:5.0f}"


def _pick(growth: Growth, in_short: Growth, at_length: Growth) -> Growth:
    """The growth to try in the place of a question's own."""
    return at_length if growth is AT_LENGTH else in_short


def main(names: Sequence[str]) -> None:
    for name in names or [name for name in ALL if name not in BY_WORDS_ALONE]:
        rows = choosing(name, meaning=True)
        rows = rows[:: 1 + len(rows) // MOST]
        with open_nearness(name) as near:
            rated = [
                (row, rate(row.question, row.result, near.compare), growth_for(row.question))
                for row in rows
            ]
            for in_short, at_length in GROWTH:
                counted = count(
                    (row.gold, choose(spans, 3, _pick(growth, in_short, at_length)))
                    for row, spans, growth in rated
                )
                print(f"{name:10} grown {in_short} {at_length}{counted}", flush=True)
            for most in COMPARED:
                ranking._COMPARED = most
                counted = count(
                    (r.gold, best_quotes(r.question, r.result, 3, near.compare)) for r in rows
                )
                print(f"{name:10} compared {most:<30}{counted}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
