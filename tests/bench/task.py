"""What `docqa task` finds against the truth of 60 items for each task, with and without a model.

python -m tests.bench.task [TASK …] [--engine llama --model FILE] [--half choose] [--show 20]

Items are made from task_items.toml in several wordings; one half was looked at while the code was
written, figures are of the other. Accuracy; for entities F1 over kinds and values; for keywords the
share of the words that each text is about.
"""

import argparse
import json
import random
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path

from docqa.engine.rows.tasks import Given, TaskEngine
from docqa.settings import ModelSettings, Settings

ITEMS = tomllib.loads(Path(__file__).with_name("task_items.toml").read_text("utf-8"))
NUMBER = 60
TOWNS = ("青石", "云岭", "长河", "白鹭", "东篱", "望山", "临湖", "松江")
TRADES = ("科技有限公司", "贸易有限公司", "印刷厂", "建筑设计院", "大学", "人民医院")
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", ("明", "建华", "丽", "志强", "伟", "小芳", "磊", "静")
VERDICTS = ("same", "related", "different")
JUDGEMENTS = ("follows", "contradicts", "not_said")


def classify(half, chance):
    """(text, what is given, the truth)."""
    labels = tuple(ITEMS["classify"])
    for number in range(NUMBER):
        label = labels[number % len(labels)]
        text = chance.choice(ITEMS["classify"][label][half]).replace("{x}", chance.choice(TOWNS))
        yield text, Given(labels=labels), label


def keywords(half, chance):
    filler = ("以上内容请仔细阅读。", "如有变动，将另行说明。", "有关人员应当遵守。")
    for number in range(NUMBER):
        items = ITEMS["keywords"][half]
        item = items[number % len(items)]
        sentences = item["text"].strip("。").split("。")
        chance.shuffle(sentences)
        yield "。".join(sentences) + "。" + chance.choice(filler), Given(), set(item["terms"])


def entities(half, chance):
    for _ in range(NUMBER):
        wanted, text = Counter(), ""
        for sentence in chance.sample(ITEMS["entities"][half], 2):
            for kind, make in VALUES.items():
                while "{" + kind + "}" in sentence:
                    value = make(chance)
                    wanted[kind, value] = 1
                    sentence = sentence.replace("{" + kind + "}", value, 1)
            text += sentence
        yield text, Given(), set(wanted)


VALUES = {
    "date": lambda one: f"{one.randint(2020, 2026)}年{one.randint(1, 12)}月{one.randint(1, 28)}日",
    "money": lambda one: f"{one.randint(2, 900) * 100:,}元",
    "number": lambda one: one.choice((f"{one.randint(10, 90)}人", f"{one.randint(2, 99)}%")),
    "phone": lambda one: f"138{one.randint(10**7, 10**8 - 1)}",
    "email": lambda one: f"user{one.randint(1, 99)}@example.com",
    "person": lambda one: one.choice(SURNAMES) + one.choice(GIVEN),
    "organisation": lambda one: one.choice(TOWNS) + one.choice(TRADES),
    "place": lambda one: f"{one.choice(TOWNS)}市{one.choice(TOWNS)}路{one.randint(1, 99)}号",
}


def similar(half, chance):
    names = list(ITEMS["facts"])
    for number in range(NUMBER):
        name, verdict = names[number % len(names)], VERDICTS[number % len(VERDICTS)]
        first, second = _pair(name, verdict != "same", half, chance)
        if verdict == "different":
            second = _pair(_other(name, chance), False, half, chance)[1]
        yield first, Given(text=second), verdict


def follows(half, chance):
    names = list(ITEMS["facts"])
    for number in range(NUMBER):
        name, verdict = names[number % len(names)], JUDGEMENTS[number % len(JUDGEMENTS)]
        said, stated = _pair(name, verdict == "contradicts", half, chance)
        rest = [one for one in names if one != name]
        others = [_pair(one, False, half, chance)[0] for one in chance.sample(rest, 3)]
        lines = others if verdict == "not_said" else [*others, said]
        chance.shuffle(lines)
        yield "".join(lines), Given(text=stated), verdict


def _pair(name, changed, half, chance):
    """A fact in both wordings of a half, its value changed in the second or not."""
    fact = ITEMS["facts"][name]
    value = chance.randint(fact["low"], fact["high"])
    other = chance.choice([n for n in range(fact["low"], fact["high"] + 1) if n != value])
    first, second = fact[half]
    second = second.replace("{v}", str(other if changed else value))
    return first.replace("{v}", str(value)), second


def _other(name, chance):
    return chance.choice([one for one in ITEMS["facts"] if one != name])


def score(task, outcome, truth):
    """(right, found, wanted): all three 1 or 0 where there is one answer."""
    found = {one.value for one in outcome.findings}
    if task == "entities":
        found = {(one.kind, one.value) for one in outcome.findings}
    if task in ("entities", "keywords"):
        return len(found & truth), len(found), len(truth)
    return int(found == {truth}), 1, 1


def measure(task, settings, half, show, most=NUMBER):
    chance = random.Random(5)
    items = list(globals()[task](half, chance))[:most]
    began = time.perf_counter()
    right = found = wanted = 0
    confused = Counter()
    with tempfile.TemporaryDirectory() as place:
        files = []
        for number, (text, _, _) in enumerate(items):
            files.append(Path(place) / f"{number:03d}.txt")
            files[-1].write_text(text, encoding="utf-8")
        with TaskEngine(settings, f"{place}/library") as engine:
            list(engine.ingest([Path(place)]))
            by_name = {Path(info.path).name: info.path for info in engine.documents()}
            names = {name for info in engine.documents() for name in info.facts.get("also", ())}
            by_name |= {Path(name).name: name for name in names}
            for file, (text, given, truth) in zip(files, items, strict=True):
                scope = [by_name[file.name]]
                ((_, _, outcome),) = engine.outcomes(task, given, scope, lambda: False)
                one = score(task, outcome, truth)
                right, found, wanted = right + one[0], found + one[1], wanted + one[2]
                values = [value.value for value in outcome.findings]
                if task not in ("entities", "keywords"):
                    confused[truth, *values] += 1
                if show and one[0] < max(one[1:]):
                    show -= 1
                    shown = truth if isinstance(truth, str) else sorted(map(str, truth))
                    print(json.dumps([text, given.text, shown, values], ensure_ascii=False))
    seconds = time.perf_counter() - began
    if task == "entities":
        precision, recall = right / max(1, found), right / wanted
        figure = f"F1 {2 * precision * recall / max(1e-9, precision + recall):.1%}"
        figure += f" (precision {precision:.1%}, recall {recall:.1%})"
    else:
        figure = f"{right / wanted:.1%}"
    print(f"{task} {half}: {figure} of {len(items)} items in {seconds:.0f} s", flush=True)
    for pair, count in confused.items():
        if show and pair[0] != pair[-1]:
            print("  ", count, pair)


def main():
    tasks = ("classify", "keywords", "entities", "similar", "follows")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", default=tasks, metavar="TASK")
    parser.add_argument("--engine", default="quotes")
    parser.add_argument("--model", default="")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--half", choices=("choose", "report"), default="report")
    parser.add_argument("--items", type=int, default=NUMBER, help="only so many of each task")
    parser.add_argument("--show", type=int, default=0, help="print so many that are not right")
    given = parser.parse_args()
    model = ModelSettings(engine=given.engine, name=given.model, threads=given.threads)
    for task in given.tasks:
        measure(task, Settings(model=model), given.half, given.show, given.items)


if __name__ == "__main__":
    main()
