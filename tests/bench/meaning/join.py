"""Where the right document comes by each share of the meaning: `… .meaning.join FOLDER`.

FOLDER is what `python -m tests.bench.meaning.collect` wrote. For every set: a right document first,
share of the right ones among the first ten, one among the first three; 0 is words alone.
"""

import sys
from pathlib import Path
from statistics import fmean

from tests.bench.meaning.fit import read_rows

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 1.0)
OPENS = 0.02


def ranked(row: dict, share: float) -> list[bool]:
    """Whether each candidate is right, best first."""
    candidates = row["candidates"]
    top = max((one["bm25"] for one in candidates), default=0.0) or 1.0

    def points(one: dict) -> float:
        words = (one["bm25"] / top + one["whole"] + one["close"]) / 3 + OPENS * one["first"]
        return (1 - share) * words + share * one["nearness"]

    return [one["right"] for one in sorted(candidates, key=points, reverse=True)]


def main() -> None:
    rows = [row for row in read_rows(Path(sys.argv[1])) if row["kind"] == "asked" and row["rights"]]
    for name in sorted({row["set"] for row in rows}):
        for share in SHARES:
            orders = [(ranked(row, share), row["rights"]) for row in rows if row["set"] == name]
            first = fmean(order[0] for order, _ in orders)
            ten = fmean(min(1.0, sum(order[:10]) / rights) for order, rights in orders)
            three = fmean(any(order[:3]) for order, _ in orders)
            print(f"{name:8}{share:6.2f}{first:8.3f}{ten:8.3f}{three:8.3f}")


if __name__ == "__main__":
    main()
