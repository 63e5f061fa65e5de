"""Fits the two probabilities of the judgement on what `collect` wrote, and tells their worth.

python -m tests.bench.meaning.fit FOLDER [--certain P]

relevance: is the library about the question (asked: yes; foreign: no)?
confidence: does the first quote hold the answer (of lay legal questions: is it of a right article)?
The relevance is one of its figures, in logarithms.
Every line is of questions that the figures were not fitted on: `left out` with the set and every
question asked of its library left out, `other half` with each half of the questions fitted on the
other. A line for every file: whole sets, and small libraries of theirs (`cmrc_10`).
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from docqa.answer.judge import measure_relevance
from docqa.retrieval.relevance import relevance
from tests.bench.quotes.rows import STRANGERS

WORDS = (
    *("most_close", "held", "missing", "held_in_sentence", "stretch", "unknown_names"),
    *("long_in_small", "small", "large"),
)
RELEVANCE = {
    "words": WORDS,
    "meaning": (
        *("most_whole", "most_close", "length", "size"),
        *("similarity", "most_similarity", "usual_similarity", "no_chinese"),
    ),
}
CONFIDENCE = {
    "words": ("whole", "close", "characters", "missing", "lead", "odds", "kind"),
    "meaning": (
        *("whole", "close", "characters", "word_rank", "odds", "kind"),
        *("similarity", "nearness"),
    ),
}
# How much questions whose answer was taken away, and foreign ones, count beside those that have
# one; set by hand, between probabilities that are true of those and few answers to the others.
WEIGHTS = {
    "words": {"asked": 1.0, "removed": 0.1, "foreign": 0.2},
    "meaning": {"asked": 1.0, "removed": 0.15, "foreign": 0.05},
}
# How much foreign questions count for the relevance, in large and in small libraries: where there
# is little to read, what is shown in vain costs little. Set by hand.
FOREIGN = {"words": (0.45, 0.14), "meaning": (1.0, 0.15)}
# Of so many passages, half of what counts as neither small nor large: the logarithm.
SMALL = -0.7
# With these questions among them the relevance sends more strangers away and tells fewer foreign
# questions: 11 for 8 % with meaning, and 84 for 91 % on XQuAD.
NOT_FOR_RELEVANCE = (STRANGERS,)
Model = tuple[np.ndarray, float]
"""The weights of the figures, and the bias."""
# Keeps the weights of figures small that say the same.
RIDGE = 1e-3


def read_rows(folder: Path) -> Iterator[dict]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            row["figures"] |= row["first"]
            row["part"] = path.stem
            row["correct"] = bool(row["quote_right"] and row["quote_right"][0])
            yield row


class Table:
    """Rows as arrays, with the columns that the choice of questions needs."""

    def __init__(self, rows: list[dict]) -> None:
        self.rows = rows
        self.set, self.library, self.kind, self.half, self.part = (
            np.array([row[name] for row in rows])
            for name in ("set", "library", "kind", "half", "part")
        )
        self.correct = np.array([row["correct"] for row in rows])
        self.sets, self.parts = sorted(set(self.set)), sorted(set(self.part))

    def figures(self, names: tuple[str, ...]) -> np.ndarray:
        return np.array([[row["figures"].get(name, 0.0) for name in names] for row in self.rows])

    def weights(self, by_kind: dict[str, float]) -> np.ndarray:
        """Every set counts the same, whatever its size."""
        weights = np.zeros(len(self.rows))
        for name in self.sets:
            for kind, weight in by_kind.items():
                chosen = (self.set == name) & (self.kind == kind)
                weights[chosen] = weight / max(1, chosen.sum())
        return weights


def fit(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> Model:
    """Logistic regression by Newton's method: the weights and the bias."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.c_[(x - mean) / spread, np.ones(len(x))]
    w = w / w.sum()
    ridge = np.diag([RIDGE] * x.shape[1] + [0.0])
    theta = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(z @ theta, -30, 30)))
        gradient = z.T @ (w * (p - y)) + ridge @ theta
        curve = (z * (w * p * (1 - p))[:, None]).T @ z + ridge + 1e-9 * np.eye(len(theta))
        step = np.linalg.solve(curve, gradient)
        theta -= step
        if abs(step).max() < 1e-6:
            break
    weights = theta[:-1] / spread
    return weights, float(theta[-1] - weights @ mean)


def probability(x: np.ndarray, model: Model) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x @ model[0] + model[1], -30, 30)))


