"""Learns how the vector of a question is turned towards the passages that answer it.

python -m tests.bench.meaning.turning [--universal] [--out FILE]

Learned from the choosing halves of all sets, without the part that the packaged reader's training
keeps back, too. A passage is right where it holds an answer; all others, of every set, are wrong.
Prints where the first right passage of a question comes in its library, of the questions kept back,
by meaning alone. Half an hour of processor time, nearly all of it for the passages.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from msgspec import Struct
from torch import Tensor
from torch.nn import functional

from docqa.llm.embeddings.factory import open_embedder
from docqa.settings import EmbeddingSettings, Settings
from docqa.stores.records.library import Library
from docqa.stores.vectors.table import VectorTable
from docqa.types import Passage
from tests.bench.meaning.collect import Asked, holds, open_library, read_set
from tests.bench.quotes.rows import (
    BLIND,
    OWN,
    PUBLIC,
    half_of_own,
    half_of_paragraph,
    is_about,
    libraries_of,
    open_own,
    open_public,
    read_asked,
    read_documents,
    read_paragraphs,
)
from tests.bench.reader.kept_back import is_kept_back

# By hand, but for the heat and the share: of .01, .02 and .03, and of .5, .7 and 1, those by which
# most is found for the questions kept back. The share leaves other kinds of questions near where
# they were.
EPOCHS, AT_ONCE, RATE, DECAY, WARM_UP = 8, 128, 2e-3, 1e-2, 40
HEATS, SHARES = {"packaged": 0.01, "universal": 0.05}, {"packaged": 0.7, "universal": 0.5}


class Task(Struct, frozen=True):
    """A question with the numbers of passages: those of its library, and the right ones."""

    set: str
    question: str
    library: range
    right: list[int]
    is_kept_back: bool


def read_sets(settings: Settings) -> Iterator[tuple[str, Library, list[tuple[Asked, bool]]]]:
    """Each library with its questions, and whether they are kept back.

    It is open until the next one is asked for. A question without golds is answered by all of a
    document, one without documents by any of the library.
    """
    for name in PUBLIC:
        with open_public(name, settings) as (library, _):
            yield name, library, list(_ask_public(name))
    for name in OWN:
        if name in (BLIND, "manuals"):
            continue
        with TemporaryDirectory() as folder:
            for paths in libraries_of(name, Path(folder)):
                with open_own(paths, settings) as (library, _):
                    yield name, library, list(_ask_own(name, paths))
    with TemporaryDirectory() as folder, open_library("stard", Path(folder), settings) as library:
        rules = [one for one in read_set("stard")[1] if not one.half]
        kept = [is_kept_back("stard", one.question, one.question) for one in rules]
        yield "stard", library, list(zip(rules, kept, strict=True))


def _ask_public(name: str) -> Iterator[tuple[Asked, bool]]:
    for number, paragraph in enumerate(read_paragraphs(name)):
        if half_of_paragraph(paragraph):
            continue
        for qa in paragraph["qas"]:
            question, golds = qa["question"], tuple(answer["text"] for answer in qa["answers"])
            asked = Asked(question, frozenset([f"{number}.txt"]), golds)
            yield asked, is_kept_back(name, question, golds[0])


def _ask_own(name: str, paths: Sequence[Path]) -> Iterator[tuple[Asked, bool]]:
    for _, question, gold in read_asked(name):
        if is_about(name, question, paths) and not half_of_own(name, question):
            document = read_documents(name)[question]
            documents = frozenset([document] if document else [])
            asked = Asked(question, documents, tuple(gold.split("//")))
            yield asked, is_kept_back(name, question, gold)


def read_passages(library: Library) -> tuple[list[Passage], np.ndarray]:
    """All passages of a library, and their vectors."""
    table = VectorTable(library)
    serving = table.serving()
    assert serving is not None
    passages = {
        passage.id: passage
        for info in library.documents()
        for passage in library.passages_of(info.id, 0, 10_000)
    }
    rows = table.of_passages(serving, passages.keys())
    return [passages[number] for number in rows.passages.tolist()], rows.vectors


def read_tasks(settings: Settings) -> tuple[list[Task], Tensor]:
    """All questions that some passage answers, and the vectors of all passages."""
    tasks, vectors, count = [], [], 0
    for name, library, questions in read_sets(settings):
        passages, rows = read_passages(library)
        here = range(count, count + len(passages))
        count, vectors = here.stop, [*vectors, rows]
        documents = {info.path: info.id for info in library.documents()}
        for asked, kept in questions:
            ids = frozenset(documents[name] for name in asked.documents or documents)
            right = [here[n] for n, passage in enumerate(passages) if holds(passage, asked, ids)]
            if right:
                tasks.append(Task(name, asked.question, here, right, kept))
    return tasks, torch.tensor(np.concatenate(vectors).astype("f4"))


class Turning(torch.nn.Module):
    """What is learned; at first nothing is turned."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.matrix = torch.nn.Parameter(torch.zeros(width, width))
        self.constant = torch.nn.Parameter(torch.zeros(width))

    def forward(self, vectors: Tensor, share: float = 1.0) -> Tensor:
        added = vectors @ self.matrix + self.constant
        return functional.normalize(vectors + share * added, dim=-1)


