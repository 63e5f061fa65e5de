"""Fits the judgement of written answers on both halves for choosing.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.written.fit
"""

from collections.abc import Callable, Sequence

import numpy as np

from tests.bench.written.kept import ANSWERS, SECOND, Checked, load, open_rating

RIGHT = ("search", "supported", "fits", "least")
HELD = ("search", "relevance", "supported", "matter")
# How strongly large weights are held back: a few hundred answers would have them too sure.
RIDGE = 1.0
STEPS = 50
# The most answers that the passages hold, and that are given rightly, to be refused.
MOST_REFUSED = 0.03


def fit(rows: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Bias and weights of a logistic regression, by Newton's method."""
    x = np.c_[np.ones(len(rows)), rows]
    ridge = RIDGE * np.eye(x.shape[1])
    ridge[0, 0] = 0.0
    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (chance - wanted) + ridge @ weights
        bend = (x.T * (chance * (1 - chance))) @ x + ridge
        weights -= np.linalg.solve(bend, slope)
    return weights


def chances(weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The probabilities that a fit gives."""
    return 1 / (1 + np.exp(-(np.c_[np.ones(len(rows)), rows] @ weights)))


def area(chance: np.ndarray, wanted: np.ndarray) -> float:
    """How often a wanted one has the greater chance than one that is not."""
    yes, no = chance[wanted == 1], chance[wanted == 0]
    return float(np.mean([(a > b) + 0.5 * (a == b) for a in yes for b in no]))


def show(
    name: str, names: Sequence[str], judged: Sequence[Checked], is_wanted: Callable[[Checked], bool]
) -> None:
    """Fit on one half, measure on both."""
    rows = np.array([[(one.figures or {})[name] for name in names] for one in judged])
    wanted = np.array([float(is_wanted(one)) for one in judged])
    choosing = np.array([one.kept.half == "choose" for one in judged])
    weights = fit(rows[choosing], wanted[choosing])
    told = dict(zip(names, weights[1:].round(2).tolist(), strict=True))
    print(name, round(float(weights[0]), 2), told)
    chance = chances(weights, rows)
    for half, some in (("choose", choosing), ("report", ~choosing)):
        if some.any():
            mean = float(np.mean((chance[some] - wanted[some]) ** 2))
            print(
                f"  {half}: {some.sum()} answers, area {area(chance[some], wanted[some]):.3f}, "
                f"squared error {mean:.3f}"
            )
    good = np.sort(chance[choosing & (wanted == 1)])
    print("  bound that refuses few:", round(float(good[int(MOST_REFUSED * len(good))]), 3))


def main() -> None:
    with open_rating() as rating:
        judged = [one for path in (ANSWERS, SECOND) for one in load(path, rating) if one.figures]
    least = [one.kept.least for one in judged if one.kept.least is not None]
    print("usual least:", round(float(np.median(least)), 2))
    show("right", RIGHT, judged, lambda one: one.label == "right")
    show("held", HELD, judged, lambda one: one.holds_answer)


if __name__ == "__main__":
    main()
