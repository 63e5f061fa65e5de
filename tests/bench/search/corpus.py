"""Passages for the search bench: real sentences in new orders, or new text made from real one."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ingest.splitting.sentences import sentences

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
SETS = ("cmrc2018_trial.json", "drcd_dev.json")
# Longer sequences would repeat the sentences that answer: most of them stand in one place only.
_ORDER = 1


def paragraphs() -> list[str]:
    """All paragraphs of the public question sets."""
    found = []
    for name in SETS:
        articles = json.loads((DATA / name).read_text(encoding="utf-8"))["data"]
        found += [p["context"] for article in articles for p in article["paragraphs"]]
    return found


def questions() -> list[str]:
    """All their questions, in a fixed random order."""
    found = []
    for name in SETS:
        articles = json.loads((DATA / name).read_text(encoding="utf-8"))["data"]
        found += [q["question"] for a in articles for p in a["paragraphs"] for q in p["qas"]]
    random.Random(1).shuffle(found)
    return [question for question in found if question.strip()]


def documents(count: int, passages: int = 20) -> Iterator[str]:
    """Documents of about so many passages of 300 characters: real sentences in random order."""
    draw = random.Random(2)
    pool = [text[a:b] for text in paragraphs() for a, b in sentences(text) if b - a >= 8]
    for number in range(count):
        lines, size = [f"第{number}号文档。"], 0
        while size < passages * 290:
            lines.append(draw.choice(pool))
            size += len(lines[-1])
        yield "".join(lines)


def distractors(count: int, size: int = 300) -> Iterator[str]:
    """New text in which pairs of characters are as frequent as in the real one."""
    draw = random.Random(3)
    following: dict[str, list[str]] = defaultdict(list)
    for text in paragraphs():
        for at in range(len(text) - _ORDER):
            following[text[at : at + _ORDER]].append(text[at + _ORDER])
    starts = list(following)
    for _ in range(count):
        made = draw.choice(starts)
        while len(made) < size:
            choices = following.get(made[-_ORDER:])
            made += draw.choice(choices) if choices else draw.choice(starts)
        yield made[:size]
