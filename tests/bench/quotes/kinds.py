"""Questions of kinds that one quote does not answer, on our own documents.

python -m tests.bench.quotes.kinds [--wrong] [--asked]

`all`: every item is quoted, and their number is told. `two`: both sides of a comparison are quoted.
`document`: the document is named first. `whether`: yes, no or "it depends" is right
where it is said; how often stands beside it. `sum`: it is told that docqa adds nothing up.
--asked: for how many questions the kind of answer they want is seen at all, by halves; their kinds
were written down before they were read by docqa.
By words alone. Nothing was fitted on them, but the list of words that ask for each kind was
written with the `business` part in view.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.answer.quoting.question_types import Asked
from docqa.answer.quoting.quoter import Extractive
from docqa.answer.quoting.yes_or_no import decide
from docqa.answer.retrieve import Steps
from docqa.retrieval import open_searcher
from docqa.stores.records.library import Library
from docqa.terms import normal
from docqa.types import Answer, AskRequest, Done, Warned
from tests.bench.quotes.rows import WORDS, add_documents, documents_of, half_of
from tests.bench.refusal import ASKED


def judge(
    kind: str, count: int, golds: Sequence[str], answer: Answer, told: Sequence[str]
) -> tuple[bool, bool]:
    """Whether an answer is what its kind of question wants, and whether it says so at all."""
    quotes = [citation.quote for citation in answer.citations]
    held = all(any(gold in quote for quote in quotes) for gold in golds)
    if kind == "all":
        return held and f"共 {count} 项" in answer.text, "共 " in answer.text
    if kind == "two":
        return held, len(quotes) > 1
    if kind == "document":
        named = [citation.document for citation in answer.citations]
        return named[:1] == list(golds), bool(named)
    if kind == "whether":
        decided = decide(answer.question, quotes[0]) if quotes else None
        return decided in golds, decided is not None
    return "answer.cannot_count" in told, "answer.cannot_count" in told


def ask_all(rows: Sequence[Sequence[str]], name: str) -> Iterator[tuple[str, str, bool, bool]]:
    """Kind, question, right and said for the questions on one set of documents."""
    with (
        TemporaryDirectory() as folder,
        Library.open(Path(folder) / "all", create=True) as library,
    ):
        add_documents(library, documents_of(name, Path(folder)))
        searcher = open_searcher(library, WORDS)
        engine = Extractive(library, Steps(searcher.search, WORDS), WORDS.answer.quotes)
        for kind, _, question, count, golds in rows:
            *events, last = engine.events(AskRequest(question), (), lambda: False)
            assert isinstance(last, Done)
            told = [event.message for event in events if isinstance(event, Warned)]
            right, said = judge(kind, int(count), golds.split("//"), last.answer, told)
            yield kind, f"{question} {last.answer.text[:160]!r}", right, said
        searcher.close()


def report_asked(*, wrong: bool) -> None:
    """How often the kind that a question asks for is among those seen."""
    lines = (ASKED / "question_kinds.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    for half, name in enumerate(("choosing", "reporting")):
        seen = {
            asked: kind in Asked.of(normal(asked)).kinds
            for kind, asked in rows
            if half_of(asked) == half
        }
        print(f"{name:10} {sum(seen.values())} of {len(seen)} seen")
        if wrong and not half:
            print(*(asked for asked, is_seen in seen.items() if not is_seen), sep="\n")


def main(arguments: Sequence[str]) -> None:
    if "--asked" in arguments:
        report_asked(wrong="--wrong" in arguments)
        return
    lines = (ASKED / "other_kinds.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    found: dict[str, list[tuple[bool, bool]]] = {}
    for name in dict.fromkeys(row[1] for row in rows):
        for kind, asked, right, said in ask_all([row for row in rows if row[1] == name], name):
            found.setdefault(kind, []).append((right, said))
            if "--wrong" in arguments and not right:
                print(f"{kind}: {asked}")
    for kind, tallies in found.items():
        right, said = (sum(column) for column in zip(*tallies, strict=True))
        print(f"{kind:10} {right} of {len(tallies)} right, {said} said")


if __name__ == "__main__":
    main(sys.argv[1:])
