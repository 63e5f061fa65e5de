"""How fast docqa's chat model is against a bare llama-cpp-python loop, and what it holds to.

    python -m tests.bench.generation FOLDER [--threads 2] [--rounds 5] [--model FILE.gguf]

FOLDER keeps the model file (1.3B shape, Q4_0, random weights, 0.7 GB), which is made where missing;
with --model that file is measured instead.
"""

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import llama_cpp
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from msgspec.structs import replace

from docqa.llm import open_model
from docqa.llm.files.gguf import read_metadata
from docqa.llm.fit import footprint, plan
from docqa.llm.llama.model import LlamaModel
from docqa.llm.llama.native import Sampling
from docqa.llm.llama.speculation import PromptLookup
from docqa.settings import ModelSettings, Settings
from tests.support.tiny_gguf import (
    REAL_TOKENIZER,
    SHAPE_1_3B,
    padded,
    real_vocabulary,
    trained_vocabulary,
    write_gguf,
)

WINDOW = 4096
PROMPT_TOKENS = 256
CONTEXT_TOKENS = 2000
ANSWER_TOKENS = 48
VOCABULARY = 55296
TEXT = "员工连续工作满一年的享受带薪年休假，病假应当提供医疗机构出具的证明。"
MIB = 1 << 20
_TINY_ROUNDS = 9


@dataclass
class Run:
    """One answer: seconds to its first token, tokens a second after it, by the clock and of CPU."""

    first: float
    speed: float
    cpu_first: float
    cpu_speed: float


def main() -> None:
    """Run all measurements and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", type=Path, help="a real model instead of random weights")
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ["DOCQA_HOME"] = str(arguments.folder / "home")
    path = arguments.model or model_file(arguments.folder)
    settings = ModelSettings(
        engine="llama",
        name=str(path),
        context=WINDOW,
        kv_type="f16",
        threads=arguments.threads,
        max_tokens=ANSWER_TOKENS,
    )
    if arguments.memory:
        print(peak_memory(settings))
        return
    memory(path, arguments)
    model = open_model(Settings(model=settings))
    assert isinstance(model, LlamaModel)
    print(f"load {os.getloadavg()[0]:.2f}, threads {model.chosen['n_threads']}, {path.name}")
    compare(model, arguments.rounds)
    guessing(model)
    overhead(arguments.folder, settings)
    follow_up(model)
    cancelling(model)
    model.close()


def model_file(folder: Path) -> Path:
    """The file of the 1.3B shape with a vocabulary of the real size."""
    path = folder / "random-1.3b" / "ggml-model-q4_0.gguf"
    if not path.is_file():
        print("writing the model file (a minute or two) …")
        real = REAL_TOKENIZER.is_file()
        vocabulary = real_vocabulary() if real else padded(trained_vocabulary(), VOCABULARY)
        write_gguf(path.with_suffix(".part"), SHAPE_1_3B, vocabulary).replace(path)
    return path


def bare_model(model: LlamaModel) -> llama_cpp.Llama:
    """llama-cpp-python alone on the very weights: a second copy in memory ran at another speed."""
    llama = model.native._llama
    model.native._switch.listen(False)
    llama.n_tokens = 0
    return llama


def compare(model: LlamaModel, rounds: int) -> None:
    """Both in turn, a fresh prompt each round; medians of the paired differences."""
    pairs = []
    for number in range(rounds + 1):
        messages = [HumanMessage(f"{number}。{fitting(model, PROMPT_TOKENS)}")]
        runs = {}
        for name in ("bare", "docqa") if number % 2 else ("docqa", "bare"):
            runs[name] = (
                run_docqa(model, messages) if name == "docqa" else run_bare(model, messages)
            )
        # The first round warms both up.
        pairs += [(runs["docqa"], runs["bare"])] if number else []
    # The CPU's own time is worth more than the clock where other work runs on the machine.
    for kind, first, speed in (("clock", "first", "speed"), ("CPU", "cpu_first", "cpu_speed")):
        speeds = [(getattr(ours, speed), getattr(theirs, speed)) for ours, theirs in pairs]
        firsts = [(getattr(ours, first), getattr(theirs, first)) for ours, theirs in pairs]
        ours, theirs = (statistics.median(side) for side in zip(*speeds, strict=True))
        ratio = statistics.median(a / b for a, b in speeds)
        print(f"{kind}: docqa {ours:.2f} tok/s, bare {theirs:.2f} tok/s; ratio {ratio:.3f}")
        print(f"  each pair: {' '.join(f'{a / b:.3f}' for a, b in speeds)}")
        ours, theirs = (statistics.median(side) for side in zip(*firsts, strict=True))
        gap = statistics.median(a - b for a, b in firsts)
        print(f"  first token: docqa {ours:.3f} s, bare {theirs:.3f} s; difference {gap:+.3f} s")


def overhead(folder: Path, settings: ModelSettings) -> None:
    """What docqa adds to a token, on a model so small that nothing else counts."""
    path = write_gguf(folder / "tiny" / "tiny.gguf")
    model = open_model(Settings(model=replace(settings, name=str(path), threads=1)))
    added = []
    for number in range(_TINY_ROUNDS):
        messages = [HumanMessage(f"{number}{TEXT}")]
        ours, theirs = run_docqa(model, messages), run_bare(model, messages)
        added += [1e6 * (1 / ours.cpu_speed - 1 / theirs.cpu_speed)] if number else []
    model.close()
    print(f"docqa adds {statistics.median(added):.0f} µs of CPU to a token (2-layer model)")


class Stopwatch:
    """Times one answer by the clock and by this process's CPU."""

    def __init__(self) -> None:
        self._marks = [self._now()]

    def mark(self) -> None:
        """The first token is here, or the last."""
        self._marks.append(self._now())

    def run(self, tokens: int) -> Run:
        """What was timed, of an answer of so many tokens."""
        (began, cpu_began), (first, cpu_first), (last, cpu_last) = self._marks
        return Run(
            first - began,
            (tokens - 1) / (last - first),
            cpu_first - cpu_began,
            (tokens - 1) / (cpu_last - cpu_first),
        )

    def _now(self) -> tuple[float, float]:
        return time.perf_counter(), time.process_time()


