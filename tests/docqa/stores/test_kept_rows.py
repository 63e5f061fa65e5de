"""Finished rows: kept one a line, found again by content, never in the way."""

import os

import pytest

from docqa.stores.kept_rows import KeptRows

ASKED = {"columns": ["甲方"], "engine": "quotes"}


def test_rows_are_found_by_content_whatever_the_order_of_what_was_asked(tmp_path):
    with KeptRows(tmp_path, ASKED) as kept:
        kept.put("a", {"value": "青石"})
        kept.put("b", {"value": "云岭"})
    with KeptRows(tmp_path, dict(reversed(ASKED.items()))) as kept:
        assert kept.get("a") == {"value": "青石"} and kept.get("b") == {"value": "云岭"}
        assert kept.get("c") is None


def test_other_questions_have_rows_of_their_own(tmp_path):
    with KeptRows(tmp_path, ASKED) as kept:
        kept.put("a", 1)
    with KeptRows(tmp_path, {**ASKED, "engine": "llama"}) as kept:
        assert kept.get("a") is None


def test_a_line_that_was_cut_short_costs_only_itself(tmp_path):
    with KeptRows(tmp_path, ASKED) as kept:
        for name in "abc":
            kept.put(name, name)
    (file,) = (tmp_path / "rows").iterdir()
    first, second, third = file.read_bytes().splitlines()
    file.write_bytes(b"\n".join([first, second[:9], b"[]", b"{}", third]))
    with KeptRows(tmp_path, ASKED) as kept:
        assert [kept.get(name) for name in "abc"] == ["a", None, "c"]


def test_a_row_after_a_line_that_was_cut_short_is_kept(tmp_path):
    with KeptRows(tmp_path, ASKED) as kept:
        kept.put("a", 1)
        kept.put("b", 2)
    (file,) = (tmp_path / "rows").iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    with KeptRows(tmp_path, ASKED) as kept:
        assert kept.get("b") is None
        kept.put("b", 2)
    with KeptRows(tmp_path, ASKED) as kept:
        assert (kept.get("a"), kept.get("b")) == (1, 2)


def test_dropped_rows_are_gone(tmp_path):
    with KeptRows(tmp_path, ASKED) as kept:
        kept.put("a", 1)
    with KeptRows(tmp_path, ASKED) as kept:
        kept.drop()
        assert kept.get("a") is None
        kept.put("b", 2)
    with KeptRows(tmp_path, ASKED) as kept:
        assert (kept.get("a"), kept.get("b")) == (None, 2)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_library_that_cannot_be_written_keeps_nothing_and_fails_nothing(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with KeptRows(tmp_path, ASKED) as kept:
            kept.put("a", 1)
            kept.put("b", 2)
    finally:
        tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_keeps_nothing_and_fails_nothing(tmp_path):
    (tmp_path / "rows").write_text("", encoding="utf-8")
    with KeptRows(tmp_path, ASKED) as kept:
        kept.put("a", 1)
        kept.put("b", 2)
        assert kept.get("a") is None
