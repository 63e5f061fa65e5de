"""What only people at a terminal see: bars, tables, countdowns and links."""

import io
import sys
import time

import pytest

from docqa.cli import progress
from docqa.cli.answers import countdown, links
from docqa.cli.table import print_table
from docqa.messages import say
from docqa.types import Progress


class Terminal(io.StringIO):
    """A stream that people watch."""

    def isatty(self):
        return True


@pytest.fixture
def watch(monkeypatch):
    """Puts standard output and error on one terminal; called by the test itself."""

    def put():
        stream = Terminal()
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setattr(sys, "stderr", stream)
        return stream

    return put


def test_a_table_has_heads_and_columns_for_people_alone(watch, monkeypatch):
    terminal = watch()
    print_table(["名称", "大小"], [["合同.pdf", "12"], ["a\tb", "3"]], right=(1,), title="文档")
    shown = terminal.getvalue()
    assert shown.index("文档") < shown.index("名称") < shown.index("合同.pdf")
    assert "a b" in shown
    monkeypatch.setattr(sys, "stdout", piped := io.StringIO())
    print_table(["名称", "大小"], [["合同.pdf", "12"]])
    assert piped.getvalue() == "合同.pdf\t12\n"


def test_an_empty_table_prints_nothing(watch):
    terminal = watch()
    print_table(["名称"], [], title="文档")
    assert terminal.getvalue() == ""


def test_a_count_is_written_over_and_ends_its_line(watch, monkeypatch):
    terminal = watch()
    monkeypatch.setattr(progress, "_REPAINT", 0.0)
    show = progress.ProgressPrinter()
    for done in (1, 2, 3):
        show(Progress("eval.asking", done, 3))
    shown = terminal.getvalue()
    assert shown.count("\r\x1b[K") == 3
    assert shown.endswith(say("eval.asking", done=3, total=3) + "\n")


def test_a_notice_does_not_stand_on_the_line_of_a_count(watch, monkeypatch):
    terminal = watch()
    monkeypatch.setattr(progress, "_REPAINT", 0.0)
    show = progress.ProgressPrinter()
    show(Progress("eval.asking", 1, 3))
    show(Progress("demo.reading", 0))
    assert f"\n{say('demo.reading')}" in terminal.getvalue()


def test_where_nobody_watches_a_count_is_said_now_and_then(monkeypatch, capsys):
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    show = progress.ProgressPrinter()
    show(Progress("eval.asking", 1, 3))
    with progress.show_steps("测量", "题") as steps:
        steps(2, 3)
    with progress.show_transfer("模型.gguf") as transfer:
        transfer(1 << 20, 1 << 22)
        transfer(1 << 21, 1 << 22)
    said = capsys.readouterr().err.splitlines()
    assert say("eval.asking", done=1, total=3) in said
    assert "测量: 2 / 3 题" in said
    assert any("2 MiB" in line and "4 MiB" in line for line in said)


def test_bars_count_steps_and_bytes(watch):
    terminal = watch()
    with progress.show_steps("测量", "题") as steps:
        steps(2, 3)
        time.sleep(0.15)
    assert "测量" in terminal.getvalue()
    with progress.show_transfer("模型.gguf") as transfer:
        transfer(1 << 20, 1 << 22)
        time.sleep(0.15)
    assert "模型.gguf" in terminal.getvalue()


def test_a_long_wait_is_counted_down_and_the_line_taken_away(watch):
    terminal = watch()
    counting = countdown.Countdown()
    counting.start(30.0)
    time.sleep(0.7)
    counting.stop()
    shown = terminal.getvalue()
    assert any(say("ask.waiting", seconds=n) in shown for n in (29, 30))
    assert shown.endswith("\r\x1b[K")


@pytest.mark.parametrize("seconds", [None, 1.0])
def test_a_short_or_unknown_wait_is_not_counted(watch, seconds):
    terminal = watch()
    counting = countdown.Countdown()
    counting.start(seconds)
    counting.stop()
    assert terminal.getvalue() == ""


def test_a_terminal_that_knows_links_gets_them(watch, monkeypatch, tmp_path):
    watch()
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM_PROGRAM", "WezTerm")
    file = tmp_path / "合同 一.pdf"
    link = links.link("合同", file, 3)
    assert "%E5%90%88%E5%90%8C%20%E4%B8%80.pdf#page=3" in link and "合同" in link
    monkeypatch.setenv("TERM_PROGRAM", "Apple_Terminal")
    assert links.link("合同", file) == "合同"
    assert links.link("合同", None) == "合同"
