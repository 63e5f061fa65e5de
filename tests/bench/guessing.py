"""What guessing ahead spares a real model: steps of many tokens timed, real answers gone through.

    python -m tests.bench.guessing --model FILE.gguf [--kept q15]

The answers are those kept of a real model (tests/bench/written), each after the passages that it
read, and sentences of such passages as they stand, as an answer that quotes. `--longest` and
`--run` show what other lengths would do.
"""

import argparse
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from docqa.llm import open_model
from docqa.llm.llama import speculation
from docqa.llm.llama.model import LlamaModel
from docqa.settings import ModelSettings, Settings
from tests.bench.written.kept import Checked, load

SIZES = (1, 2, 3, 4, 6, 8, 12, 16)
ROUNDS = 5
LEAD_IN = "根据资料，"
SENTENCE = re.compile(r"[^。]{15,}。")
# Tokens read before the steps are timed.
READ = 256


def main() -> None:
    """Time the steps, then go through the answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--kept", default="q15", help="whose kept answers")
    parser.add_argument("--run", type=int, default=speculation._RUN)
    parser.add_argument("--longest", type=int, default=speculation._GUESSES)
    arguments = parser.parse_args()
    speculation._RUN, speculation._GUESSES = arguments.run, arguments.longest
    settings = ModelSettings(engine="llama", name=str(arguments.model), context=4096)
    model = open_model(Settings(model=settings))
    assert isinstance(model, LlamaModel)
    kept = [each for each in load() if each.kept.model == arguments.kept and each.kept.answer]
    cost = costs(model, kept)
    print("CPU of a step, one token being 1:")
    print("  " + ", ".join(f"{size} {cost(size):.2f}" for size in SIZES))
    for name, answers in (("answers", real_answers(kept)), ("quotes", quotes(kept))):
        plain, guessed = map(
            sum, zip(*(steps(model, *each, cost) for each in answers), strict=True)
        )
        print(f"{name}: {plain / guessed:.2f} times as fast")
    model.close()


def costs(model: LlamaModel, kept: Sequence[Checked]) -> Callable[[int], float]:
    """The CPU time of a step of so many tokens, between the sizes that were timed as a line."""
    native, llama = model.native, model.native._llama
    ids = native.tokenize("".join(each.passages[0].text for each in kept[:9] if each.passages))
    timed: dict[int, list[float]] = {size: [] for size in SIZES}
    with native.turn():
        native.evaluate(ids[:READ])
        for _ in range(ROUNDS):
            for size in SIZES:
                llama._ctx.kv_cache_seq_rm(-1, READ, -1)
                llama._batch.set_batch(ids[READ : READ + size], READ, logits_all=True)
                began = time.process_time()
                llama._ctx.decode(llama._batch)
                timed[size].append(time.process_time() - began)
    seconds = {size: statistics.median(times) for size, times in timed.items()}

    def cost(size: int) -> float:
        below = max(one for one in SIZES if one <= size)
        above = min(one for one in SIZES if one >= size)
        share = (size - below) / max(above - below, 1)
        return (seconds[below] * (1 - share) + seconds[above] * share) / seconds[1]

    return cost


def real_answers(kept: Sequence[Checked]) -> Iterator[tuple[str, str]]:
    """What a model read, and what it wrote."""
    return ((read_text(each), each.kept.answer) for each in kept if each.passages)


def quotes(kept: Sequence[Checked]) -> Iterator[tuple[str, str]]:
    """What a model read, and one sentence of its first passage."""
    for each in kept:
        sentence = SENTENCE.search(each.passages[0].text) if each.passages else None
        if sentence:
            yield read_text(each), LEAD_IN + sentence[0]


def read_text(each: Checked) -> str:
    """The passages and the question."""
    return "\n".join([*(one.text for one in each.passages), each.item.question, ""])


def steps(
    model: LlamaModel, read: str, answer: str, cost: Callable[[int], float]
) -> tuple[float, float]:
    """What the tokens of an answer cost one by one, and with guesses."""
    tokens = model.native.tokenize(answer)
    lookup = speculation.PromptLookup([*model.native.tokenize(read), tokens[0]])
    at, spent = 1, 0.0
    while at < len(tokens):
        guesses = lookup.propose()
        pairs = zip(guesses, tokens[at:], strict=False)
        right = next((n for n, pair in enumerate(pairs) if pair[0] != pair[1]), len(guesses))
        spent += cost(1 + len(guesses))
        for token in tokens[at : at + right + 1]:
            lookup.add(token)
        at += right + 1
    return float(len(tokens) - 1), spent


if __name__ == "__main__":
    main()
