"""How often a question is refused that the library answers, and answered that it cannot answer.

python -m tests.bench.refusal [DATASET ...]: half of the paragraphs become a library; questions of
the other half have no answer in it. The threshold is set on half of the questions and reported on
the other half.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

from docqa.errors import QueryError
from docqa.retrieval import open_searcher
from docqa.settings import Settings
from docqa.stores.library import Library
from docqa.types import SearchRequest
from ingest.split import split
from ingest.types import BlockKind, Extract, Section
from tests.conftest import DATA


def half(text: str) -> int:
    """0 or 1, the same in every run."""
    return crc32(text.encode()) & 1


def paragraphs(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each paragraph with its questions."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], [qa["question"] for qa in paragraph["qas"]]


def measured(path: Path) -> list[tuple[int, bool, float]]:
    """Half, whether the library holds the paragraph, relevance of each question."""
    rows = []
    with (
        TemporaryDirectory() as folder,
        Library.open(Path(folder) / "half", create=True) as library,
    ):
        with library.write_lock():
            for n, (text, _) in enumerate(paragraphs(path)):
                if half(text):
                    read = Extract(text, (Section(0, len(text), BlockKind.PARAGRAPH, None, ()),))
                    library.add_document(f"{n}.txt", read, split(read, 300))
        searcher = open_searcher(library, Settings())
        for text, asked in paragraphs(path):
            for question in asked:
                try:
                    result = searcher.search(SearchRequest(question))
                except QueryError:
                    continue
                rows.append((half(question), bool(half(text)), result.relevance))
        searcher.close()
    return rows


def shares(rows: list[tuple[int, bool, float]], threshold: float) -> tuple[float, float]:
    """Answerable questions answered, and foreign ones refused."""
    held = [relevance >= threshold for _, inside, relevance in rows if inside]
    foreign = [relevance < threshold for _, inside, relevance in rows if not inside]
    return sum(held) / len(held), sum(foreign) / len(foreign)


def main(paths: list[str]) -> None:
    files = paths or [str(DATA / "cmrc2018_trial.json"), str(DATA / "drcd_dev.json")]
    fitted, reported = [], {}
    for path in map(Path, files):
        rows = measured(path)
        fitted += [row for row in rows if row[0] == 0]
        reported[path.name] = [row for row in rows if row[0] == 1]
    steps = [n / 100 for n in range(20, 90, 2)]
    best = max(steps, key=lambda threshold: sum(shares(fitted, threshold)))
    used = Settings().search.relevance
    print(f"best threshold on the fitting half: {best:.2f}; in use: {used:.2f}\n")
    print(f"{'set (reporting half)':24}{'threshold':>10}{'answered':>10}{'refused':>10}")
    for name, rows in reported.items():
        for threshold in sorted({0.4, 0.45, 0.5, 0.55, 0.6, best, used}):
            answered, refused = shares(rows, threshold)
            print(f"{name:24}{threshold:>10.2f}{answered:>10.1%}{refused:>10.1%}")


if __name__ == "__main__":
    main(sys.argv[1:])
