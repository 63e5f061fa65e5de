"""What the growing of quotes and the number of spans compared in meaning are chosen by.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.quotes.choices [SET ...]

First quote, first three and characters of the first on the choosing halves, as found with meaning:
by how readily a quote grows, then by how many spans are compared.
"""

import sys
from collections.abc import Iterable, Sequence

from docqa.answer.quoting import ranking
from docqa.answer.quoting.ranking import Quote, choose, rate
from tests.bench.quotes.fit import BY_WORDS_ALONE
from tests.bench.quotes.nearness import open_nearness
from tests.bench.quotes.rows import ALL, choosing

# Sure, follows, precedes, most neighbours, longest.
GROWTH = (
    (0.0, 1.0, 1.0, 0, 0),
    (0.85, 0.1, 0.1, 2, 200),
    (0.9, 0.05, 0.1, 2, 200),
    (0.9, 0.05, 0.2, 2, 160),
    (0.95, 0.03, 0.1, 2, 200),
    (0.95, 0.03, 0.1, 3, 300),
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


def main(names: Sequence[str]) -> None:
    for name in names or [name for name in ALL if name not in BY_WORDS_ALONE]:
        rows = choosing(name, meaning=True)
        rows = rows[:: 1 + len(rows) // MOST]
        with open_nearness(name) as near:
            rated = [(row.gold, rate(row.question, row.result, near.compare)) for row in rows]
            for values in GROWTH:
                ranking._SURE, ranking._FOLLOWS, ranking._PRECEDES = values[:3]
                ranking._MOST_NEIGHBOURS, ranking._LONGEST = values[3:]
                counted = count((gold, choose(spans, 3)) for gold, spans in rated)
                print(f"{name:10} grown by {values!s:30}{counted}", flush=True)
            for most in COMPARED:
                ranking._COMPARED = most
                found = ((r.gold, rate(r.question, r.result, near.compare)) for r in rows)
                counted = count((gold, choose(spans, 3)) for gold, spans in found)
                print(f"{name:10} compared {most:<30}{counted}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
