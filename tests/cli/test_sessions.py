"""`docqa sessions`: conversations in files and lists, and whether their citations still hold."""

import json

import pytest

from docqa.cli import run
from docqa.stores.records.library import Library
from tests.support.small_library import TRAVEL, fill, open_filled

QUESTION = "出差住宿费每晚最多多少？"


@pytest.fixture
def said(capsys):
    """Runs `docqa sessions …`: its exit code, output and notes."""

    def call(*arguments):
        capsys.readouterr()
        code = run(["sessions", *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def session(home, capsys):
    """A session with one answer."""
    open_filled(home / "libraries" / "default").close()
    assert run(["ask", QUESTION, "--json", "--no-stdin"]) == 0
    return json.loads(capsys.readouterr().out)["session"]


def test_a_list_without_sessions_says_so(home, said):
    open_filled(home / "libraries" / "default").close()
    assert said("list") == (0, "", "No sessions.\n")
    assert json.loads(said("list", "--json")[1]) == {"sessions": []}


def test_only_sessions_with_every_word_are_found(session, said):
    assert session in said("search", "住宿", "六百元")[1]
    assert session not in said("search", "住宿", "海运")[1]
    (row,) = json.loads(said("search", "住宿", "--json")[1])["sessions"]
    assert (row["id"], row["turns"]) == (session, 1)


@pytest.mark.parametrize(("form", "begins"), [("markdown", "# "), ("json", "{"), ("html", "<!doc")])
def test_a_session_is_written_into_a_new_file_only(session, said, tmp_path, form, begins):
    file = tmp_path / "对话"
    code, out, notes = said("export", session, "--format", form, "-o", file)
    assert (code, out) == (0, "") and str(file) in notes
    text = file.read_text(encoding="utf-8")
    assert text.startswith(begins) and QUESTION in text
    code, out, notes = said("export", session, "-f", form, "-o", file)
    assert code == 2 and str(file) in notes
    assert file.read_text(encoding="utf-8") == text
    assert said("export", session, "-f", form)[1].rstrip() == text.rstrip()


def test_a_file_in_no_folder_is_one_line(session, said, tmp_path):
    code, _, notes = said("export", session, "-o", tmp_path / "没有" / "对话.md")
    assert code == 1 and "对话.md" in notes and notes.count("\n") <= 2


def test_deleting_and_bringing_back_are_told_to_scripts(session, said):
    assert json.loads(said("delete", session, "--json")[1]) == {"deleted": session}
    assert json.loads(said("restore", "--json")[1]) == {"restored": 1}
    assert json.loads(said("show", session, "--json")[1])["turns"]


def test_every_citation_is_shown_with_what_became_of_it(home, session, said):
    code, out, _ = said("verify", session)
    assert code == 0 and out.startswith("same ") and "六百元" in out
    with Library.open(home / "libraries" / "default") as library:
        fill(library, {"差旅.txt": f"前言。\n{TRAVEL}"})
    code, out, _ = said("verify", session)
    assert code == 0 and out.startswith("moved ")
    with Library.open(home / "libraries" / "default") as library:
        fill(library, {"差旅.txt": TRAVEL.replace("六百元", "五百元")})
    code, out, _ = said("verify", session)
    assert code == 1 and "changed" in out
    assert run(["rm", "差旅.txt", "--yes"]) == 0
    code, out, _ = said("verify", session)
    assert code == 1 and out.startswith("missing ")


@pytest.mark.parametrize("command", [["show"], ["rename"], ["export"], ["delete"], ["verify"]])
def test_a_session_that_is_none_is_refused(session, said, command):
    title = ["标题"] if command == ["rename"] else []
    code, out, notes = said(*command, "zzzz", *title)
    assert (code, out) == (2, "") and "zzzz" in notes
