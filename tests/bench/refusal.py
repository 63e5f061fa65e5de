"""How often a question is refused that the library answers, and answered that it cannot answer.

python -m tests.bench.refusal [DATASET ...]: of each set half of the paragraphs become a library;
questions of the other half have no answer in it. Beside them stand the questions of
`tests/bench/asked`, in other words than the documents': `far` ones are of another subject, `near`
ones of the same. What is fitted is fitted on half of the questions; the other half is reported.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

from docqa.errors import QueryError
from docqa.retrieval import open_searcher
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import SearchRequest
from ingest.read import read_file
from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, ReadOptions, Section
from tests.support.outside import DATA

ASKED = Path(__file__).with_name("asked")
FOLDERS = {
    "samples": Path(__file__).resolve().parents[2] / "configs" / "samples",
    "invented": ASKED / "documents",
}
FOREIGN = ("far", "near")


@dataclass(frozen=True)
class Row:
    """A question: which half it is of, of which kind, and how relevant what was found."""

    half: int
    kind: str
    relevance: float


def half(text: str) -> int:
    """0 or 1, the same in every run."""
    return crc32(text.encode()) & 1


def paragraphs(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each paragraph with its questions."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], [qa["question"] for qa in paragraph["qas"]]


def of_set(path: Path) -> list[Row]:
    """The questions of a public set, in a library of half of its paragraphs."""
    texts = {f"{n}.txt": text for n, (text, _) in enumerate(paragraphs(path)) if half(text)}
    asked = [
        (question, "answered" if half(text) else "far")
        for text, questions in paragraphs(path)
        for question in questions
    ]
    return _measured({name: _plain(text) for name, text in texts.items()}, asked)


def of_folder(name: str) -> list[Row]:
    """Our own questions about the documents of a folder."""
    lines = (ASKED / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    asked = [(question, kind) for kind, question, *_ in (line.split("\t") for line in lines)]
    paths = sorted(FOLDERS[name].iterdir())
    documents = {path.name: read_file(path, ReadOptions()) for path in paths}
    return _measured(documents, asked)


def _plain(text: str) -> Extract:
    return Extract(text, (Section(0, len(text), BlockKind.PARAGRAPH, None, ()),))


def _measured(extracts: dict[str, Extract], asked: Iterable[tuple[str, str]]) -> list[Row]:
    rows = []
    with (
        TemporaryDirectory() as folder,
        Library.open(Path(folder) / "half", create=True) as library,
    ):
        with library.write_lock():
            for name, extract in extracts.items():
                library.add_document(name, extract, split(extract, 300))
        searcher = open_searcher(library, Settings())
        for question, kind in asked:
            try:
                result = searcher.search(SearchRequest(question))
            except QueryError:
                continue
            rows.append(Row(half(question), kind, result.relevance))
        searcher.close()
    return rows


def shares(rows: list[Row], threshold: float, foreign: str = "far") -> tuple[float, float]:
    """Answerable questions answered, and foreign ones refused."""
    held = [row.relevance >= threshold for row in rows if row.kind not in FOREIGN]
    out = [row.relevance < threshold for row in rows if row.kind == foreign]
    return sum(held) / len(held), sum(out) / len(out)


def main(paths: list[str]) -> None:
    files = paths or [str(DATA / "cmrc2018_trial.json"), str(DATA / "drcd_dev.json")]
    sets = {Path(path).name: of_set(Path(path)) for path in files}
    sets["own questions"] = [row for name in FOLDERS for row in of_folder(name)]
    reported = {name: [row for row in rows if row.half == 1] for name, rows in sets.items()}
    fitted = [[row for row in rows if row.half == 0] for rows in sets.values()]
    steps = [n / 100 for n in range(20, 90, 2)]
    best = max(steps, key=lambda step: sum(sum(shares(rows, step)) for rows in fitted))
    used = Settings().search.relevance
    print(f"best threshold on the fitting half: {best:.2f}; in use: {used:.2f}\n")
    print(f"{'set (reporting half)':24}{'threshold':>10}{'answered':>10}{'refused':>10}")
    for name, rows in reported.items():
        for threshold in sorted({0.4, 0.45, 0.5, 0.55, 0.6, best, used}):
            answered, refused = shares(rows, threshold)
            print(f"{name:24}{threshold:>10.2f}{answered:>10.1%}{refused:>10.1%}")
    own = reported["own questions"]
    print(f"\n{'own questions, by kind':24}{'answered':>10}{'questions':>10}")
    for kind in dict.fromkeys(row.kind for row in own):
        held = [row.relevance >= used for row in own if row.kind == kind]
        print(f"{kind:24}{sum(held) / len(held):>10.1%}{len(held):>10}")


if __name__ == "__main__":
    main(sys.argv[1:])