def calibration_error(p: np.ndarray, y: np.ndarray, bins: int = 10) -> float:
    """Mean distance between what was said and what was true, over bins of equal width."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    return float(
        sum(
            (at == b).mean() * abs(p[at == b].mean() - y[at == b].mean())
            for b in range(bins)
            if (at == b).any()
        )
    )


Folds = list[tuple[np.ndarray, np.ndarray]]
"""Rows to fit on, and rows to tell of."""


def folds(table: Table) -> Iterator[tuple[str, Folds]]:
    held = [(table.set == name, table.library == name) for name in sorted(set(table.library))]
    yield "left out", [(~(its | asked), asked) for its, asked in held]
    yield "other half", [(table.half == half, table.half != half) for half in (0, 1)]


def fit_about(table: Table, leg: str, train: np.ndarray) -> Model:
    """The model that tells whether the library is about the question."""
    train = train & ~np.isin(table.set, NOT_FOR_RELEVANCE)
    x, y = table.figures(RELEVANCE[leg]), table.kind == "asked"
    w = table.weights({"asked": 1.0, "foreign": 1.0})
    is_small = table.figures(("size",))[:, 0] < SMALL
    large, small = FOREIGN[leg]
    w[~y] *= np.where(is_small[~y], small, large)
    return fit(x[train], y[train], w[train])


def add_relevance(table: Table, leg: str, relevant: np.ndarray) -> np.ndarray:
    """The figures of the confidence with the relevance of every row as the last one."""
    about = [measure_relevance(float(one)) for one in relevant]
    return np.c_[table.figures(CONFIDENCE[leg]), about]


def estimate(table: Table, leg: str, parts: Folds) -> tuple[np.ndarray, np.ndarray]:
    """Relevance and confidence of every row, by models fitted on other rows."""
    subject = table.figures(RELEVANCE[leg])
    y, w = table.correct, table.weights(WEIGHTS[leg])
    relevant, sure = np.zeros(len(y)), np.zeros(len(y))
    for train, test in parts:
        about = probability(subject, fit_about(table, leg, train))
        x = add_relevance(table, leg, about)
        relevant[test] = about[test]
        sure[test] = probability(x[test], fit(x[train], y[train], w[train]))
    return relevant, sure


def tell_relevance(how: str, table: Table, p: np.ndarray) -> None:
    print(f"\n{how:11}{'of':10}" + "".join(f"{f'< {t}':>16}" for t in THRESHOLDS))
    for name in table.parts:
        asked = (table.part == name) & (table.kind == "asked")
        others = (table.part == name) & (table.kind == "foreign")
        cells = (f"{(p[asked] < t).mean():.3f} / {(p[others] < t).mean():.3f}" for t in THRESHOLDS)
        print(f"{'relevance':11}{name:10}" + "".join(f"{cell:>16}" for cell in cells))


def tell_confidence(how: str, table: Table, p: np.ndarray, certain: float) -> None:
    print(
        f"\n{how:11}{'of':10}{'right':>8}{'error':>8}{'right>=':>9}{'wrong>=':>9}"
        f"{'removed>=':>11}{'foreign>=':>11}"
    )
    y = table.correct
    for name in table.parts:
        own = table.part == name
        asked, removed = own & (table.kind == "asked"), own & (table.kind == "removed")
        print(
            f"{'confidence':11}{name:10}{y[asked].mean():8.3f}"
            f"{calibration_error(p[asked], y[asked]):8.3f}{share(p, asked & y, certain):9.3f}"
            f"{share(p, asked & ~y, certain):9.3f}{share(p, removed, certain):11.3f}"
            f"{share(p, own & (table.kind == 'foreign'), certain):11.3f}"
        )
    asked = table.kind == "asked"
    print("error over all:", round(calibration_error(p[asked], y[asked]), 3))
    for low in np.arange(0, 1, 0.1):
        chosen = asked & (p >= low) & (p < low + 0.1)
        if chosen.any():
            print(f"  said {p[chosen].mean():.2f}, true {y[chosen].mean():.2f} ({chosen.sum()})")


def share(p: np.ndarray, chosen: np.ndarray, certain: float) -> float:
    return float((p[chosen] >= certain).mean()) if chosen.any() else float("nan")


def show(names: tuple[str, ...], model: Model) -> None:
    weights = ", ".join(f'"{n}": {v:.2f}' for n, v in zip(names, model[0], strict=True))
    print(f"Logistic({model[1]:.2f}, {{{weights}}})")


THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--certain", type=float, default=0.5)
    options = parser.parse_args()
    table = Table(list(read_rows(options.folder)))
    leg = "meaning" if "nearness" in table.rows[0]["figures"] else "words"
    for how, parts in folds(table):
        relevant, sure = estimate(table, leg, parts)
        tell_relevance(how, table, relevant)
        tell_confidence(how, table, sure, options.certain)
    every = np.ones(len(table.rows), bool)
    show(RELEVANCE[leg], fit_about(table, leg, every))
    shipped = np.array([relevance(row["figures"]) for row in table.rows])
    x, w = add_relevance(table, leg, shipped), table.weights(WEIGHTS[leg])
    show((*CONFIDENCE[leg], "about"), fit(x, table.correct, w))


if __name__ == "__main__":
    main()
