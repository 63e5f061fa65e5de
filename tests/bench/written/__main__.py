"""Prints how well kept answers of real models are flagged, cited, judged and refused.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.written [--meaning] [--show] [ANSWERS.jsonl ...]

With --meaning spans are rated as in a library with the packaged embedder and reader.
"""

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from statistics import fmean

from docqa.answer.quoting.ranking import Rate
from docqa.evaluation.run import is_within
from docqa.evaluation.score import f1
from docqa.types import AnswerStatus
from tests.bench.written.kept import ANSWERS, SECOND, SETS, Checked, load, open_rating
from tests.support.outside import DATA


def share(some: Sequence[Checked], holds: Callable[[Checked], bool]) -> str:
    """How many of some: 7 of 9 (78 %)."""
    count = sum(map(holds, some))
    return f"{count} of {len(some)} ({count / len(some):.0%})" if some else "-"


def is_refused(one: Checked) -> bool:
    return one.status is AnswerStatus.NOT_FOUND


def is_doubted(one: Checked) -> bool:
    return one.status is not AnswerStatus.ANSWERED or one.is_flagged


def tell(name: str, some: Sequence[Checked]) -> None:
    """All measures of one part of the answers."""
    said = [one for one in some if one.kept.answer]
    right = [one for one in said if one.label == "right"]
    wrong = [one for one in said if one.label == "wrong"]
    print(f"\n{name}: {len(some)} questions, {len(said)} put to the model, {len(right)} right")
    print("  right, flagged                  ", share(right, lambda one: one.is_flagged))
    print("  right, right document cited     ", share(right, lambda one: one.cites_right))
    print("  unsupported, flagged            ", share(wrong, lambda one: one.is_flagged))
    values = [one for one in wrong if one.asks_value]
    print("  of these numbers, dates, names  ", share(values, lambda one: one.is_flagged))
    judged = [one for one in some if one.kept.prompt == "engine"]
    if not judged:
        return
    doubtful = [one for one in judged if one in wrong]
    print("  unsupported, flagged or doubted ", share(doubtful, is_doubted))
    absent = [one for one in judged if one.kept.absent]
    there = [one for one in judged if not one.kept.absent]
    print("  nothing answers, refused        ", share(absent, is_refused))
    print("  nothing answers, not answered   ", share(absent, is_doubted))
    print("  document there, refused         ", share(there, is_refused))
    print(
        "  right, refused                  ", share([r for r in judged if r in right], is_refused)
    )
    print(
        "  right, answered without a doubt ",
        share([r for r in judged if r in right], lambda one: not is_doubted(one)),
    )


def tell_gold(name: str, some: Sequence[Checked]) -> None:
    """How much of the gold answers is said; what is refused says nothing."""
    said = [(one, "" if is_refused(one) else one.kept.answer) for one in some]
    golds = [[gold.text for gold in one.item.golds] for one in some]
    contained = [
        any(is_within(gold, words) for gold in right)
        for (_, words), right in zip(said, golds, strict=True)
    ]
    scores = [f1(words, right) for (_, words), right in zip(said, golds, strict=True)]
    print(
        f"{name}: {len(some)} questions, contained {fmean(contained):.0%}, F1 {fmean(scores):.3f}"
    )


def main(answers: Path, rating: Rate | None, *, show: bool) -> None:
    print(f"\n{answers.name}")
    if not all((DATA / file).exists() for file in SETS.values()):
        print("The sets are not there; name their folder in DOCQA_TEST_DATA.")
        return
    every = list(load(answers, rating))
    for half in ("choose", "report"):
        for model in sorted({one.kept.model for one in every}):
            for prompt in ("engine", "earlier"):
                some = [
                    one
                    for one in every
                    if (one.kept.half, one.kept.model) == (half, model)
                    and (one.kept.prompt == "engine") == (prompt == "engine")
                ]
                if some:
                    tell(f"{half}, {model}, {prompt}", some)
    for model in sorted({one.kept.model for one in every}):
        for name in SETS:
            tell_gold(
                f"{name}, {model}",
                [
                    one
                    for one in every
                    if (one.kept.set, one.kept.model, one.kept.prompt) == (name, model, "engine")
                    and not one.kept.absent
                ],
            )
    for one in every if show else ():
        if one.is_flagged if one.label == "right" else not one.is_flagged:
            print(one.kept.model, one.label, one.kept.id, one.status, one.kept.answer)


if __name__ == "__main__":
    named = [Path(one) for one in sys.argv[1:] if not one.startswith("--")]
    with open_rating() if "--meaning" in sys.argv else nullcontext() as rating:
        for answers in named or (ANSWERS, SECOND):
            main(answers, rating, show="--show" in sys.argv)
