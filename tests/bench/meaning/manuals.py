"""A reader's questions on real manuals: where the section that answers is found, who is sent away.

python -m tests.bench.meaning.manuals FOLDER [--library FOLDER] [--words]

FOLDER holds the HTML of the Debian manuals in Chinese, one folder each: `reference`, `faq`,
`install` and `maint`, from the packages debian-reference-zh-cn, debian-faq-zh-cn,
installation-guide-amd64 and maint-guide-zh-cn. Half of the questions (by their checksum) were there
to choose on, the other half is only reported. The right section is one that the line of a question
names, or one below it.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from zlib import crc32

from docqa.answer.judge import describe_first, judge
from docqa.answer.quoting.ranking import choose, growth_for
from docqa.engine.ingest import Ingestion, IngestRequest
from docqa.retrieval import Searcher, open_searcher
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
from docqa.types import Passage, SearchRequest
from tests.bench.meaning.collect import measure_quotes, rate_of, read_own, read_set, some, write

QUESTIONS = Path(__file__).with_name("manuals.tsv")
_NUMBER = re.compile(r"(?:第 |附录 )?([A-Z0-9]+(?:\.\d+)*)")


def read_questions() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            question, sections = line.split("\t")
            yield question, [tuple(one.split(" ")) for one in sections.split(";")]


def is_right(passage: Passage, sections: list[tuple[str, str]]) -> bool:
    folder = Path(passage.document).parent.name
    numbers = [found[1] for title in passage.heading if (found := _NUMBER.match(title))]
    return any(
        folder == manual and any(f"{number}.".startswith(f"{wanted}.") for number in numbers)
        for manual, wanted in sections
    )


def rows(searcher: Searcher) -> Iterator[dict]:
    """As `collect` writes them: the choosing half, and foreign questions of three sets."""
    for question, sections in read_questions():
        if not crc32(question.encode()) & 1:
            yield {"set": "manuals", "kind": "asked", **describe(searcher, question, sections)}
    foreign = [
        one.question for name in ("drcd", "stard") for one in some(read_set(name)[1], 400)[300:]
    ]
    foreign += [asked.question for _, asked in read_own("lay")]
    for question in foreign:
        yield {"set": "drcd", "kind": "foreign", **describe(searcher, question, [])}


def describe(searcher: Searcher, question: str, sections: list[tuple[str, str]]) -> dict:
    result = searcher.search(SearchRequest(question, k=10))
    rated = rate_of(searcher)(question, result)
    quotes = choose(rated, 3, growth_for(question))
    return {
        "library": "manuals",
        "half": crc32(question.encode()) & 1,
        "question": question,
        "figures": result.figures,
        "first": measure_quotes(question, quotes, rated),
        "quote_right": [is_right(quote.passage, sections) for quote in quotes],
        "candidates": [],
        "rights": 1,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--rows", type=Path, help="write the choosing half for the fit, and stop")
    parser.add_argument("--show", action="store_true", help="print each question of the first half")
    options = parser.parse_args()
    settings = Settings(
        embedding=EmbeddingSettings(backend="none" if options.words else "packaged")
    )
    place = options.library or Path(mkdtemp()) / "library"
    if not place.exists():
        for _ in Ingestion(place, settings, IngestRequest((options.folder,))):
            pass
    halves = (Counter(), Counter())
    with Library.open(place) as library:
        searcher = open_searcher(library, settings)
        if options.rows:
            write(options.rows, rows(searcher))
            return
        for question, sections in read_questions():
            result = searcher.search(SearchRequest(question))
            ranks = [one.rank for one in result.found if is_right(one.passage, sections)]
            rated = rate_of(searcher)(question, result)
            quotes = choose(rated, 1, growth_for(question))
            judged = judge(question, result, settings, describe_first(quotes, rated))
            rank = min(ranks, default=99)
            half = crc32(question.encode()) & 1
            halves[half].update(
                {
                    "questions": 1,
                    "first": rank == 1,
                    "in three": rank <= 3,
                    "in eight": rank <= 8,
                    "first quote from a right section": any(
                        is_right(quote.passage, sections) for quote in quotes
                    ),
                    f"status {judged.status}": 1,
                }
            )
            if options.show and not half:
                print(f"{rank:3} {judged.status:10} {judged.confidence:.2f} {question}")
        searcher.close()
    for name, counts in zip(("chosen on", "reported"), halves, strict=True):
        total = counts.pop("questions")
        print(f"{name} ({total}): " + ", ".join(f"{k} {v / total:.2f}" for k, v in counts.items()))


if __name__ == "__main__":
    main()
