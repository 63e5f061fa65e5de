"""How often the right paragraph and passage are found: `python -m tests.bench.search.quality`.

Default settings, no embedder, every paragraph one document. Also: simplified questions on
traditional documents, and both sets in one library with generated passages between, or with the
text files of a folder.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import opencc
from msgspec.structs import replace

from docqa.evaluation.dataset import Dataset, read_dataset
from docqa.evaluation.run import Evaluation, evaluate, fill, library_of
from docqa.settings import Settings
from docqa.stores.records.library import Library
from tests.bench.search.corpus import DATA, SETS, distractors

COLUMNS = ("recall@1", "recall@5", "passage_recall@1", "passage_recall@5", "passage_mrr@10")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--distractors", type=int, default=20_000)
    parser.add_argument("--texts", type=Path, metavar="FOLDER", help="real text instead of these")
    parser.add_argument("--every", type=int, default=1, help="ask only every n-th question")
    options = parser.parse_args()
    sets = [_thinned(read_dataset(DATA / name), options.every) for name in SETS]
    print(f"{'':34}" + "".join(f"{name:>18}" for name in COLUMNS))
    for name, result in _runs(sets, _between(options.texts, options.distractors)):
        shares = result.as_json()
        print(f"{name:34}" + "".join(f"{shares[column]:18.2%}" for column in COLUMNS), flush=True)


def _between(folder: Path | None, count: int) -> dict[str, str]:
    """Texts that answer none of the questions."""
    if folder is None:
        return {f"x{n}.txt": text for n, text in enumerate(distractors(count))}
    return {f"x{path.name}": path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}


def _runs(sets: list[Dataset], between: dict[str, str]) -> Iterator[tuple[str, Evaluation]]:
    settings = Settings()
    for dataset in sets:
        with library_of(dataset, settings) as library:
            yield dataset.name, evaluate(dataset, library, settings)
            if dataset.name == "drcd_dev":
                asked = _simplified(dataset)
                yield "drcd_dev, simplified questions", evaluate(asked, library, settings)
    with (
        TemporaryDirectory() as folder,
        Library.open(Path(folder) / "mixed", create=True) as library,
    ):
        renamed = [_renamed(dataset) for dataset in sets]
        for dataset in renamed:
            fill(library, dataset.contexts, settings)
        for dataset in renamed:
            yield f"{dataset.name}, both sets", evaluate(dataset, library, settings)
        before = library.counts().passages
        fill(library, between, settings)
        more = library.counts().passages - before
        for dataset in renamed:
            yield f"{dataset.name}, + {more} passages", evaluate(dataset, library, settings)


def _thinned(dataset: Dataset, every: int) -> Dataset:
    return replace(dataset, items=dataset.items[::every])


def _simplified(dataset: Dataset) -> Dataset:
    convert = opencc.OpenCC("tw2sp").convert
    items = (replace(item, question=convert(item.question)) for item in dataset.items)
    return replace(dataset, items=tuple(items))


def _renamed(dataset: Dataset) -> Dataset:
    """The same set with names that no other set has."""

    def name(document: str) -> str:
        return f"{dataset.name[0]}{document}"

    items = (
        replace(item, document=name(item.document) if item.document else None)
        for item in dataset.items
    )
    contexts = {name(document): text for document, text in dataset.contexts.items()}
    return replace(dataset, contexts=contexts, items=tuple(items))


if __name__ == "__main__":
    main()
