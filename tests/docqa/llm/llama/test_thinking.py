"""What a model thinks aloud is no part of its answer, and has an end."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage

from docqa.llm.llama.detokenise import Detokeniser
from docqa.llm.llama.prompt_format.file_template import file_template
from docqa.llm.llama.prompt_format.templates import Dialogue, Markup
from docqa.llm.llama.thinking import Thought, ThoughtFilter
from docqa.llm.reply import THOUGHT, before_stop
from tests.support.opening import Open
from tests.support.tiny_gguf import Shape, byte_vocabulary, write_gguf

END = -1


class Script:
    """A vocabulary of whole words, by their place in a script."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def piece(self, token: int) -> bytes:
        return self.words[token].encode()

    def ends(self, token: int) -> bool:
        return token == END

    def tokens(self) -> Iterator[int]:
        yield from range(len(self.words))
        yield END


def reply(words: Sequence[str], **options: object) -> tuple[str, str, Detokeniser]:
    script = Script(*words)
    detokeniser = Detokeniser(script, 100, False, **options)  # type: ignore[arg-type]
    pieces = list(detokeniser.texts(script.tokens()))
    thoughts = "".join(piece for piece in pieces if isinstance(piece, Thought))
    answer = "".join(piece for piece in pieces if not isinstance(piece, Thought))
    assert answer == detokeniser.text
    return thoughts, answer, detokeniser


@pytest.mark.parametrize(
    ("words", "thought", "answer"),
    [
        (["<think>", "\n想一想", "</think>", "\n\n", "十天。"], "\n想一想", "十天。"),
        (["\n<th", "ink>想", "一想</thi", "nk>\n\n十", "天。"], "想一想", "十天。"),
        (["十天。", "<think>不是想法</think>"], "", "十天。<think>不是想法</think>"),
        ([" 十", "天。"], "", " 十天。"),
        (["<", "b>十天"], "", "<b>十天"),
        (["<think>", "</think>", "十天。"], "", "十天。"),
        (["<think>", "没有想完"], "没有想完", ""),
        (["<thi"], "", "<thi"),
    ],
)
def test_thoughts_are_parted_from_the_answer(words: list[str], thought: str, answer: str) -> None:
    assert reply(words)[:2] == (thought, answer)


def test_a_thought_that_the_prompt_opened_is_one() -> None:
    words = ["先看第二条", "</think>", "\n\n十天。"]
    thoughts, answer, found = reply(words, thoughts=ThoughtFilter(is_inside=True))
    assert (thoughts, answer, found.thought_tokens) == ("先看第二条", "十天。", 2)


def test_after_its_budget_a_thought_is_closed_with_the_models_own_tokens() -> None:
    words = ["<think>", "想", "想", "想", "十天。"]
    script = Script(*words)
    detokeniser = Detokeniser(script, 100, False, most_thoughts=3, closing=(7, 8))
    pieces: list[str] = []
    for piece in detokeniser.texts(iter([0, 1, 2, 4, END])):
        pieces.append(piece)
    assert detokeniser.injected == [7, 8]
    assert detokeniser.ids == [0, 1, 2, 7, 8, 4]
    assert detokeniser.text == "十天。"


def test_the_limit_counts_the_answer_alone() -> None:
    words = ["<think>", "想", "想", "</think>", "一", "二", "三"]
    script = Script(*words)
    detokeniser = Detokeniser(script, 2, False)
    assert "".join(p for p in detokeniser.texts(script.tokens()) if not isinstance(p, Thought)) == (
        "一二"
    )
    assert detokeniser.reason == "length"


def test_thoughts_pass_by_stop_words() -> None:
    pieces = iter([Thought("问题：想"), "十天", "问题：下一个"])
    assert list(before_stop(pieces, ["问题："])) == ["问题：想", "十天", ""]


SWITCH = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n"
)
OPENS = f"{SWITCH}<think>\n"
SWITCH += "{% if not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"


def test_a_switch_is_off_unless_set() -> None:
    asked = Dialogue("", (), "问")
    off, on = (file_template(SWITCH, thinking=thinking) for thinking in (False, True))
    opening = "<|im_end|>\n<|im_start|>assistant\n"
    assert off.parts(asked)[-1] == Markup(f"{opening}<think>\n\n</think>\n\n")
    assert on.parts(asked)[-1] == Markup(opening)
    assert (off.opens_thought, on.opens_thought) == (False, False)
    assert off.version != on.version


def test_a_model_that_always_thinks_comes_to_its_answer(tmp_path: Path, open_tiny: Open) -> None:
    controls = ("<|im_start|>", "<|im_end|>")
    words = byte_vocabulary(
        controls, bos="<|im_start|>", eos="<|im_end|>", user_defined=("<think>", "</think>")
    )
    shape = Shape(template=OPENS, favoured={ord("a") - 33: 9.0})
    model = open_tiny(
        write_gguf(tmp_path / "thinker.gguf", shape, words),
        thinking_tokens=5,
        max_tokens=4,
        repeat_penalty=1.0,
    )
    assert model.template.opens_thought
    chunks = list(model.chat.stream([HumanMessage("问")]))
    thoughts = [chunk.additional_kwargs.get(THOUGHT, "") for chunk in chunks]
    assert len("".join(thoughts)) == 5
    assert len("".join(str(chunk.content) for chunk in chunks)) == 4
    done = model.native.list_computed()
    closing = model.native.control("</think>")
    assert done.count(closing) == 1
    assert chunks[-1].usage_metadata["output_tokens"] == 5 + 3 + 4