def run_docqa(model: LlamaModel, messages: Sequence[BaseMessage]) -> Run:
    """One answer through the chat model."""
    bare_model(model)  # nothing is reused
    watch = Stopwatch()
    chunks = model.chat.stream(list(messages))
    last = next(chunks)
    watch.mark()
    for last in chunks:  # noqa: B007 - the last one is looked at
        pass
    watch.mark()
    # The token that ends an answer is drawn like the others, and is none of its text.
    ended = last.response_metadata["finish_reason"] == "stop"
    return watch.run(last.usage_metadata["output_tokens"] + ended)


def run_bare(model: LlamaModel, messages: Sequence[BaseMessage]) -> Run:
    """One answer with llama-cpp-python's own loop and the same sampling."""
    bare, ids, settings = bare_model(model), model.prompt(messages), model.settings
    tokens = bare.generate(
        ids,
        temp=settings.temperature,
        top_k=settings.top_k,
        top_p=settings.top_p,
        min_p=settings.min_p,
        repeat_penalty=settings.repeat_penalty,
    )
    watch = Stopwatch()
    bare.detokenize([next(tokens)])
    watch.mark()
    for _ in range(ANSWER_TOKENS - 1):
        bare.detokenize([next(tokens)])
    watch.mark()
    return watch.run(ANSWER_TOKENS)


def guessing(model: LlamaModel) -> None:
    """A quoting answer with and without guesses: the same tokens, and how much sooner."""
    ids = model.prompt([HumanMessage(f"{fitting(model, PROMPT_TOKENS)}\n逐字重复上面的第一句话。")])
    results = []
    for drafter in (None, PromptLookup(ids)):
        with model.native.turn():
            model.native.evaluate(ids)
            tokens = model.native.draw(ids, Sampling(temperature=0.0), drafter=drafter)
            began = time.process_time()
            drawn = [token for token, _ in zip(tokens, range(ANSWER_TOKENS), strict=False)]
            results.append((drawn, time.process_time() - began, drafter))
    (plain, slow, _), (guessed, fast, lookup) = results
    assert lookup is not None
    same = "the same tokens" if plain == guessed else "OTHER TOKENS"
    print(f"guessing ahead: {same}, {slow / fast:.2f} times as fast (CPU)")
    print(f"  {lookup.accepted} of {lookup.drafted} guesses right")


