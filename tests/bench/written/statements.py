"""Measures `docqa check` on statements worded by hand about short documents.

python -m tests.bench.written.statements [--half choose|report] [--meaning] [--show]
"""

import argparse
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct, convert

from docqa.engine import Engine
from docqa.settings import EmbeddingSettings, Settings
from docqa.types import Verdict

STATEMENTS = Path(__file__).with_name("statements.toml")
BY_WORDS = Settings(embedding=EmbeddingSettings(backend="none"))


WORST = (Verdict.CONTRADICTED, Verdict.UNSUPPORTED)


class Document(Struct, frozen=True):
    """A text with what holds of it and what does not."""

    name: str
    half: str
    text: str
    true: list[str]
    wrong: list[str]


def read(half: str) -> list[Document]:
    """The documents of one half."""
    documents = convert(tomllib.loads(STATEMENTS.read_text("utf-8"))["documents"], list[Document])
    return [one for one in documents if one.half == half]


def check(document: Document, settings: Settings) -> Iterator[tuple[bool, str, Verdict]]:
    """Each statement: whether it holds, its text, its verdict."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / document.name
        path.write_text(document.text, encoding="utf-8")
        with Engine(settings, str(Path(folder) / "library")) as engine:
            list(engine.ingest([path]))
            for holds, texts in ((True, document.true), (False, document.wrong)):
                for text in texts:
                    verdicts = [part.sentence.verdict for part in engine.check_text(text)]
                    worst = next((one for one in WORST if one in verdicts), Verdict.SUPPORTED)
                    yield holds, text, worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", default="report", choices=("choose", "report"))
    parser.add_argument("--show", action="store_true", help="what came out wrong")
    parser.add_argument("--meaning", action="store_true", help="with the packaged embedder")
    arguments = parser.parse_args()
    settings = Settings() if arguments.meaning else BY_WORDS
    results = [one for document in read(arguments.half) for one in check(document, settings)]
    for holds, name in ((True, "true"), (False, "wrong")):
        verdicts = [verdict for truth, _, verdict in results if truth is holds]
        counts = ", ".join(f"{verdict.value} {verdicts.count(verdict)}" for verdict in Verdict)
        print(f"{name} {len(verdicts)}: {counts}")
    if arguments.show:
        for holds, text, verdict in results:
            if holds is not (verdict is Verdict.SUPPORTED):
                print(f"  {'true' if holds else 'wrong'}, {verdict.value}: {text}")


if __name__ == "__main__":
    main()
