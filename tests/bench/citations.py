"""How well the check of an answer against its passages finds what was made wrong on purpose.

python -m tests.bench.citations [DATASET ...]: paragraphs and gold answers of SQuAD-style sets.
"""

import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from docqa.answer.checking.claims import claim_of
from docqa.answer.checking.evidence import Evidence
from docqa.answer.checking.verdicts import judge
from docqa.types import Verdict
from ingest.splitting.sentences import sentences
from tests.support.outside import DATA

ASKS = re.compile(
    r"(?:在)?(?:什么时候|什麼時候|何时|何時|哪一年|哪年|多少|几|幾|谁|誰|哪里|哪裡|何处|何處|"
    r"什么地方|什麼地方|哪个\w?|哪個\w?|哪一\w|什么|什麼)"
)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
VALUE = re.compile(r"(\d+(?:\.\d+)?)([^\W\d_])")
DENY = (
    ("是", "不是"),
    ("有", "没有"),
    ("被", "没有被"),
    ("能", "不能"),
    ("会", "不会"),
    ("在", "不在"),
)


def questions(path: Path) -> Iterator[tuple[str, str, str, int]]:
    """Paragraph, question, gold answer and its place."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                gold = qa["answers"][0]
                start = paragraph["context"].find(gold["text"])
                if start >= 0:
                    yield paragraph["context"], qa["question"], gold["text"], start


def statement(question: str, answer: str) -> str | None:
    """The question turned into a statement that gives the answer."""
    if len(ASKS.findall(question)) != 1 or len(answer) > 30:
        return None
    return ASKS.sub(lambda _: answer, question).rstrip("？?") + "。"


def quote(paragraph: str, start: int) -> str:
    """The sentence of the paragraph that holds the answer."""
    return next((paragraph[a:b] for a, b in sentences(paragraph) if a <= start < b), paragraph)


def swapped(text: str, paragraph: str, question: str, chance: random.Random) -> str | None:
    """The text with one of its values replaced by another of its kind from the paragraph."""
    given = [one for one in VALUE.finditer(text) if one[1] not in question]
    if not given:
        return None
    value = chance.choice(given)
    others = [
        number
        for number, kind in VALUE.findall(paragraph)
        if kind == value[2] and number not in text
    ]
    if not others:
        return None
    return text[: value.start(1)] + chance.choice(others) + text[value.end(1) :]


def cases(path: Path, seed: int = 7) -> Iterator[tuple[str, bool, str, str, str]]:
    """Kind, whether it is right, statement, paragraph and question."""
    chance = random.Random(seed)
    rows = list(questions(path))
    names = [a for _, _, a, _ in rows if 2 <= len(a) <= 8 and not NUMBER.search(a)]
    for paragraph, question, answer, start in rows:
        said, written = statement(question, answer), quote(paragraph, start)
        yield "right: quote", True, written, paragraph, question
        if said:
            yield "right: reworded", True, said, paragraph, question
        for form, text in (("quote", written), ("reworded", said)):
            if text is None:
                continue
            if (found := NUMBER.search(text)) and found[0] not in question:
                other = str(int(float(found[0])) + chance.randint(1, 9))
                wrong = text[: found.start()] + other + text[found.end() :]
                yield f"wrong: number, {form}", False, wrong, paragraph, question
            if wrong := swapped(text, paragraph, question, chance):
                yield f"wrong: number of another clause, {form}", False, wrong, paragraph, question
            if 2 <= len(answer) <= 8 and not NUMBER.search(answer) and answer in text:
                other = chance.choice(names)
                if other not in paragraph:
                    yield (
                        f"wrong: name, {form}",
                        False,
                        text.replace(answer, other),
                        paragraph,
                        question,
                    )
            for plain, denied in DENY:
                if plain in text and denied not in text:
                    wrong = text.replace(plain, denied, 1)
                    yield f"wrong: negation, {form}", False, wrong, paragraph, question
                    break
        near = [
            a
            for p, _, a, _ in rows
            if p == paragraph and a != answer and a not in answer and answer not in a
        ]
        if said and near and (other := chance.choice(near)) and statement(question, other):
            yield (
                "wrong: another answer of the paragraph",
                False,
                statement(question, other) or "",
                paragraph,
                question,
            )


def supported(text: str, evidence: Evidence, question: str) -> bool:
    """Whether the check lets a statement pass."""
    claim = claim_of(text, question)
    return claim is None or judge(claim, evidence).verdict is Verdict.SUPPORTED


def main(paths: list[str]) -> None:
    for path in map(
        Path, paths or [str(DATA / "cmrc2018_trial.json"), str(DATA / "drcd_dev.json")]
    ):
        tally: dict[str, list[int]] = {}
        for kind, right, text, paragraph, question in cases(path):
            good = supported(text, Evidence([paragraph]), question)
            row = tally.setdefault(kind, [0, 0])
            row[0] += 1
            row[1] += good is right
        print(f"\n{path.name}")
        for kind, (count, good) in sorted(tally.items()):
            print(f"  {kind:40} {count:6} judged correctly {good / count:6.1%}")
        caught = sum(good for kind, (_, good) in tally.items() if kind.startswith("wrong"))
        wrong = sum(count for kind, (count, _) in tally.items() if kind.startswith("wrong"))
        alarms = sum(
            count - good for kind, (count, good) in tally.items() if kind.startswith("right")
        )
        right = sum(count for kind, (count, _) in tally.items() if kind.startswith("right"))
        print(
            f"  'not supported': precision {caught / (caught + alarms):.1%},"
            f" recall {caught / wrong:.1%},"
            f" false alarms {alarms / right:.1%} of {right}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
