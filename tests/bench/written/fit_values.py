"""Fits how likely an answer's value is the right one.

DOCQA_BENCH_CACHE=FOLDER python -m tests.bench.written.fit_values [--meaning]

Gold answers of the sets beside other values of their paragraphs, alone or put into the question,
and the kept answers of models for choosing. Documents of the kept answers for reporting are left
out; with --meaning, where docqa's reader marks the passages, those that it was trained on, too.
Also prints how many of both the check passes.
"""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from functools import cache

import numpy as np

from docqa.answer.checking.check import Checker, sentence_spans
from docqa.answer.checking.claims import claim_of
from docqa.answer.checking.verdicts import judge
from docqa.answer.quoting.ranking import Rate
from docqa.evaluation.dataset import Item, read_dataset
from docqa.types import Passage
from tests.bench.citations import statement
from tests.bench.quotes.rows import half_of_paragraph, read_paragraphs
from tests.bench.written.fit import area, chances, fit
from tests.bench.written.kept import ANSWERS, SECOND, SETS, load, open_rating
from tests.support.outside import DATA

BY_WORDS = ("margin", "odds", "near")
READ = ("margin", "near", "said")
QUESTIONS = {"cmrc2018_trial.json": 300, "xquad_zh.json": 300, "drcd_dev.json": 400}
LONGEST = 25
# A kept answer counts as so many made ones.
KEPT = 5
NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(\D)")
PIECES = re.compile(r"[、，,。；和与及的在是为；：（）()「」“”《》\n]")


def reported() -> set[tuple[str, str]]:
    """The questions of kept answers for reporting."""
    lines = (
        json.loads(line) for path in (ANSWERS, SECOND) for line in path.read_text().splitlines()
    )
    return {(SETS[one["set"]], one["id"]) for one in lines if one["half"] == "report"}


def others(item: Item, text: str, golds: Sequence[str], chance: random.Random) -> list[str]:
    """Other values of a paragraph: two more gold answers, and a number or a piece of a sentence."""
    gold = item.golds[0].text

    def draw(values: Sequence[str], most: int, count: int) -> list[str]:
        new = [
            one
            for one in values
            if one not in gold and gold not in one and one not in item.question
        ]
        new = [one for one in new if 2 <= len(one) <= most]
        return chance.sample(new, min(count, len(new)))

    found = NUMBER.search(gold)
    alike = (
        re.findall(rf"\d+(?:\.\d+)?\s*{re.escape(found[2])}", text) if found else PIECES.split(text)
    )
    return draw(golds, LONGEST, 2) + draw(alike, LONGEST if found else 8, 1)


def figures(checker: Checker, answer: str, question: str) -> list[float] | None:
    """What tells of the value of an answer's first sentence that says one."""
    for start, end in sentence_spans(answer):
        claim = claim_of(answer[start:end], question)
        value = checker.read_value(claim) if claim else None
        if claim and value:
            told = value.figures(judge(claim, checker.evidence).near)
            return [told[name] for name in (BY_WORDS if value.said is None else READ)]
    return None


@cache
def unread() -> frozenset[tuple[str, str]]:
    """The questions about paragraphs that the reader was not trained on."""
    return frozenset(
        (SETS[name], str(asked["id"]))
        for name in SETS
        for paragraph in read_paragraphs(name)
        if half_of_paragraph(paragraph)
        for asked in paragraph["qas"]
    )


def made(rating: Rate | None) -> Iterator[tuple[list[float], bool]]:
    """Answers made of the sets: figures, whether it is the gold one."""
    chance, passed = random.Random(3), Counter[tuple[bool, str]]()
    left_out = reported()
    for name, count in QUESTIONS.items():
        dataset = read_dataset(DATA / name)
        gone = {item.document for item in dataset.items if (name, item.id) in left_out}
        items = [
            item
            for item in dataset.items
            if item.document not in gone and (rating is None or (name, item.id) in unread())
        ]
        documents = list(dict.fromkeys(item.document for item in dataset.items))
        chance.shuffle(items)
        for item in items[:count]:
            if len(item.golds[0].text) > LONGEST:
                continue
            at, text = documents.index(item.document), dataset.contexts[item.document]
            near = [documents[(at + step) % len(documents)] for step in range(3)]
            passages = [
                Passage(n, n, one, 0, 0, len(dataset.contexts[one]), dataset.contexts[one])
                for n, one in enumerate(near, 1)
            ]
            golds = [one.golds[0].text for one in dataset.items if one.document == item.document]
            for answer in (item.golds[0].text, *others(item, text, golds, chance)):
                right, said = answer == item.golds[0].text, statement(item.question, answer)
                said = said if said and chance.random() < 0.6 else answer
                checker = Checker(passages, item.question, rate=rating)
                told = figures(checker, said, item.question)
                verdict = checker.check(said).verdict
                passed[right, verdict.value if verdict else ""] += 1
                if told:
                    yield told, right
    print("answers made of the sets, right or not, and verdict:", dict(passed))


def kept(rating: Rate | None) -> Iterator[tuple[list[float], bool]]:
    """Kept answers for choosing."""
    for path in (ANSWERS, SECOND):
        for one in load(path, rating):
            if one.kept.half != "choose" or not one.kept.answer or one.label == "beside":
                continue
            if rating and (SETS[one.kept.set], one.kept.id) not in unread():
                continue
            question = one.item.question
            checker = Checker(one.passages, question, rate=rating)
            told = figures(checker, one.kept.answer, question)
            if told:
                yield told, one.label == "right"


def main() -> None:
    with open_rating() if "--meaning" in sys.argv else nullcontext() as rating:
        of_sets, of_models = list(made(rating)), list(kept(rating))
    rows = np.array([told for told, _ in (*of_sets, *of_models * KEPT)])
    wanted = np.array([float(right) for _, right in (*of_sets, *of_models * KEPT)])
    weights = fit(rows, wanted)
    figured = READ if rating else BY_WORDS
    names = dict(zip(figured, weights[1:].round(2).tolist(), strict=True))
    print("right", round(float(weights[0]), 2), names)
    for name, some in (("made of the sets", of_sets), ("of models", of_models)):
        chance = chances(weights, np.array([told for told, _ in some]))
        right = np.array([float(right) for _, right in some])
        print(f"{name}: {len(some)} answers, area {area(chance, right):.3f}")


if __name__ == "__main__":
    main()