def follow_up(model: LlamaModel) -> None:
    """A second turn over a long context computes what is new."""
    context = [HumanMessage(f"资料：{fitting(model, CONTEXT_TOKENS)}\n问题：年假有几天？")]
    first = model.chat.invoke(context)
    question = f"那么{TEXT}第三条和第四条是怎么规定的？"
    turn = [*context, AIMessage(first.content), HumanMessage(question)]
    second = model.chat.invoke(turn, max_tokens=2)
    prompt, known = second.usage_metadata["input_tokens"], first.usage_metadata["total_tokens"]
    computed = prompt - second.usage_metadata["input_token_details"]["cache_read"]
    print(f"follow-up over {known} tokens: {computed} computed, {prompt - known} new")
    print(f"  ratio {computed / (prompt - known):.3f}; the one beyond is the last token drawn")


def cancelling(model: LlamaModel) -> None:
    """From the wish to stop to the end of the stream, in milliseconds."""
    for name, delays in (("prompt", (0.3, 0.8, 1.3, 1.9, 2.6)), ("generation", (0.1, 0.4, 0.7))):
        waits = []
        for number, delay in enumerate(delays):
            tokens = CONTEXT_TOKENS if name == "prompt" else 8
            messages = [HumanMessage(f"{name}{number}。{fitting(model, tokens)}")]
            waits.append(1000 * waited(model, messages, delay, name == "generation"))
        print(f"cancel in {name}: {' '.join(f'{wait:.0f}' for wait in waits)} ms")


def waited(model: LlamaModel, messages: list[BaseMessage], delay: float, speaking: bool) -> float:
    """Seconds between the wish and the end."""
    pressed, when = threading.Event(), [0.0]

    def press() -> None:
        when[0] = time.perf_counter()
        pressed.set()

    timer = threading.Timer(delay, press)
    if not speaking:
        timer.start()
    stream = model.chat.stream(messages, cancelled=pressed.is_set, max_tokens=400)
    for chunk in stream:  # noqa: B007 - the last one is looked at
        if timer.ident is None:
            timer.start()
    assert chunk.response_metadata["finish_reason"] == "cancelled"
    return time.perf_counter() - when[0]


def memory(path: Path, arguments: argparse.Namespace) -> None:
    """The peak of a process that loads and answers, beside the plan."""
    command = [sys.executable, "-m", "tests.bench.generation", str(arguments.folder), "--memory"]
    command += ["--threads", str(arguments.threads)]
    command += ["--model", str(arguments.model)] if arguments.model else []
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    peak, before, mapped = (int(word) for word in answer.stdout.split())
    load = plan.wish_of(ModelSettings())
    planned = footprint.memory(
        footprint.of_file(read_metadata(path)),
        footprint.Load(WINDOW, "f16", micro_batch=load.micro_batch),
    )
    print(f"memory: {(peak - before) // MIB} MiB at the peak, Python before loading not counted")
    print(f"  without the mapped file, which can be dropped: {(peak - before - mapped) // MIB} MiB")
    print(f"  plan {planned.ram // MIB} MiB")


def peak_memory(settings: ModelSettings) -> str:
    """Bytes at the peak of loading and answering, before it, and of the mapped file."""
    import langchain_core.language_models.chat_models  # noqa: F401 - not the model's memory

    before = status("VmRSS")
    file_before = status("RssFile")
    model = open_model(Settings(model=settings))
    model.chat.invoke([HumanMessage(TEXT * 20)], max_tokens=8)
    return f"{status('VmHWM')} {before} {status('RssFile') - file_before}"


def status(name: str) -> int:
    """A figure of this process's memory, in bytes (Linux only)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def fitting(model: LlamaModel, tokens: int) -> str:
    """Text of about so many tokens."""
    return TEXT * max(1, tokens // model.count_text(TEXT))


if __name__ == "__main__":
    main()
