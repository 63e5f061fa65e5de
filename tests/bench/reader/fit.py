"""Fits what the packaged reader counts beside the ranking.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.reader.fit [--write]

A conditional logit as for the ranking, over two figures of a span: its points, and how likely the
answer lies in it as the reader says. Fitted on the questions of the choosing halves that the reader
was not trained on: a fifth of the public sets, and half of our own.
"""

import re
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from msgspec import Struct

from docqa.answer.quoting import weights as shipped
from docqa.answer.quoting.candidates import candidates_of
from docqa.answer.quoting.features import Candidate
from docqa.answer.quoting.ranking import (
    Rated,
    mark_spans,
    measure_reading,
    read_leading,
    share_odds,
    weigh_spans,
)
from docqa.answer.quoting.weights import READ
from tests.bench.quotes.__main__ import Tally
from tests.bench.quotes.fit import Table, fit
from tests.bench.quotes.nearness import open_nearness
from tests.bench.quotes.rows import ALL, Row, rows_of
from tests.bench.reader.kept_back import is_kept_back

FIGURES = ("points", "marked")


class Measured(Struct, frozen=True):
    """A question, its spans and their figures."""

    set: str
    row: Row
    spans: list[Candidate]
    figures: np.ndarray
    right: list[bool]


def measured() -> Iterator[Measured]:
    """All questions that may be fitted on."""
    for name in ALL:
        with open_nearness(name) as near:
            for row in rows_of(name, meaning=True):
                if row.half or not is_kept_back(name, row.question, row.gold[0]):
                    continue
                spans = candidates_of(row.question, row.result)
                points = weigh_spans(row.question, row.result, spans, near.compare)
                readings = read_leading(points, spans, partial(near.read, row.question))
                marks = mark_spans(spans, readings)
                pairs = zip(points, marks, strict=True)
                figures = [list(measure_reading(*pair).values()) for pair in pairs]
                right = [any(gold in span.text for gold in row.gold) for span in spans]
                yield Measured(name, row, spans, np.array(figures, np.float32), right)


def table(questions: list[Measured]) -> Table:
    """The questions of which one span is right and another is not, as for the ranking."""
    chosen = [one for one in questions if any(one.right) and not all(one.right)]
    counts = np.array([sum(o.set == one.set for o in questions) ** -0.5 for one in chosen])
    lengths = [len(one.right) for one in chosen]
    return Table(
        np.concatenate([one.figures for one in chosen]),
        np.concatenate([one.right for one in chosen]),
        np.cumsum([0, *lengths[:-1]]),
        counts / counts.mean(),
        np.zeros(len(chosen)),
    )


def tell(questions: list[Measured], weights: np.ndarray) -> None:
    """How often quotes are right by these weights, as `tests.bench.quotes` tells it."""
    tallies: dict[str, Tally] = {}
    for one in questions:
        likely = share_odds((one.figures @ weights).tolist())
        rated = [Rated(*pair) for pair in zip(one.spans, likely, strict=True)]
        tallies.setdefault(one.set, Tally()).add(one.row, rated)
    for name, tally in tallies.items():
        print(tally.line(name))


def main() -> None:
    questions = list(measured())
    data = table(questions)
    for names in (FIGURES[:1], FIGURES):
        used = np.array([float(name in names) for name in FIGURES])
        weights = fit(data, used, np.zeros(len(FIGURES)))
        print(dict(zip(FIGURES, weights.round(2).tolist(), strict=True)))
        tell(questions, weights)
    if "--write" in sys.argv:
        file = Path(shipped.__file__)
        found = ", ".join(f'"{n}": {w:.2f}' for n, w in zip(FIGURES, weights, strict=True))
        text = re.sub(r"(?m)^(READ: .*= ){.*}$", rf"\g<1>{{{found}}}", file.read_text("utf-8"))
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    assert list(READ) == list(FIGURES)
    main()
