"""The root of the command line: help, version, mistakes, exit codes."""

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from docqa.cli import COMMANDS, _command, boundary, run
from docqa.errors import NotAnswered
from tests.support.imports import imported


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_lists_every_command(capsys, language):
    assert run(["--lang", language, "--help"]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {name} " in printed for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(capsys, name):
    assert run([name, "--help"]) == 0
    assert f"docqa {name}" in capsys.readouterr().out.split("\n", 1)[1]


def full_names(command, name=()):
    """Every command by its full name, the root and the groups as well."""
    yield name
    for sub, one in getattr(command, "commands", {}).items():
        yield from full_names(one, (*name, sub))


def test_help_is_in_chinese_but_for_what_is_typed(capsys):
    for name in full_names(_command()):
        assert run(["--lang", "zh", *name, "--help"]) == 0
        printed = capsys.readouterr().out
        assert not re.search("OPTIONS|ARGS|default:|env var|<int|<str|<path|<float|命令:", printed)


def commands_without_json(command, name=""):
    """Full names of the commands that have no --json."""
    for sub, one in getattr(command, "commands", {}).items():
        yield from commands_without_json(one, f"{name} {sub}".strip())
    if not hasattr(command, "commands") and "--json" not in [
        option for parameter in command.params for option in parameter.opts
    ]:
        yield name


def test_every_command_that_prints_a_result_has_json():
    # The others are a screen, two servers, and help.
    assert set(commands_without_json(_command())) == {"chat", "serve", "mcp", "help"}


def test_version(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("docqa ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serch"], "search"),
        (["ask", "--jsn"], "--json"),
        (["--lang", "fr", "ls"], "zh | en"),
        (["ls", "-L", "a", "-L", "b"], "-L"),
    ],
)
def test_a_mistake_names_the_nearest_and_exits_2(capsys, arguments, told):
    assert run(arguments) == 2
    assert told in capsys.readouterr().err


def test_a_group_alone_prints_its_help(capsys):
    assert run(["models"]) == 0
    assert "plan" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serch"], "没有命令 serch。是不是 search"),
        (["ask", "--nonesuch"], "没有选项 --nonesuch。"),
        (["inspect"], "缺少 FILE。"),
        (["search", "质保期", "两年"], "多余的参数：两年"),
        (["search", "-k"], "选项 -k"),
        (["search", "-k", "三", "质保期"], "-k 须是 1 到 200 的数。"),
        (["eval", "问题.json", "--limit", "0"], "--limit 须是不小于 1 的数。"),
    ],
)
def test_a_mistake_is_told_in_the_language_asked_for(capsys, arguments, told):
    assert run(["--lang", "zh", *arguments]) == 2
    printed = capsys.readouterr().err
    assert told in printed
    assert "Usage" not in printed


def test_shared_options_are_worded_in_the_language_asked_for():
    asked = [sys.executable, "-m", "docqa", "--lang", "zh", "ls", "--help"]
    printed = subprocess.run(asked, capture_output=True, check=True).stdout.decode()
    assert "使用的资料库" in printed
    assert "Library to use" not in printed


def test_an_error_is_worded_with_its_next_step_and_exit_code(capsys):
    def fails():
        raise NotAnswered

    assert boundary.guard(fails) == 3
    assert "do not answer" in capsys.readouterr().err


def test_an_unexpected_error_shows_no_traceback_and_is_logged(capsys, home):
    def fails():
        raise RuntimeError("内部错误\x1b[31m")

    run(["config", "path"])
    assert boundary.guard(fails) == 1
    printed = capsys.readouterr().err
    assert "内部错误" in printed
    assert "Traceback" not in printed
    assert "\x1b" not in printed
    assert "RuntimeError" in (home / "logs" / "docqa.log").read_text(encoding="utf-8")


def test_the_traceback_comes_when_asked_for(monkeypatch):
    monkeypatch.setenv("DOCQA_RAISE_ERRORS", "1")
    with pytest.raises(ZeroDivisionError):
        boundary.guard(lambda: 1 / 0)


@pytest.mark.parametrize("error", [KeyboardInterrupt, typer.Abort])
def test_ctrl_c_exits_130_also_where_something_is_asked(capsys, error):
    def interrupted():
        raise error

    assert boundary.guard(interrupted) == 130
    assert capsys.readouterr().err == "Stopped.\n"