def learn(tasks: Sequence[Task], questions: Tensor, passages: Tensor, heat: float) -> Turning:
    """All epochs."""
    turning = Turning(questions.shape[1])
    optimiser = torch.optim.AdamW(turning.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * len(tasks) // AT_ONCE
    order: list[int] = []
    for step in range(1, steps + 1):
        if len(order) < AT_ONCE:
            order += torch.randperm(len(tasks)).tolist()
        drawn = [order.pop() for _ in range(AT_ONCE)]
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, step / WARM_UP) * max(0.03, 1 - step / steps)
        points = turning(questions[drawn]) @ passages.T / heat
        wrong = torch.full_like(points, -torch.inf)
        for row, number in enumerate(drawn):
            wrong[row, tasks[number].right] = 0
        loss = (torch.logsumexp(points, 1) - torch.logsumexp(points + wrong, 1)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return turning


def tell(what: str, tasks: Iterable[Task], questions: Tensor, passages: Tensor) -> None:
    """Where the first right passage comes, set by set."""
    ranks: dict[str, list[int]] = {}
    for task, question in zip(tasks, questions, strict=True):
        near = passages @ question
        here = near[task.library.start : task.library.stop]
        ranks.setdefault(task.set, []).append(int((here > near[task.right].max()).sum()) + 1)
    for name, its in ranks.items():
        shares = ", ".join(f"in {most} {np.mean(np.array(its) <= most):.3f}" for most in (1, 3, 8))
        print(f"{what:7}{name:10}{len(its):6}  {shares}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--universal", action="store_true", help="for the other embedder")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    torch.manual_seed(1)
    backend = "universal" if options.universal else "packaged"
    settings = Settings(embedding=EmbeddingSettings(backend=backend))
    tasks, passages = read_tasks(settings)
    embedder = open_embedder(settings.embedding)
    assert embedder is not None
    vectors = torch.tensor(np.stack([embedder.embed_question(one.question) for one in tasks]))
    kept = torch.tensor([task.is_kept_back for task in tasks])
    share = SHARES[backend]
    learned = [task for task in tasks if not task.is_kept_back]
    others = [task for task in tasks if task.is_kept_back]
    turning = learn(learned, vectors[~kept], passages, HEATS[backend])
    with torch.inference_mode():
        tell("before", others, vectors[kept], passages)
        tell("turned", others, turning(vectors[kept], share), passages)
        np.savez_compressed(
            options.out or embedder.turning,
            matrix=(share * turning.matrix).half().numpy(),
            constant=(share * turning.constant).half().numpy(),
        )


if __name__ == "__main__":
    main()
