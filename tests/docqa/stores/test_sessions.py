"""Kept conversations."""

import pytest

from docqa.errors import QueryError, StorageError
from docqa.stores.records.library import Library
from docqa.stores.sessions import Sessions
from docqa.types import Answer, AnswerStatus, Citation, EngineInfo, EngineKind


@pytest.fixture
def sessions(home):
    with Library.open(home / "库", create=True) as library:
        yield Sessions(library.connection)


def answer(question, text="年休假為八天。"):
    citation = Citation(1, 1, "假期.txt", 2, ("休假",), 0, 6, "年休假为八天")
    engine = EngineInfo(EngineKind.QUOTES)
    return Answer(question, text, AnswerStatus.ANSWERED, engine, citations=(citation,))


def begin(sessions, question):
    session = sessions.begin(question)
    sessions.add_turn(session, answer(question))
    return session


def test_a_turn_comes_back_as_it_was_kept(sessions):
    session = begin(sessions, "年假几天？")
    (turn,) = sessions.turns(session)
    assert turn.answer == answer("年假几天？")


def test_turns_are_numbered_in_order(sessions):
    session = begin(sessions, "一")
    assert [sessions.add_turn(session, answer(q)) for q in "二三"] == [2, 3]
    assert [turn.question for turn in sessions.turns(session, last=2)] == ["二", "三"]


def test_search_is_blind_to_script_and_width(sessions):
    session = begin(sessions, "Ｔ３年假几天？")
    assert [info.id for info in sessions.list_all("年休假为 t3")] == [session]
    assert not sessions.list_all("病假")


def test_the_beginning_of_an_id_is_enough_if_it_is_the_only_one(sessions):
    session = begin(sessions, "问")
    assert sessions.get(session[:5]).id == session
    for wrong in ("", "zzzz", "%"):
        with pytest.raises(QueryError):
            sessions.get(wrong)


def test_deleting_can_be_undone_until_the_next(sessions):
    first, second = begin(sessions, "甲"), begin(sessions, "乙")
    sessions.delete([first])
    assert [info.id for info in sessions.list_all()] == [second]
    assert sessions.restore() == 1
    sessions.delete([first])
    sessions.delete([second])
    assert sessions.restore() == 1
    assert [info.id for info in sessions.list_all()] == [second]


def test_a_turn_asked_anew_replaces_only_itself(sessions):
    session = begin(sessions, "一")
    mine = sessions.add_turn(session, answer("二"))
    sessions.add_turn(session, answer("另一个聊天的"))
    assert [turn.question for turn in sessions.turns(session, before=mine)] == ["一"]
    assert sessions.add_turn(session, answer("二，重问"), mine) == 4
    assert [turn.question for turn in sessions.turns(session)] == ["一", "另一个聊天的", "二，重问"]


def test_a_full_disk_is_said_and_leaves_what_was_kept(tmp_path):
    with Library.open(tmp_path / "库", create=True) as library:
        sessions = Sessions(library.connection)
        session = begin(sessions, "一")
        (pages,) = library.connection.execute("PRAGMA page_count").fetchone()
        library.connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StorageError, match="full"):
            sessions.add_turn(session, answer("二" * 100_000))
        library.connection.execute("PRAGMA max_page_count = 100000")
        assert [turn.question for turn in sessions.turns(session)] == ["一"]
        assert sessions.add_turn(session, answer("二")) == 2
