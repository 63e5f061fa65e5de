"""Fits the weights of the ranking on the choosing halves.

python -m tests.bench.quotes.fit [--write]

A conditional logit: of all spans of a question, one that holds a gold answer is to be likeliest.
A figure is kept where both quarters of the questions give it the same sign (what a kind of answer
looks like: no less than LEAST, too); everything is fitted once more with what was kept. Prints
how often the first is right where one quarter's weights are tried on the other, and what leaving
out each figure costs, in points of the first quote, on the choosing halves. Once by words alone,
and once with the nearness in meaning of the spans that lead by these words.
"""

import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np
from msgspec import Struct

from docqa.answer.quoting import weights as shipped
from docqa.answer.quoting.candidates import candidates_of
from docqa.answer.quoting.features import KINDS, measure
from docqa.answer.quoting.ranking import NEAREST, measure_nearness, weigh
from docqa.terms.lexicon import lexicon
from tests.bench.quotes.nearness import open_nearness
from tests.bench.quotes.rows import ALL, Row, choosing, rows_of

LEAST = 0.25
# Too rare in the sets to be fitted: set by hand, so that what is of another code, party or month
# goes behind what is of none.
BY_HAND = {"code": 1.5, "other_code": -4.0, "other_time": -1.5, "other_party": -2.0, "placed": 4.0}
PENALTY = 1.0
# Of the largest set every third question is enough.
EVERY = {"drcd": 3}
# Embedding it takes half an hour, and two such sets are enough.
BY_WORDS_ALONE = ("drcd",)
# Asked when everything was fitted, or for reporting alone.
LATER = ("everyday", "blind")
STEPS = 300
HEAD = '''"""What each figure of a span counts, by `python -m tests.bench.quotes.fit --write`.

Fitted by a conditional logit on the choosing halves of
{sets}.
Set by hand, as too rare there: {by_hand}.
"""

from collections.abc import Mapping

BY_WORDS: Mapping[str, float] = {{
{by_words}
}}
# Where spans are compared in meaning, too; all but {alone}.
WITH_MEANING: Mapping[str, float] = {{
{with_meaning}
}}
# What a reader counts beside these points, by `python -m tests.bench.reader.fit`.
READ: Mapping[str, float] = {read}
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


def table(
    sets: Mapping[str, Sequence[Row]],
    names: Sequence[str],
    leading: Mapping[str, float] | None = None,
) -> Table:
    """The figures of every question of which one span is right and another is not.

    `leading` are the weights by words of the spans to be compared in meaning.
    """
    place = {name: at for at, name in enumerate(names)}
    figures, right, starts, counts, quarter = [], [], [], [], []
    for name, rows in sets.items():
        with open_nearness(name) if leading else nullcontext() as near:
            for row in rows:
                spans = candidates_of(row.question, row.result)
                good = [any(gold in span.text for gold in row.gold) for span in spans]
                if all(good) or not any(good):
                    continue
                starts.append(len(right))
                counts.append(len(rows) ** -0.5)
                quarter.append(crc32(row.gold[0].encode()) & 1)
                right += good
                result = row.result
                measured = list(measure(row.question, spans, result.weights, names, result.others))
                if near and leading:
                    points = [weigh(one, leading) for one in measured]
                    compare = partial(near.compare, row.question)
                    for at, value in measure_nearness(points, spans, compare).items():
                        measured[at][NEAREST] = value
                for values in measured:
                    line = np.zeros(len(names), np.float32)
                    for figure, value in values.items():
                        line[place[figure]] = value
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


def by_hand(names: Sequence[str]) -> np.ndarray:
    """The weights that are not fitted."""
    return np.array([BY_HAND.get(name, 0.0) for name in names])


def fit_and_tell(data: Table, names: Sequence[str]) -> dict[str, float]:
    """The weights that are not 0; prints what they are worth."""
    used, given = keep(data, names), by_hand(names)
    crossed = [
        first(data.part(quarter), fit(data.part(1 - quarter), used, given)) for quarter in (0, 1)
    ]
    weights = fit(data, used, given)
    base = first(data, weights)
    print(
        f"{len(data.starts)} questions, {int(used.sum())} of {len(names)} figures; first {base:.1%}"
        f", by the other quarter's weights {crossed[0]:.1%} and {crossed[1]:.1%}"
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
    rounded = {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}
    return {name: weight for name, weight in rounded.items() if weight}


def main(arguments: Sequence[str]) -> None:
    chosen = [name for name in arguments if not name.startswith("-")]
    chosen = chosen or [name for name in ALL if name not in LATER]
    sets = {name: _some(name) for name in chosen}
    names = all_figures()
    by_words = fit_and_tell(table(sets, names), names)
    sets = {name: _some(name, meaning=True) for name in chosen if name not in BY_WORDS_ALONE}
    names = [*names, NEAREST]
    with_meaning = fit_and_tell(table(sets, names, by_words), names)
    if "--write" in arguments:
        text = HEAD.format(
            sets=", ".join(chosen),
            by_hand=", ".join(BY_HAND),
            alone=", ".join(BY_WORDS_ALONE),
            by_words=_lines(by_words),
            with_meaning=_lines(with_meaning),
            read="{" + ", ".join(f'"{n}": {w:.2f}' for n, w in shipped.READ.items()) + "}",
        )
        Path(shipped.__file__).write_text(text, encoding="utf-8")


def _some(name: str, *, meaning: bool = False) -> list[Row]:
    """The questions of a set that are fitted on."""
    rows = rows_of(name, meaning=meaning)
    return [row for row in rows[:: EVERY.get(name, 1)] if row.half == 0]


def _lines(weights: Mapping[str, float]) -> str:
    return "\n".join(f'    "{name}": {weight:.2f},' for name, weight in weights.items())


if __name__ == "__main__":
    main(sys.argv[1:])