@pytest.mark.parametrize("reader", ["head -n 1", "true"])
@pytest.mark.parametrize("asked", ["config show --defaults", "config show --json"])
def test_a_reader_that_leaves_ends_it_quietly(asked, reader):
    command = f"set -o pipefail; {sys.executable} -m docqa {asked} | {reader}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
def test_a_stream_that_is_closed_is_done_without(closed):
    command = f"{sys.executable} -m docqa config path {closed}"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (["ls", "--json", "-L", "没有"], "error.unknown_library"),
        (["ls", "--json", "--nonsense"], "error.usage"),
    ],
)
def test_what_goes_wrong_is_json_where_json_was_asked_for(asked, name, home, capsys):
    assert run(asked) == 2
    printed = capsys.readouterr()
    told = json.loads(printed.out)["error"]
    assert (told["name"], told["exit_code"]) == (name, 2)
    assert told["message"] in printed.err


def test_what_goes_wrong_is_not_printed_to_people_as_json(home, capsys):
    assert run(["ls", "-L", "没有"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_ctrl_c_before_anything_is_read_shows_no_traceback():
    # What Python does when a module is interrupted while it is imported.
    program = (
        "import os, signal, sys, docqa.__main__ as entry\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'docqa.cli': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "entry.main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, "--version"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (130, "Stopped.\n")


@pytest.mark.parametrize("asked", [["ls"], ["doctor"], ["library", "list"]])
def test_ctrl_c_in_any_command_is_told_in_one_line(asked, monkeypatch, home, capsys):
    def pressed(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("docqa.configuration.load", pressed)
    monkeypatch.setattr("docqa.paths.libraries", pressed)
    assert run(asked) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_an_unwritable_home_says_which_and_how_to_move_it(capsys, monkeypatch, tmp_path):
    blocked = tmp_path / "文件"
    blocked.write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("DOCQA_HOME", str(blocked / "家"))
    assert run(["config", "init"]) == 1
    printed = capsys.readouterr().err
    assert str(blocked) in printed
    assert "DOCQA_HOME" in printed


def test_a_broken_settings_file_stops_neither_config_nor_doctor(capsys, home):
    (home / "config.toml").write_text("[search\n", encoding="utf-8")
    assert run(["config", "show"]) == 0
    assert run(["config", "path"]) == 0
    assert run(["doctor"]) in (0, 1)
    assert run(["ls"]) == 2
    assert "config.toml" in capsys.readouterr().err


def test_the_settings_file_chooses_the_language(capsys, home, monkeypatch):
    monkeypatch.delenv("DOCQA_LANG")
    (home / "config.toml").write_text("[interface]\nlanguage = 'zh'\n", encoding="utf-8")
    run(["--help"])
    assert "检索段落" in capsys.readouterr().out


def test_python_dash_m_docqa_is_the_same_program():
    command = [sys.executable, "-m", "docqa", "--version"]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=True)
    assert result.stdout.startswith("docqa ")


def test_completion_for_the_shell_is_offered():
    environment = {**os.environ, "_DOCQA_COMPLETE": "complete_bash", "COMP_WORDS": "docqa se"}
    result = subprocess.run(
        [sys.executable, "-m", "docqa"],
        env={**environment, "COMP_CWORD": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "search" in result.stdout
    assert "sessions" in result.stdout


def test_the_language_may_stand_behind_the_command(capsys):
    assert run(["search", "--help", "--lang", "zh"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("用法：")
    assert "Options:" not in printed


def test_a_full_disk_is_named():
    command = [sys.executable, "-m", "docqa", "config", "show"]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert result.returncode == 1
    assert "no room left" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_log_that_finds_the_disk_full_says_nothing(home, capsys):
    (home / "logs").mkdir()
    (home / "logs" / "docqa.log").symlink_to("/dev/full")
    run(["config", "path"])
    logging.getLogger("docqa").error("磁盘已满")
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_imports_no_command(lang):
    modules = {f"docqa.cli.{module}" for module in COMMANDS.values()}
    assert imported(["--lang", lang, "--help"], modules) == []
