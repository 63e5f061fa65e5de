"""How many planted contradictions are noticed, and how often one is seen that is none.

python -m tests.bench.quotes.conflicts

Each own question whose gold sentence holds a number, a date or a name: its document is put into the
library a second time with that value changed. False alarms: the same questions without the copy,
and the public sets. Reporting halves.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.answer.quoting.conflicts import find_conflicts
from docqa.answer.quoting.ranking import rate
from docqa.retrieval import open_searcher
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import SearchRequest
from ingest.read import read_file
from ingest.splitting.split import split
from ingest.types import Extract, ReadOptions
from tests.bench.quotes.rows import Row, documents_of, reporting

OWN = ("samples", "invented", "business")
PUBLIC = ("cmrc", "drcd")
NUMBER = re.compile(
    r"(?<![A-Za-z\d-])\d+(?![A-Za-z\d-])|(?<=分之)[一二三四五六七八九十]+"
    r"|(?<![分百千])[一二三四五六七八九十百千]+(?=[个天年月日元小点岁人次条]|分钟)"
)
OTHER = str.maketrans("一二三四五六七八九", "四五六七八九三四六")
NAME = re.compile(r"(?<=[为由是：])[\u4e00-\u9fff]{2,3}(?=[，。、汇完带值]|$)")


def changed(gold: str) -> str | None:
    """The gold text with its last number, else its name, changed; None where it has neither."""
    if numbers := list(NUMBER.finditer(gold)):
        at = numbers[-1]
        if any(mark in gold for mark in ("年", "月", "日", ":")) and at[0].isdigit():
            # A day stays a day.
            day = int(at[0])
            return gold[: at.start()] + str(day - 1 if day > 1 else 2) + gold[at.end() :]
        return gold[: at.start()] + _other(at[0]) + gold[at.end() :]
    if name := NAME.search(gold):
        return gold[: name.start()] + "白露霜"[: len(name[0])] + gold[name.end() :]
    return None


def _other(number: str) -> str:
    if number.isdigit():
        return str(int(number) + max(1, int(number) // 3))
    other = number.translate(OTHER)
    return other if other != number else "三" + number


def measured(name: str) -> Iterator[tuple[bool, bool]]:
    """For each question: noticed with the changed copy, noticed without it."""
    with TemporaryDirectory() as folder:
        extracts = {
            path.name: read_file(path, ReadOptions()) for path in documents_of(name, Path(folder))
        }
        alone = dict(_ask(extracts, reporting(name), Path(folder) / "alone"))
        for row in reporting(name):
            gold = row.gold[0]
            source = next((n for n, e in extracts.items() if gold in e.text), None)
            other = changed(gold)
            if source is None or other is None:
                continue
            copy = Extract(
                extracts[source].text.replace(gold, other), _moved(extracts[source], gold, other)
            )
            place = Path(folder) / f"{abs(hash(row.question))}"
            with_copy = dict(_ask({**extracts, f"副本-{source}": copy}, [row], place))
            yield with_copy[row.question], alone[row.question]


def _moved(extract: Extract, gold: str, other: str) -> tuple[object, ...]:
    """The sections, moved by what the change made longer or shorter."""
    from msgspec.structs import replace

    at, by = extract.text.index(gold) + len(gold), len(other) - len(gold)
    return tuple(
        replace(
            section,
            start=section.start + by * (section.start >= at),
            end=section.end + by * (section.end >= at),
        )
        for section in extract.sections
    )


def _ask(extracts: dict[str, Extract], rows: list[Row], place: Path) -> Iterator[tuple[str, bool]]:
    with Library.open(place, create=True) as library:
        with library.write_lock():
            for name, extract in extracts.items():
                library.add_document(name, extract, split(extract, 300))
        searcher = open_searcher(library, Settings())
        for row in rows:
            result = searcher.search(SearchRequest(row.question))
            rated = rate(row.question, result)
            yield row.question, bool(find_conflicts(library, row.question, rated))
        searcher.close()


class _NoLibrary:
    """Stands for the library where only the count matters: no dates, no places."""

    def openings(self, documents: list[int], _length: int) -> dict[int, str]:
        return dict.fromkeys(documents, "")

    def sections(self, _document: int) -> list[object]:
        return []


def main() -> None:
    print(f"{'set':12}{'planted':>9}{'noticed':>9}{'false alarms':>14}")
    for name in OWN:
        rows = list(measured(name))
        noticed = sum(one for one, _ in rows)
        wrong = sum(other for _, other in rows)
        print(f"{name:12}{len(rows):>9}{noticed / len(rows):>9.1%}{wrong / len(rows):>14.1%}")
    for name in PUBLIC:
        asked = reporting(name)
        wrong = sum(
            bool(find_conflicts(_NoLibrary(), row.question, rate(row.question, row.result)))  # type: ignore[arg-type]
            for row in asked
        )
        print(f"{name:12}{'-':>9}{'-':>9}{wrong / len(asked):>14.1%}")


if __name__ == "__main__":
    main()
