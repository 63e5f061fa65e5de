import asyncio
import json
import logging
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from docqa.errors import ContextTooSmall, ModelBusy, ModelError
from docqa.llm.llama.detokenise import Detokeniser
from docqa.llm.llama.native import Native
from tests.support.opening import Open
from tests.support.tiny_gguf import Shape, trained_vocabulary, write_gguf

QUESTION: list[BaseMessage] = [SystemMessage("只用资料回答。"), HumanMessage("年假有几天？")]
LONG = [HumanMessage("第一条 员工连续工作满一年的，享受带薪年休假。" * 60)]


class Asked:
    """Says stop from the n-th time it is asked."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_streams_what_invoke_gives(tiny: Path, open_tiny: Open) -> None:
    chat = open_tiny(tiny).chat
    streamed = "".join(chunk.text for chunk in chat.stream(QUESTION))
    assert streamed
    assert chat.invoke(QUESTION).content == streamed


def test_counts_tokens_and_names_the_model(tiny: Path, open_tiny: Open) -> None:
    model = open_tiny(tiny)
    answer = model.chat.invoke(QUESTION, max_tokens=7)
    assert answer.usage_metadata == {
        "input_tokens": model.count(QUESTION),
        "output_tokens": 7,
        "total_tokens": model.count(QUESTION) + 7,
        "input_token_details": {"cache_read": 0},
    }
    facts = dict(answer.response_metadata)
    assert facts.pop("least_likely") < 0
    assert facts == {"finish_reason": "length", "model_name": "ggml-model-f16"}


def test_tells_callbacks_every_piece(tiny: Path, open_tiny: Open) -> None:
    heard: list[str] = []

    class Ear(BaseCallbackHandler):
        def on_llm_new_token(self, token: str, **_: object) -> None:
            heard.append(token)

    answer = open_tiny(tiny).chat.invoke(QUESTION, config={"callbacks": [Ear()]})
    assert "".join(heard) == answer.content


async def test_answers_asynchronously(tiny: Path, open_tiny: Open) -> None:
    chat = open_tiny(tiny).chat
    expected = chat.invoke(QUESTION).content
    assert (await chat.ainvoke(QUESTION)).content == expected
    assert "".join([chunk.text async for chunk in chat.astream(QUESTION)]) == expected


async def test_a_cancelled_task_stops_its_model(tiny: Path, open_tiny: Open) -> None:
    chat = open_tiny(tiny, context=4096, repeat_penalty=1.5).chat
    task = asyncio.create_task(chat.ainvoke(QUESTION, max_tokens=3000))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    answer = await chat.ainvoke(QUESTION, max_tokens=5)
    assert answer.usage_metadata["output_tokens"] == 5


def test_stops_before_stop_words(tiny: Path, open_tiny: Open) -> None:
    chat = open_tiny(tiny).chat
    whole = str(chat.invoke(QUESTION).content)
    word = whole[10:13]
    answer = chat.invoke(QUESTION, stop=[word])
    assert answer.content == whole[: whole.index(word)]
    assert answer.response_metadata["finish_reason"] == "stop"


def test_ends_at_the_end_of_sequence(quoting: Path, open_tiny: Open) -> None:
    chat = open_tiny(quoting, temperature=1.0, max_tokens=900).chat
    assert chat.invoke(QUESTION).response_metadata["finish_reason"] == "stop"


def test_the_same_seed_says_the_same_and_another_something_else(
    tiny: Path, open_tiny: Open
) -> None:
    chat = open_tiny(tiny, temperature=1.5).chat
    said = [chat.invoke(QUESTION, seed=seed).content for seed in (1, 1, 2)]
    assert said[0] == said[1] != said[2]


def test_a_follow_up_computes_only_what_is_new(tiny: Path, open_tiny: Open) -> None:
    model = open_tiny(tiny)
    first = model.chat.invoke(QUESTION)
    follow_up = [*QUESTION, AIMessage(first.content), HumanMessage("病假呢？")]
    known = first.usage_metadata["total_tokens"] - 1
    assert model.reusable(follow_up) == known
    second = model.chat.invoke(follow_up)
    assert second.usage_metadata["input_token_details"]["cache_read"] == known


def test_an_answer_cut_by_a_stop_word_is_asked_on_as_it_was_shown(
    tiny: Path, open_tiny: Open
) -> None:
    model = open_tiny(tiny)
    whole = str(model.chat.invoke(QUESTION).content)
    cut = model.chat.invoke(QUESTION, stop=[whole[10:13]])
    later = [*QUESTION, AIMessage(cut.content), HumanMessage("然后呢？")]
    assert model.prompt(later) == open_tiny(tiny).prompt(later)


def test_reuse_changes_no_answer(tiny: Path, open_tiny: Open) -> None:
    used, fresh = open_tiny(tiny).chat, open_tiny(tiny).chat
    used.invoke(LONG, max_tokens=5)
    used.invoke([HumanMessage(LONG[0].text + "甲")], max_tokens=5)
    assert used.invoke(QUESTION).content == fresh.invoke(QUESTION).content


def test_refuses_a_prompt_that_leaves_no_room(tiny: Path, open_tiny: Open) -> None:
    model = open_tiny(tiny, context=256)
    prompt = model.count(LONG)
    with pytest.raises(ContextTooSmall) as error:
        model.chat.invoke(LONG)
    assert error.value.facts == {"prompt": prompt, "reserve": 40, "available": 256}
    assert str(prompt) in str(error.value)


def test_cancelling_keeps_the_partial_answer_and_the_next_call_works(
    tiny: Path, open_tiny: Open
) -> None:
    chat = open_tiny(tiny).chat
    whole = str(chat.invoke(QUESTION).content)
    pressed = threading.Event()
    said = ""
    for chunk in chat.stream(QUESTION, cancelled=pressed.is_set):
        said += chunk.text
        if len(said) > 5:
            time.sleep(0.03)
            pressed.set()
    assert chunk.response_metadata["finish_reason"] == "cancelled"
    assert 5 < len(said) < len(whole)
    assert whole.startswith(said)
    assert chat.invoke(QUESTION).content == whole


def test_cancelling_works_while_the_prompt_is_read(slow: Path, open_tiny: Open) -> None:
    chat = open_tiny(slow, context=4096).chat
    pressed = threading.Event()
    threading.Timer(0.3, pressed.set).start()
    seen: list[tuple[int, int]] = []
    answer = chat.invoke(
        [HumanMessage(LONG[0].text * 3)],
        cancelled=pressed.is_set,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert answer.content == ""
    assert answer.response_metadata["finish_reason"] == "cancelled"
    assert seen[-1][0] < seen[-1][1]
    assert chat.invoke(QUESTION, max_tokens=3).usage_metadata["output_tokens"] == 3


def test_ctrl_c_in_the_middle_of_a_computation_is_not_lost(
    slow: Path, open_tiny: Open, capfd: pytest.CaptureFixture[str]
) -> None:
    chat = open_tiny(slow, context=4096).chat
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        chat.invoke([HumanMessage(LONG[0].text * 3)])
    assert chat.invoke(QUESTION, max_tokens=3, wait=False).content
    assert capfd.readouterr() == ("", "")


def test_a_second_caller_waits_or_is_told(tiny: Path, open_tiny: Open) -> None:
    chat = open_tiny(tiny).chat
    stream = chat.stream(QUESTION)
    next(stream)
    with pytest.raises(ModelBusy):
        chat.invoke(QUESTION, wait=False)
    waited = chat.invoke(QUESTION, cancelled=Asked(2))
    assert waited.response_metadata["finish_reason"] == "cancelled"
    threading.Timer(0.1, stream.close).start()
    assert chat.invoke(QUESTION).content


def test_an_abandoned_stream_frees_the_model(tiny: Path, open_tiny: Open) -> None:
    chat = open_tiny(tiny).chat
    for _ in chat.stream(QUESTION):
        break
    assert chat.invoke(QUESTION, wait=False).content


def test_nothing_reaches_a_closed_model(tiny: Path, open_tiny: Open, tmp_path: Path) -> None:
    model = open_tiny(tiny)
    stream = model.chat.stream(QUESTION)
    next(stream)
    model.close()
    model.close()
    assert list(stream)[-1].response_metadata["finish_reason"] == "cancelled"
    calls = (
        lambda: model.chat.invoke(QUESTION),
        lambda: model.count(QUESTION),
        lambda: model.native.evaluate([1, 2]),
        lambda: model.native.save(tmp_path / "x"),
        lambda: model.native.load(tmp_path / "x", [1]),
    )
    for call in calls:
        with pytest.raises(ModelError, match="closed"):
            call()


def test_every_piece_is_whole_characters(tiny: Path, open_tiny: Open) -> None:
    native = open_tiny(tiny).native
    ids = native.tokenize("鑫 龘🎉")
    speech = Detokeniser(native, limit=100, leading_space=True)
    assert list(speech.texts(iter(ids[:-1]))) == ["鑫", " ", "龘"]
    assert (speech.reason, speech.ids) == ("cancelled", ids[:-1])


def test_pieces_longer_than_32_bytes_are_spelt(real: Path, open_tiny: Open) -> None:
    native = open_tiny(real).native
    pieces = [native.piece(token) for token in (39864, 48332, 49453, 50200)]
    assert all(len(piece) > 32 and piece.decode() for piece in pieces)


def test_the_answer_has_no_leading_space(folder: Path, open_tiny: Open) -> None:
    vocabulary = trained_vocabulary()
    path = write_gguf(
        folder / "space" / "m.gguf", Shape(favoured={vocabulary.id("▁the"): 3.0}), vocabulary
    )
    answer = open_tiny(path, repeat_penalty=1.0).chat.invoke(QUESTION, max_tokens=2)
    assert answer.content == "the the"


def test_a_loop_is_ended_with_a_note(folder: Path, open_tiny: Open) -> None:
    vocabulary = trained_vocabulary()
    path = write_gguf(
        folder / "loop" / "m.gguf", Shape(favoured={vocabulary.id("▁the"): 3.0}), vocabulary
    )
    answer = open_tiny(path, repeat_penalty=1.0, max_tokens=500).chat.invoke(QUESTION)
    assert answer.response_metadata["finish_reason"] == "loop"
    assert answer.response_metadata["note"] == "llm.note_loop"
    assert answer.usage_metadata["output_tokens"] < 100


class Leave(BaseModel):
    """A kind of leave."""

    kind: str = Field(max_length=20)
    days: int


def test_structured_output_follows_the_schema(quoting: Path, open_tiny: Open) -> None:
    chat = open_tiny(quoting, max_tokens=200).chat
    found = chat.with_structured_output(Leave).invoke(QUESTION)
    assert isinstance(found, Leave)
    raw = chat.with_structured_output(Leave, include_raw=True).invoke(QUESTION)
    assert json.loads(raw["raw"].content)["days"] == raw["parsed"].days


def test_options_that_a_call_does_not_know_are_refused(tiny: Path, open_tiny: Open) -> None:
    with pytest.raises(ModelError, match="max_new_tokens"):
        open_tiny(tiny).chat.invoke(QUESTION, max_new_tokens=5)


def test_constructor_options_are_checked_against_the_installed_version(tiny: Path) -> None:
    with pytest.raises(ModelError, match="n_gpu_layer"):
        Native(tiny, {"n_gpu_layer": 99})


def test_llama_cpp_speaks_to_the_log_alone(
    tiny: Path,
    open_tiny: Open,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG, "docqa.llama"):
        open_tiny(tiny).chat.invoke(QUESTION, max_tokens=3)
    assert capfd.readouterr() == ("", "")
    assert any("n_ctx" in record.message for record in caplog.records)


@pytest.mark.parametrize("kv_type", ["f16", "q8_0", "q4_0"])
@pytest.mark.parametrize("flash", [True, False])
def test_kv_types_run(tiny: Path, open_tiny: Open, kv_type: str, flash: bool) -> None:
    if not flash and kv_type != "f16":
        pytest.skip("llama.cpp wants flash attention for a quantized cache; the plan refuses")
    model = open_tiny(tiny, kv_type=kv_type, flash_attention=flash)
    assert model.chat.invoke(QUESTION, max_tokens=3).usage_metadata["output_tokens"] == 3


def test_prompt_look_up_changes_no_word(tiny: Path, open_tiny: Open) -> None:
    plain, looking = open_tiny(tiny), open_tiny(tiny, lookup=True, batch=64)
    messages = [HumanMessage("员工年休假" * 40)]
    assert plain.count(messages) > 64
    guessed, drawn = looking.chat.invoke(messages), plain.chat.invoke(messages)
    assert guessed.content == drawn.content
    assert guessed.usage_metadata == drawn.usage_metadata
    assert looking.native.list_computed() == plain.native.list_computed()
