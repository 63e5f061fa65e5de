"""The way in: docqa alone, docqa help, completion, config set, and what docqa cannot do."""

import json
import subprocess
import sys
import tomllib

import pytest

from docqa import paths
from docqa.cli import completion, run
from docqa.configuration import load
from tests.support.small_library import open_filled


@pytest.fixture
def filled(home):
    with open_filled(home / "libraries" / "default"):
        yield home


def test_docqa_alone_says_how_to_begin(home, capsys):
    assert run([]) == 0
    told = capsys.readouterr().out
    assert "docqa demo" in told and "docqa ingest" in told


def test_docqa_alone_says_what_is_there(filled, capsys):
    assert run([]) == 0
    assert "3 documents" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["", "ask", "library pack", "config set"])
def test_help_is_that_of_the_command(home, capsys, command):
    assert run(["help", *command.split()]) == 0
    told = capsys.readouterr().out
    assert run([*command.split(), "--help"]) == 0
    assert told == capsys.readouterr().out


def test_an_option_before_the_command_is_told_where_it_stands(home, capsys):
    assert run(["-L", "work", "ls"]) == 2
    assert "docqa COMMAND -L" in capsys.readouterr().err


def test_an_address_is_no_file(home, capsys):
    assert run(["ingest", "https://example.invalid/制度.html"]) == 2
    told = capsys.readouterr().err
    assert "https://example.invalid/制度.html" in told and "network" in told


def test_where_nothing_was_read_one_is_told_how_to_begin(home, capsys):
    assert run(["ask", "年休假有几天？"]) == 2
    assert "docqa demo" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("", {"search": {"k": 12}}),
        ("[search]\nk = 3 # wenig\nmode = 'auto'\n", {"search": {"k": 12, "mode": "auto"}}),
        ("# 我的\n[answer]\nquotes = 2\n", {"answer": {"quotes": 2}, "search": {"k": 12}}),
        ("[search]\n# k = 3\n", {"search": {"k": 12}}),
    ],
)
def test_a_setting_is_written_and_the_rest_stays(home, before, expected):
    file = paths.user_config()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(before, encoding="utf-8")
    assert run(["config", "set", "search.k", "12"]) == 0
    assert tomllib.loads(file.read_text(encoding="utf-8")) == expected
    assert load().settings.search.k == 12
    assert before.count("#") - ("k = 3 #" in before) == file.read_text("utf-8").count("#")


@pytest.mark.parametrize(("name", "value"), [("search.k", "0"), ("search.kk", "3")])
def test_a_wrong_value_changes_nothing(home, capsys, name, value):
    assert run(["config", "set", name, value]) == 2
    assert not paths.user_config().exists()


def test_what_config_changes_and_checks_is_json_where_asked_for(home, capsys):
    def told(*arguments):
        assert run(["config", *arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    file = str(paths.user_config())
    assert told("init") == {"path": file}
    assert told("set", "search.k", "12") == {"search.k": 12}
    assert told("check", file) == {"path": file, "settings": {"search.k": 12}}


class Typed:
    def __init__(self, **params):
        self.params = params


def test_names_are_completed(filled):
    assert completion.complete_libraries("def") == ["default"]
    assert completion.complete_documents(Typed(library="default"), "差") == ["差旅.txt"]
    assert completion.complete_documents(Typed(library="没有"), "") == []
    run(["ask", "年休假有几天？"])
    assert len(completion.complete_sessions(Typed(library=None), "")) == 1


def test_the_shell_gets_the_names(filled):
    variables = {
        "_DOCQA_COMPLETE": "complete_bash",
        "COMP_WORDS": "docqa ls -L d",
        "COMP_CWORD": "3",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "docqa"], env={"DOCQA_HOME": str(filled), **variables},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "default" in ran.stdout


def test_an_export_is_written_over_no_file(filled, tmp_path, capsys):
    run(["ask", "年休假有几天？"])
    (session,) = completion.complete_sessions(Typed(library=None), "")
    file = tmp_path / "会话.html"
    assert run(["sessions", "export", session, "-f", "html", "-o", str(file)]) == 0
    page = file.read_text(encoding="utf-8")
    assert 'href="#q1-1"' in page and 'id="q1-1"' in page
    assert page.count("sha256") == 1 and "<blockquote>" not in page
    before = file.read_bytes()
    assert run(["sessions", "export", session, "-o", str(file)]) == 2
    assert file.read_bytes() == before
    assert "--output" in capsys.readouterr().err
