"""How often the gold answer stands in the first quote and in the first three.

python -m tests.bench.quotes [DATASET ...]: only the half of the questions that the weights were not
fitted on, beside the plain formula (word pairs, single characters, surroundings, passage).
"""

import json
import sys
from collections.abc import Mapping
from hashlib import md5
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.answer.quoting import ranking
from docqa.errors import QueryError
from docqa.retrieval import open_searcher
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import SearchRequest, SearchResult
from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, Section
from tests.support.outside import DATA

PLAIN = {"pairs": 1.0, "singles": 0.5, "around": 1.0, "passage": 1.0}
Row = tuple[str, list[str], SearchResult]


def searched(path: Path) -> list[Row]:
    """Question, gold answers and what was found, for the reporting half."""
    rows: list[Row] = []
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    with TemporaryDirectory() as folder, Library.open(Path(folder) / "all", create=True) as library:
        with library.write_lock():
            for n, paragraph in enumerate(paragraphs):
                text = paragraph["context"]
                read = Extract(text, (Section(0, len(text), BlockKind.PARAGRAPH, None, ()),))
                library.add_document(f"{n}.txt", read, split(read, 300))
        searcher = open_searcher(library, Settings())
        for paragraph in paragraphs:
            name = paragraph.get("id") or paragraph["qas"][0]["id"]
            if md5(str(name).encode()).digest()[0] % 2 == 0:
                continue
            for qa in paragraph["qas"]:
                try:
                    result = searcher.search(SearchRequest(qa["question"]))
                except QueryError:
                    continue
                rows.append((qa["question"], [a["text"] for a in qa["answers"]], result))
        searcher.close()
    return rows


def shares(rows: list[Row], weights: Mapping[str, float]) -> tuple[float, float, float]:
    """In the first quote, in the first three, and the mean length of the first."""
    kept, ranking.WEIGHTS = ranking.WEIGHTS, weights
    try:
        first = three = length = 0
        for question, golds, result in rows:
            found = [quote.text for quote in ranking.best_quotes(question, result, 3)]
            first += any(gold in text for gold in golds for text in found[:1])
            three += any(gold in text for gold in golds for text in found)
            length += len(found[0]) if found else 0
    finally:
        ranking.WEIGHTS = kept
    return first / len(rows), three / len(rows), length / len(rows)


def main(paths: list[str]) -> None:
    print(f"{'set':22}{'questions':>10}  {'ranking':12}{'first':>8}{'three':>8}{'characters':>12}")
    for path in map(
        Path, paths or [str(DATA / "cmrc2018_trial.json"), str(DATA / "drcd_dev.json")]
    ):
        rows = searched(path)
        for name, weights in (("plain", PLAIN), ("docqa", ranking.WEIGHTS)):
            first, three, length = shares(rows, weights)
            print(
                f"{path.name:22}{len(rows):>10}  {name:12}{first:>8.1%}{three:>8.1%}{length:>12.0f}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
