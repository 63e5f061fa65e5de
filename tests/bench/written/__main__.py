"""Prints how well kept answers of real models are flagged, cited and refused."""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from docqa.answer.checking.check import CheckedSentence, Checker, sentence_spans
from docqa.answer.writing.faults import Fault, find_fault
from docqa.evaluation.dataset import Dataset, Item, read_dataset
from docqa.evaluation.run import is_within
from docqa.types import Passage, Verdict
from tests.support.outside import DATA

ANSWERS = Path(__file__).with_name("answers.jsonl")
SETS = {"cmrc": "cmrc2018_trial.json", "drcd": "drcd_dev.json", "xquad": "xquad_zh.json"}
# The judgement's bound, as docqa.answer.writing.events has it.
LEAST_MATTER = 0.5


class Kept(Struct, frozen=True):
    """One answer of a model."""

    set: str
    id: str
    model: str
    prompt: str
    half: str
    """`choose`: looked at while the check was made; `report`: not."""
    absent: bool
    """Whether the passages were such that do not answer."""
    answer: str
    reason: str
    spans: tuple[tuple[str, int, int], ...]
    read: str = ""
    """By reading: right, beside (true, but no answer), wrong (not what the passages say)."""


class Result(Struct, frozen=True):
    """What the check said of it."""

    kept: Kept
    label: str
    flagged: bool
    beside: bool
    refused: bool
    cited_right: bool
    verdicts: tuple[str, ...]


def load() -> Iterator[Result]:
    """Check every kept answer against what its model read."""
    sets = {name: read_dataset(DATA / file) for name, file in SETS.items()}
    items = {name: {item.id: item for item in one.items} for name, one in sets.items()}
    for line in ANSWERS.read_text(encoding="utf-8").splitlines():
        kept = Kept(**json.loads(line))
        yield check(kept, sets[kept.set], items[kept.set][kept.id])


def check(kept: Kept, dataset: Dataset, item: Item) -> Result:
    """One answer."""
    passages = [
        Passage(n, n, document, 0, start, end, dataset.contexts[document][start:end])
        for n, (document, start, end) in enumerate(kept.spans, 1)
    ]
    checker = Checker(passages, item.question)
    checked = [checker.check(kept.answer[a:b]) for a, b in sentence_spans(kept.answer)]
    claims = [one for one in checked if one.verdict]
    matter = max((one.matter for one in claims), default=1.0)
    cited = [one for sentence in checked for one in sentence.citations if one.supported]
    fault = find_fault(kept.answer, item.question, "zh", kept.reason)
    return Result(
        kept=kept,
        label=kept.read or label(kept, item),
        flagged=any(one.verdict is not Verdict.SUPPORTED for one in claims),
        beside=matter < LEAST_MATTER,
        refused=fault in (Fault.REFUSED, Fault.EMPTY),
        cited_right=any(one.document == item.document for one in cited),
        verdicts=tuple(map(verdict_of, checked)),
    )


def label(kept: Kept, item: Item) -> str:
    """What the gold spans say: right where the answer holds one."""
    holds = any(is_within(gold.text, kept.answer) for gold in item.golds)
    return "right" if holds and not kept.absent else "other"


def verdict_of(sentence: CheckedSentence) -> str:
    return str(sentence.verdict) if sentence.verdict else "-"


def main(*, show: bool) -> None:
    if not all((DATA / file).exists() for file in SETS.values()):
        print("The sets are not there; name their folder in DOCQA_TEST_DATA.")
        return
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for result in load():
        kept = result.kept
        kind = f"absent, {result.label}" if kept.absent else result.label
        count = counts[kept.half, kept.model, kind]
        count["answers"] += 1
        count["flagged"] += result.flagged
        count["flagged or doubted"] += result.flagged or result.beside or result.refused
        count["refused by the model"] += result.refused
        count["right document cited"] += result.cited_right
        if show and (result.flagged if result.label == "right" else not result.flagged):
            print(kept.model, result.label, kept.id, kept.answer, *result.verdicts)
    for key, count in sorted(counts.items()):
        print(*(part.ljust(width) for part, width in zip(key, (7, 4, 16), strict=True)), end="")
        print("  ".join(f"{name} {number}" for name, number in count.items()))


if __name__ == "__main__":
    main(show="--show" in sys.argv)
