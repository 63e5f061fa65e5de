"""Fits the weights of the ranking on the choosing halves.

python -m tests.bench.quotes.fit [--write]

A conditional logit: of all spans of a question, one that holds a gold answer is to be likeliest.
A figure is kept where both quarters of the questions give it the same sign (what a kind of answer
looks like: no less than LEAST, too); everything is fitted once more with what was kept. Prints
what leaving out each figure costs, in points of the first quote, on the choosing halves.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from msgspec import Struct

from docqa.answer.quoting import weights as shipped
from docqa.answer.quoting.candidates import candidates_of
from docqa.answer.quoting.features import KINDS, measure
from docqa.terms.lexicon import lexicon
from tests.bench.quotes.rows import ALL, Row, choosing, rows_of

LEAST = 0.25
# Too rare in the sets to be fitted: set by hand, so that what is of another code, party or month
# goes behind what is of none.
BY_HAND = {"code": 1.5, "other_code": -4.0, "other_time": -1.5, "other_party": -2.0, "placed": 4.0}
PENALTY = 1.0
# Of the largest set every third question is enough.
EVERY = {"drcd": 3}
STEPS = 300
HEAD = '''"""What each figure of a span counts, by `python -m tests.bench.quotes.fit --write`.

Fitted by a conditional logit on the choosing halves of
{sets}.
Set by hand, as too rare there: {by_hand}.
"""

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {{
{lines}
}}
'''


class Table(Struct, frozen=True):
    """The figures of all spans, one row each, and which of them hold a gold answer."""

    figures: np.ndarray
    right: np.ndarray
    starts: np.ndarray
    """The first row of each question."""
    counts: np.ndarray
    """What each question counts: as much for every set as the root of its number of questions."""
    quarter: np.ndarray

    def part(self, quarter: int) -> "Table":
        """The questions of one quarter."""
        ends = [*self.starts[1:], len(self.right)]
        chosen = [n for n in range(len(self.starts)) if self.quarter[n] == quarter]
        rows = [np.arange(self.starts[n], ends[n]) for n in chosen]
        at = np.concatenate(rows)
        starts = np.cumsum([0, *map(len, rows[:-1])])
        return Table(
            self.figures[at], self.right[at], starts, self.counts[chosen], self.quarter[chosen]
        )


def all_figures() -> list[str]:
    """Every figure that could be used."""
    looks = [f"{kind}:{look}" for kind in KINDS for look in lexicon().shows]
    row = choosing("samples")[0]
    spans = candidates_of(row.question, row.result)
    return [*next(measure(row.question, spans, row.result.weights, ())), *looks]


def table(sets: Mapping[str, Sequence[Row]], names: Sequence[str]) -> Table:
    """The figures of every question of which one span is right and another is not."""
    place = {name: at for at, name in enumerate(names)}
    figures, right, starts, counts, quarter = [], [], [], [], []
    for rows in sets.values():
        for row in rows:
            spans = candidates_of(row.question, row.result)
            good = [any(gold in span.text for gold in row.gold) for span in spans]
            if all(good) or not any(good):
                continue
            starts.append(len(right))
            counts.append(len(rows) ** -0.5)
            quarter.append(crc32(row.gold[0].encode()) & 1)
            right += good
            for values in measure(row.question, spans, row.result.weights, names):
                line = np.zeros(len(names), np.float32)
                for name, value in values.items():
                    line[place[name]] = value
                figures.append(line)
    scaled = np.array(counts)
    return Table(
        np.stack(figures),
        np.array(right),
        np.array(starts),
        scaled / scaled.mean(),
        np.array(quarter),
    )


def fit(data: Table, used: np.ndarray, given: np.ndarray) -> np.ndarray:
    """The weights of the figures in use beside those given, by Adam over all questions at once."""
    group = np.repeat(np.arange(len(data.starts)), np.diff([*data.starts, len(data.right)]))
    weights = given.copy()
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        points = (data.figures @ weights.astype(np.float32)).astype(float)
        odds = np.exp(points - np.maximum.reduceat(points, data.starts)[group])
        share = odds / np.add.reduceat(odds, data.starts)[group]
        good = odds * data.right
        wanted = good / np.add.reduceat(good, data.starts)[group]
        pull = (data.counts[group] * (share - wanted)).astype(np.float32)
        slope = (data.figures.T @ pull + 2 * PENALTY * weights) * used * (given == 0)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        rate = 0.05 * min(1.0, 4 * (1 - step / STEPS))
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def first(data: Table, weights: np.ndarray) -> float:
    """How often the likeliest span is right."""
    points = data.figures @ weights
    ends = [*data.starts[1:], len(data.right)]
    hits = [data.right[a + np.argmax(points[a:b])] for a, b in zip(data.starts, ends, strict=True)]
    return float(np.mean(hits))


def keep(data: Table, names: Sequence[str]) -> np.ndarray:
    """Which figures earn their place: both quarters agree on them."""
    everything, given = np.ones(len(names)), by_hand(names)
    one, other = (fit(data.part(quarter), everything, given) for quarter in (0, 1))
    least = np.array([LEAST if ":" in name else 0.0 for name in names])
    agree = (one * other > 0) & (np.minimum(abs(one), abs(other)) >= least)
    return agree.astype(float)


def _some(name: str) -> list[Row]:
    """The questions of a set that are fitted on."""
    return [row for row in rows_of(name)[:: EVERY.get(name, 1)] if row.half == 0]


def by_hand(names: Sequence[str]) -> np.ndarray:
    """The weights that are not fitted."""
    return np.array([BY_HAND.get(name, 0.0) for name in names])


def main(arguments: Sequence[str]) -> None:
    sets = {name: _some(name) for name in arguments if not name.startswith("-")} or {
        name: _some(name) for name in ALL
    }
    names = all_figures()
    data = table(sets, names)
    used = keep(data, names)
    weights = fit(data, used, by_hand(names))
    base = first(data, weights)
    print(
        f"{len(data.starts)} questions, {int(used.sum())} of {len(names)} figures; first {base:.1%}"
    )
    spread = data.figures.std(0)
    for at in np.argsort(-abs(weights * spread)):
        if used[at]:
            without = weights * (np.arange(len(names)) != at)
            lost = 100 * (first(data, without) - base)
            varies = np.mean(
                [np.ptp(part) > 0 for part in np.split(data.figures[:, at], data.starts[1:])]
            )
            print(
                f"{names[at]:20}{weights[at]:8.2f}  differs in {varies:6.1%}"
                f"  without it {lost:+.1f}"
            )
    if "--write" in arguments:
        lines = [
            f'    "{name}": {weight:.2f},'
            for name, weight in zip(names, weights, strict=True)
            if round(weight, 2)
        ]
        text = HEAD.format(sets=", ".join(sets), by_hand=", ".join(BY_HAND), lines="\n".join(lines))
        Path(shipped.__file__).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
