"""Question sets: SQuAD-style JSON, and simple JSONL or CSV."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from docqa.errors import UsageError


class Gold(Struct, frozen=True):
    """A right answer; `start` is its place in the context, where it is known."""

    text: str
    start: int | None = None


class Item(Struct, frozen=True):
    """A question with its right answers; none of them means that nothing answers it."""

    question: str
    golds: tuple[Gold, ...]
    document: str | None = None
    """Name of the document that answers, as in `Dataset.contexts` or in a library."""
    id: str = ""


class Dataset(Struct, frozen=True):
    """A question set; `contexts` maps names of documents to texts, empty where none came along."""

    name: str
    contexts: Mapping[str, str]
    items: tuple[Item, ...]
    blank: int = 0
    """Entries left out because their question is empty."""


def read_dataset(path: Path) -> Dataset:
    """Read a question set; UsageError says what is wrong with the file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError("eval.no_file", path=path) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError("eval.unreadable", path=path, reason=reason) from error
    try:
        dataset = _squad(path.stem, text) if path.suffix.lower() == ".json" else _rows(path, text)
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UsageError("eval.not_a_dataset", path=path, reason=reason) from error
    asked = tuple(item for item in dataset.items if item.question.strip())
    if not asked:
        raise UsageError("eval.no_questions", path=path)
    return replace(dataset, items=asked, blank=len(dataset.items) - len(asked))


def _squad(name: str, text: str) -> Dataset:
    contexts: dict[str, str] = {}
    items: list[Item] = []
    document = json.loads(text)
    articles = document["data"] if isinstance(document, dict) else document
    for paragraph in (paragraph for article in articles for paragraph in article["paragraphs"]):
        # A neutral name: titles would tell the search which article is meant.
        document_name = f"{len(contexts) + 1:06d}.txt"
        contexts[document_name] = paragraph["context"]
        items += (_squad_item(question, document_name) for question in paragraph["qas"])
    return Dataset(name, contexts, tuple(items))


def _squad_item(entry: Mapping[str, Any], document: str) -> Item:
    number = str(entry.get("id") or "")
    if entry.get("is_impossible"):
        return Item(entry["question"], (), id=number)
    golds = tuple(Gold(one["text"], _start(one)) for one in entry["answers"])
    return Item(entry["question"], golds, document if golds else None, number)


def _start(answer: Mapping[str, Any]) -> int | None:
    """The place of an answer; a negative one, as CMRC has, means that it is not known."""
    start = answer.get("answer_start")
    return start if start is None or start >= 0 else None


def _rows(path: Path, text: str) -> Dataset:
    contexts: dict[str, str] = {}
    names: dict[str, str] = {}
    items = []
    for row in _records(path, text):
        context = row.get("context") or ""
        name = row.get("document") or None
        if context:
            name = names.setdefault(context, f"{len(names) + 1:06d}.txt")
            contexts[name] = context
        number = str(row.get("id") or "")
        items.append(Item(row["question"], tuple(_golds(row)), name, number))
    return Dataset(path.stem, contexts, tuple(items))


def _records(path: Path, text: str) -> Iterable[Mapping[str, Any]]:
    if path.suffix.lower() in (".csv", ".tsv"):
        delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
        return csv.DictReader(StringIO(text), delimiter=delimiter)
    return (json.loads(line) for line in text.splitlines() if line.strip())


def _golds(row: Mapping[str, Any]) -> Iterator[Gold]:
    answers = row.get("answers") or row.get("answer") or []
    for answer in [answers] if isinstance(answers, str) else answers:
        if isinstance(answer, str):
            yield Gold(answer)
        else:
            yield Gold(answer["text"], _start(answer))
