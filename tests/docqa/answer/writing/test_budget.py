"""Sharing out the window and the user's patience, with a model of known speed."""

import pytest
from langchain_core.messages import BaseMessage

from docqa.answer.writing.budget import Budgeter, Patience
from docqa.answer.writing.prompts import Prompter
from docqa.errors import ContextTooSmall
from docqa.llm.echo import count_text
from docqa.stores.records.library import Library
from docqa.types import Found, Why
from tests.support.small_library import fill

SENTENCE = "第{n}条规定，员工应当遵守公司的规章制度，并按时提交第{n}号报告。"


class Timed:
    """A model that reads so many tokens a second, and has read some already."""

    def __init__(self, window: int, prompt_speed: float | None, read: int = 0) -> None:
        self.window = window
        self.prompt_speed = prompt_speed
        self.read = read

    def count_text(self, text: str) -> int:
        return count_text(text)

    def count(self, messages: list[BaseMessage]) -> int:
        return sum(count_text(str(message.text)) for message in messages)

    def reusable(self, messages: list[BaseMessage]) -> int:
        return min(self.read, self.count(messages))


@pytest.fixture
def book(home):
    with Library.open(home / "书", create=True) as library:
        text = "\n".join(
            "".join(SENTENCE.format(n=n * 10 + m) for m in range(8)) for n in range(40)
        )
        fill(library, {"制度.txt": text, "短.txt": SENTENCE.format(n=999)})
        yield library


def found(library, count=8, step=3):
    passages = library.passages_of(library.document("制度.txt").id)[::step][:count]
    return [Found(n, 1 / n, passage, Why()) for n, passage in enumerate(passages, 1)]


def pack(library, model, seconds=None, count=8, kept=()):
    prompter = Prompter("员工应当遵守什么？")
    budgeter = Budgeter(library, model, 256)
    return budgeter.pack(prompter, found(library, count), Patience(seconds), kept)


def computed(model, packed):
    return model.count(packed.messages) - model.reusable(packed.messages)


def test_the_prompt_and_the_reserve_fit_the_window(book):
    model = Timed(2000, None)
    packed = pack(book, model)
    assert model.count(packed.messages) + packed.budget.reserve <= 2000
    assert 0 < packed.budget.fitted < packed.budget.found == 8


def test_a_large_window_takes_whole_documents(book):
    packed = pack(book, Timed(65536, None))
    assert packed.budget.whole == ("制度.txt",)
    assert len(packed.passages) == 1


def test_the_wait_stays_within_patience(book):
    model = Timed(65536, 100.0)
    packed = pack(book, model, seconds=20)
    assert packed.budget.expected_wait == pytest.approx(computed(model, packed) / 100)
    assert 10 < packed.budget.expected_wait <= 20


def test_twice_the_speed_reads_about_twice_as_much(book):
    slow = pack(book, Timed(65536, 60.0), seconds=20).budget
    fast = pack(book, Timed(65536, 120.0), seconds=20).budget
    assert fast.passages > 1.7 * slow.passages


def test_tokens_that_were_read_before_are_free(book):
    whole = pack(book, Timed(65536, None))
    read = Timed(65536, 10.0, read=Timed(65536, None).count(whole.messages) - 50)
    packed = pack(book, read, seconds=20)
    assert packed.budget.whole == ("制度.txt",)
    assert packed.budget.expected_wait == pytest.approx(5.0)


def test_thorough_fills_the_window_whatever_the_wait(book):
    assert pack(book, Timed(65536, 1.0), seconds=None).budget.whole == ("制度.txt",)


def test_even_the_least_patience_reads_the_best_passage(book):
    packed = pack(book, Timed(65536, 1.0), seconds=0)
    assert len(packed.passages) == 1
    assert packed.passages[0].id == found(book)[0].passage.id


def test_passages_read_for_the_last_question_serve_again(book):
    first = pack(book, Timed(2000, None))
    again = pack(book, Timed(2000, 10.0, read=1600), seconds=1, kept=first.passages, count=2)
    assert again.passages == first.passages


def test_neighbours_are_joined_and_stand_in_document_order(book):
    packed = pack(book, Timed(3000, None))
    starts = [passage.start for passage in packed.passages]
    assert starts == sorted(starts)
    for stretch in packed.passages:
        text = book.text(stretch.document_id, stretch.start, stretch.end)
        assert stretch.text == text
    for one, following in zip(packed.passages, packed.passages[1:], strict=False):
        assert following.start > one.end + 1


def test_a_window_without_room_for_a_passage_names_what_is_needed(book):
    with pytest.raises(ContextTooSmall) as error:
        pack(book, Timed(300, None))
    assert error.value.facts["needed"] > 300


class Whole(Timed):
    """A model whose whole prompt has more tokens than its parts."""

    def count(self, messages: list[BaseMessage]) -> int:
        return super().count(messages) + sum(len(str(message.text)) // 8 for message in messages)


def test_a_further_prompt_fits_though_it_has_more_tokens_than_its_parts(book):
    model = Whole(1500, None)
    packed = pack(book, model, count=20)
    prompter = Prompter("员工应当遵守什么？")
    further = Budgeter(book, model, 256).pack_further(prompter, packed, "没有。" * 20)
    assert len(further.passages) > len(packed.passages)
    assert model.count(list(further.messages)) + 256 <= model.window
