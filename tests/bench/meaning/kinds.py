"""A reader's questions on six short documents, each of another kind, as `docqa ask` answers them.

python -m tests.bench.meaning.kinds [--words]

An insurance policy, an appliance's manual, a school's rules, a leaflet on a vaccine, a tender and a
description of an interface. The questions were written from a reader's side, before the documents'
sentences; ten of forty are not answered there. Every second one was there to look at, the others
are only reported.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa import AskRequest, Engine, Settings
from docqa.retrieval.embedding_run import embed_new
from docqa.settings import EmbeddingSettings, ModelSettings
from docqa.stores.records.library import Library
from docqa.types import Answer, AnswerStatus, Done
from tests.bench.refusal import ASKED


def read_questions() -> Iterator[tuple[str, list[str]]]:
    for line in (ASKED / "kinds.tsv").read_text(encoding="utf-8").splitlines():
        question, golds = line.split("\t")
        yield question, [gold for gold in golds.split("//") if gold]


def ask(engine: Engine, question: str) -> Answer:
    events = engine.ask(AskRequest(question, save=False))
    return next(event.answer for event in events if isinstance(event, Done))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", action="store_true", help="without the embedder")
    parser.add_argument("--show", action="store_true", help="print each question of the first half")
    options = parser.parse_args()
    settings = Settings(
        embedding=EmbeddingSettings(backend="none" if options.words else "packaged"),
        model=ModelSettings(engine="quotes"),
    )
    halves = (Counter(), Counter())
    with TemporaryDirectory() as folder:
        place = Path(folder) / "library"
        with Engine(settings, str(place)) as engine:
            for _ in engine.ingest([ASKED / "kinds"]):
                pass
        with Library.open(place) as library:
            embed_new(library, settings)
        with Engine(settings, str(place)) as engine:
            for number, (question, golds) in enumerate(read_questions()):
                answer = ask(engine, question)
                quotes = [one.quote for one in answer.citations]
                is_first = any(gold in quote for gold in golds for quote in quotes[:1])
                is_certain = answer.status is AnswerStatus.ANSWERED
                kind = "answerable" if golds else "absent"
                counts = {kind: 1, f"{kind}: {answer.status}": 1}
                counts |= {"right first": is_first, "certain and right": is_first and is_certain}
                halves[number % 2].update(counts)
                if options.show and not number % 2:
                    print(f"{answer.status:10} {answer.confidence:.2f} {is_first:d} {question}")
    for name, counts in zip(("looked at", "reported"), halves, strict=True):
        print(name, dict(counts))


if __name__ == "__main__":
    main()
