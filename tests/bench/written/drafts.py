"""Measures `docqa check` on statements: true, with a swapped value, and about other things.

python -m tests.bench.written.drafts [COUNT]: statements of each kind and set.
"""

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from docqa.answer.checking.draft import check_draft
from docqa.evaluation.dataset import read_dataset
from docqa.evaluation.run import library_of
from docqa.retrieval import open_searcher
from docqa.settings import EmbeddingSettings, Settings
from docqa.types import Verdict
from tests.bench.citations import cases
from tests.support.outside import DATA

SETS = ("cmrc2018_trial.json", "drcd_dev.json")
# By words alone: the meaning finds more, and takes minutes to compute.
SETTINGS = Settings(embedding=EmbeddingSettings(backend="none"))
KINDS = {
    "right: quote": "true, word for word",
    "right: reworded": "true, reworded",
    "wrong: number, quote": "another number",
    "wrong: number, reworded": "another number",
    "wrong: number of another clause, quote": "a number of another clause",
    "wrong: name, quote": "another name",
    "wrong: name, reworded": "another name",
    "wrong: negation, quote": "denied",
}


def statements(path: Path, count: int) -> dict[str, list[str]]:
    """So many statements of each kind, drawn by chance, the same each time."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, _, text, _, _ in cases(path):
        if kind in KINDS:
            found[KINDS[kind]].append(text)
    chance = random.Random(5)
    return {kind: chance.sample(texts, min(count, len(texts))) for kind, texts in found.items()}


def checked(name: str, drafts: dict[str, list[str]]) -> Iterator[tuple[str, Verdict]]:
    """The verdict of each statement by the library of one set; of several sentences the worst."""
    dataset = read_dataset(DATA / name)
    with library_of(dataset, SETTINGS) as library:
        searcher = open_searcher(library, SETTINGS)
        for kind, texts in drafts.items():
            for text in texts:
                parts = check_draft(text, searcher.search, lambda: False)
                verdicts = {part.sentence.verdict for part in parts}
                yield kind, next((one for one in WORST if one in verdicts), Verdict.SUPPORTED)
        searcher.close()


WORST = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)


def main(count: int) -> None:
    drafts = {name: statements(DATA / name, count) for name in SETS}
    for name, other in zip(SETS, reversed(SETS), strict=True):
        drafts[name]["about other things"] = drafts[other]["true, reworded"]
    for name in SETS:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for kind, verdict in checked(name, drafts[name]):
            counts[kind][verdict.value] += 1
        print(f"\n{name}")
        for kind, count_of in counts.items():
            print(f"  {kind:28} {sum(count_of.values()):4}  {dict(count_of)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
