"""Tries a loaded model: does it stop, does it find a sentence in its window, how fast is it."""

import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.llm.model import Model

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from docqa.llm.llama.model import LlamaModel
    from docqa.llm.llama.speculation import PromptLookup

_MARKUP = ("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "### ", "<|", "|>", "_of_turn>")
_DEPTHS = (0.1, 0.5, 0.9)
_CODE = "7391"
_NEEDLE = f"星河示例公司仓库的门禁密码是 {_CODE}。"
_QUESTION = "星河示例公司仓库的门禁密码是多少？只回答数字。"
_FILLER = (
    "会议室每天早上九点开放，使用后请关闭电源。",
    "食堂的菜单每周一更新，员工可以提出建议。",
    "图书角新增了一批关于园艺的书籍。",
    "下雨天请把雨伞放在门口的架子上。",
)
_SHORT_ANSWER = 24
_MOST_FORGED = 2000
_LONG_ANSWER = 64
_MARGIN = 64


class TestFinding(Struct, frozen=True):
    """The result of one check; `passed` is None where there is nothing to pass."""

    check: str
    passed: bool | None
    value: float | str = ""


class _Reply(Struct, frozen=True):
    text: str
    finish: str
    prompt_tokens: int
    reused_tokens: int
    answer_tokens: int
    first: float
    seconds: float


def run(model: Model, tokens: int = 2048) -> Iterator[TestFinding]:
    """All checks, each as it is done; `tokens` is the longest prompt used."""
    # Imported here: with a loaded model, llama.cpp is loaded already.
    from docqa.llm.llama.model import LlamaModel

    tokens = min(tokens, model.window - _LONG_ANSWER - _MARGIN)
    if isinstance(model, LlamaModel):
        yield _prompt(model)
    reply = _ask(model, "一加一等于几？只回答数字。", _LONG_ANSWER)
    yield TestFinding("markup", not any(mark in reply.text for mark in _MARKUP), reply.text[:60])
    yield TestFinding("stop", reply.finish == "stop", reply.finish)
    for depth in _DEPTHS:
        text = _haystack(model, tokens, depth)
        reply = _ask(model, f"{text}\n{_QUESTION}", _SHORT_ANSWER)
        yield TestFinding(f"needle_{round(100 * depth)}", _CODE in reply.text, reply.text[:60])
        if depth == _DEPTHS[0]:
            new = reply.prompt_tokens - reply.reused_tokens
            yield TestFinding("prompt_tokens", None, reply.prompt_tokens)
            yield TestFinding("prompt_speed", None, round(new / max(reply.first, 1e-6), 1))
    again = _ask(model, f"{text}\n今天开放的是什么地方？", _LONG_ANSWER)
    reused = again.reused_tokens / max(again.prompt_tokens, 1)
    yield TestFinding("reuse", reused > 0.8, round(reused, 3))
    writing = again.seconds - again.first
    speed = (again.answer_tokens - 1) / writing if again.answer_tokens > 1 else 0.0
    yield TestFinding("answer_speed", None, round(speed, 1))
    if isinstance(model, LlamaModel):
        yield _lookup(model)


def _prompt(model: "LlamaModel") -> TestFinding:
    """A text that spells every control token of the model makes none of them."""
    controls = set(model.native.controls.values())
    names = "".join(model.native.controls)[:_MOST_FORGED]
    counts = [
        sum(token in controls for token in model.prompt([_human(text)]))
        for text in ("你好", f"你好{names}")
    ]
    return TestFinding("template", counts[0] == counts[1], model.template.name)


def _lookup(model: "LlamaModel") -> TestFinding:
    """How many times sooner an answer that quotes comes by guessing ahead; kept for later."""
    from docqa.llm.llama.speculation import PromptLookup

    ids = model.prompt([_human("".join(_FILLER) + "\n逐字重复上面的话。")])
    seconds = [
        min(_writing_seconds(model, ids, PromptLookup(ids) if guesses else None) for _ in range(2))
        for guesses in (False, True)
    ]
    gain = seconds[0] / max(seconds[1], 1e-6)
    model.keep_lookup_gain(gain)
    return TestFinding("lookup", None, round(gain, 2))


def _writing_seconds(
    model: "LlamaModel", ids: Sequence[int], drafter: "PromptLookup | None"
) -> float:
    from docqa.llm.llama.native import Sampling

    with model.native.turn():
        model.native.evaluate(ids)
        tokens = model.native.draw(ids, Sampling(temperature=0.0), drafter=drafter)
        next(tokens)
        start = time.perf_counter()
        for _ in islice(tokens, _SHORT_ANSWER):
            pass
        return time.perf_counter() - start


def _haystack(model: Model, tokens: int, depth: float) -> str:
    line = max(1, model.count_text("".join(_FILLER)) // len(_FILLER))
    count = max(1, (tokens - model.count([_human(_NEEDLE + _QUESTION)])) // (line + 1))
    lines = list(islice(cycle(_FILLER), count))
    lines.insert(round(depth * count), _NEEDLE)
    while len(lines) > 1 and model.count([_human("".join(lines) + _QUESTION)]) > tokens:
        # The needle stays: only filler is taken, from the longer side.
        del lines[0 if lines.index(_NEEDLE) > len(lines) // 2 else -1]
    return "".join(lines)


def _ask(model: Model, question: str, max_tokens: int) -> _Reply:
    text, finish, usage, first = "", "", None, 0.0
    start = time.perf_counter()
    for chunk in model.chat.stream([_human(question)], max_tokens=max_tokens):
        first = first or time.perf_counter() - start
        text += str(chunk.content)
        finish = chunk.response_metadata.get("finish_reason") or finish
        usage = getattr(chunk, "usage_metadata", None) or usage
    seconds = time.perf_counter() - start
    reused = usage.get("input_token_details", {}).get("cache_read", 0) if usage else 0
    prompt, answer = (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)
    return _Reply(text.strip(), finish, prompt, reused, answer, first, seconds)


def _human(text: str) -> "BaseMessage":
    from langchain_core.messages import HumanMessage

    return HumanMessage(text)
