"""Citation marks in answers."""

from hypothesis import given
from hypothesis import strategies as some

from docqa.answer.checking.marks import MarkFilter, disarm, numbers, only_known, without_marks


def test_numbers_are_read_in_every_form():
    assert numbers("甲[1]乙【2】丙[3, 1]") == (1, 2, 3)


def test_a_mark_that_names_no_passage_goes():
    assert only_known("甲[1]乙[9]丙[2，7]", 2) == "甲[1]乙丙[2]"


def test_text_without_marks():
    assert without_marks("年假八天[1][2]。") == "年假八天。"


def test_marks_of_documents_are_disarmed_at_the_same_length():
    written = "见文献[12]与【3】。"
    assert numbers(disarm(written).replace("［", "<").replace("］", ">")) == ()
    assert len(disarm(written)) == len(written)


@given(some.text(alphabet="甲乙[]【】0123, x", max_size=40), some.integers(1, 5))
def test_a_stream_gives_what_the_whole_gives(text, step):
    marks = MarkFilter(3)
    pieces = [text[at : at + step] for at in range(0, len(text), step)]
    streamed = "".join(marks.feed(piece) for piece in pieces) + marks.rest()
    assert streamed == only_known(text, 3)
