"""Whether completing follow-ups finds more, and whether it harms questions that stand alone.

python -m tests.bench.followups [--own [--choosing] | DATASET ...]

A conversation is two questions on one paragraph that begin with the same name; in the second the
name gives way to a pronoun or is left out. Controls: the second question is on another topic.
--own: follow-ups as people ask them (那租金呢？) on our own documents, by whether the first quote
holds the answer, and one of those shown.
"""

import json
import random
import sys
from collections.abc import Iterator
from itertools import pairwise, takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.answer.followup import stand_alone
from docqa.answer.quoting.quoter import Extractive
from docqa.answer.retrieve import Steps
from docqa.errors import QueryError
from docqa.retrieval import open_searcher
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import (
    Answer,
    AnswerStatus,
    AskRequest,
    Done,
    EngineInfo,
    EngineKind,
    SearchRequest,
    Turn,
)
from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, Section
from tests.bench.quotes.rows import WORDS, add_documents, documents_of, half_of
from tests.bench.refusal import ASKED
from tests.support.outside import DATA

SETS = ("cmrc2018_trial.json", "drcd_dev.json")
LEAST_NAME = 3
MOST = 400


def paragraphs(path: Path) -> Iterator[tuple[str, list[str]]]:
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            yield paragraph["context"], [qa["question"] for qa in paragraph["qas"]]


def beginning(one: str, other: str) -> str:
    """What both begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(here for here, _ in pairs)


def conversations(path: Path) -> Iterator[tuple[str, str, str, str, int]]:
    """Kind, first question, follow-up, the same question in full, number of its paragraph."""
    chance = random.Random(11)
    rows = list(paragraphs(path))
    for number, (_, asked) in enumerate(rows):
        for first, second in pairwise(asked):
            name = beginning(first, second).rstrip("的是在于於有")
            if len(name) < LEAST_NAME or len(name) > len(second) - 4:
                continue
            rest = second[len(name) :]
            yield "pronoun", first, "它" + rest, second, number
            if rest[0] == "的":
                yield "left out", first, "那" + rest[1:].rstrip("？?") + "呢？", second, number
        other = chance.randrange(len(rows))
        if asked and rows[other][1] and other != number:
            question = rows[other][1][0]
            yield "new topic", asked[0], question, question, other


def ranks(path: Path) -> dict[str, list[tuple[int, int, int]]]:
    """Kind -> rank of the right paragraph (0: not found) asked as is, completed, and in full."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    with TemporaryDirectory() as folder, Library.open(Path(folder) / "all", create=True) as library:
        with library.write_lock():
            for n, (text, _) in enumerate(paragraphs(path)):
                read = Extract(text, (Section(0, len(text), BlockKind.PARAGRAPH, None, ()),))
                library.add_document(f"{n}.txt", read, split(read, 300))
        searcher = open_searcher(library, Settings())

        def rank(number: int, query: str, *also: str) -> int:
            try:
                result = searcher.search(SearchRequest(query, k=10, also=also))
            except QueryError:
                return 0
            names = [one.passage.document for one in result.found]
            return names.index(f"{number}.txt") + 1 if f"{number}.txt" in names else 0

        for kind, first, follow, full, number in conversations(path):
            rows = found.setdefault(kind, [])
            if len(rows) >= MOST:
                continue
            engine = EngineInfo(EngineKind.QUOTES)
            turn = Turn(1, first, Answer(first, "", AnswerStatus.ANSWERED, engine), 0.0)
            rewritten = stand_alone(follow, [turn])
            completed = rank(number, rewritten, follow) if rewritten else rank(number, follow)
            rows.append((rank(number, follow), completed, rank(number, full)))
        searcher.close()
    return found


def own(half: int, *, completed: bool) -> Iterator[tuple[str, bool, bool]]:
    """Follow-up of our own, whether the first quote holds the answer, whether one shown does."""
    lines = (ASKED / "followups.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    for name in dict.fromkeys(row[0] for row in rows):
        with TemporaryDirectory() as folder:
            library = Library.open(Path(folder) / "all", create=True)
            add_documents(library, documents_of(name, Path(folder)))
            searcher = open_searcher(library, WORDS)
            engine = Extractive(library, Steps(searcher.search, WORDS), WORDS.answer.quotes)
            for _, first, follow, gold in (row for row in rows if row[0] == name):
                if half_of(follow) != half:
                    continue
                said = Answer(first, "", AnswerStatus.ANSWERED, EngineInfo(EngineKind.QUOTES))
                request = AskRequest(follow, rewrite=completed)
                *_, last = engine.events(request, [Turn(1, first, said, 0.0)], lambda: False)
                assert isinstance(last, Done)
                quotes = [citation.quote for citation in last.answer.citations]
                held = [any(one in quote for one in gold.split("//")) for quote in quotes]
                yield f"{first} {follow} -> {last.answer.rewritten}", any(held[:1]), any(held)
            searcher.close()
            library.close()


def report_own(half: int) -> None:
    for completed in (False, True):
        rows = list(own(half, completed=completed))
        first, shown = (sum(row[at] for row in rows) for at in (1, 2))
        name = "completed" if completed else "as asked"
        print(f"own {name:12}{len(rows):>5}  {first / len(rows):.1%}  {shown / len(rows):.1%}")
        if half == 0 and completed:
            print(*(row[0] for row in rows if not row[1]), sep="\n")


def main(paths: list[str]) -> None:
    if "--own" in paths:
        report_own(0 if "--choosing" in paths else 1)
        return
    print("right paragraph first, and among ten: as asked, completed, in full")
    for path in map(Path, paths or [str(DATA / name) for name in SETS]):
        for kind, rows in ranks(path).items():
            cells = [
                f"{column.count(1) / len(rows):8.1%}{sum(map(bool, column)) / len(rows):8.1%}"
                for column in zip(*rows, strict=True)
            ]
            print(f"{path.name:22}{kind:12}{len(rows):>5}  " + " |".join(cells))


if __name__ == "__main__":
    main(sys.argv[1:])
