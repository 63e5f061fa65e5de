"""Figures of a measurement: their bounds as JSON, and rows in aligned columns."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docqa.cli.common import line

if TYPE_CHECKING:
    from docqa.engine.evaluation import Interval


def bounds(interval: "Interval") -> dict[str, float]:
    """A mean and what 95 % of resampled question sets stay within."""
    return {
        "mean": round(interval.mean, 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
    }


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows with each column as wide as its longest cell; a row of nothing is left out."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        if any(row):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            line("  ".join(cells).rstrip())
