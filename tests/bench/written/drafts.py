"""Measures `docqa check` on statements: true, with a swapped value, and about other things.

python -m tests.bench.written.drafts [COUNT]: the drafts of `drafts.toml`, written about documents
written for them, then so many statements of each kind made of each set (none with 0).
"""

import random
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.answer.checking.draft import Search, check_draft
from docqa.evaluation.dataset import read_dataset
from docqa.evaluation.run import fill, library_of
from docqa.retrieval import open_searcher
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
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


def worst_of(text: str, search: Search) -> Verdict:
    """The verdict of a statement; of several sentences the worst."""
    verdicts = {part.sentence.verdict for part in check_draft(text, search, lambda: False)}
    return next((one for one in WORST if one in verdicts), Verdict.SUPPORTED)


def checked(name: str, drafts: dict[str, list[str]]) -> Iterator[tuple[str, Verdict]]:
    """The verdict of each statement by the library of one set."""
    dataset = read_dataset(DATA / name)
    with library_of(dataset, SETTINGS) as library:
        searcher = open_searcher(library, SETTINGS)
        for kind, texts in drafts.items():
            for text in texts:
                yield kind, worst_of(text, searcher.search)
        searcher.close()


def own(half: str) -> Iterator[tuple[str, Verdict, str]]:
    """Kind, verdict and sentence of the drafts of one half, all documents in one library."""
    documents = tomllib.loads(DRAFTS.read_text(encoding="utf-8"))["document"]
    with (
        TemporaryDirectory() as folder,
        Library.open(Path(folder) / "library", create=True) as library,
    ):
        fill(library, {one["name"]: one["text"].strip() for one in documents}, SETTINGS)
        searcher = open_searcher(library, SETTINGS)
        for document in documents:
            for kind, text in document["sentences"] if document["half"] == half else ():
                yield kind, worst_of(text, searcher.search), text
        searcher.close()


DRAFTS = Path(__file__).with_name("drafts.toml")
TRUE = ("true", "paraphrased")
WORST = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)


def show(counts: dict[str, Counter[str]]) -> None:
    for kind, count_of in counts.items():
        print(f"  {kind:28} {sum(count_of.values()):4}  {dict(count_of)}")


def main(count: int) -> None:
    for half in ("choose", "report"):
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        print(f"\ndrafts of our own, {half}")
        for kind, verdict, text in own(half):
            counts[kind][verdict.value] += 1
            if (kind in TRUE) != (verdict is Verdict.SUPPORTED):
                print(f"    {kind}, {verdict.value}: {text}")
        show(counts)
    if count:
        of_sets(count)


def of_sets(count: int) -> None:
    drafts = {name: statements(DATA / name, count) for name in SETS}
    for name, other in zip(SETS, reversed(SETS), strict=True):
        drafts[name]["about other things"] = drafts[other]["true, reworded"]
    for name in SETS:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for kind, verdict in checked(name, drafts[name]):
            counts[kind][verdict.value] += 1
        print(f"\n{name}")
        show(counts)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
