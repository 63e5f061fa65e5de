"""The chat in a real terminal: asked in Chinese, followed, stopped, left, found again."""

import itertools
import os
import re
import shutil
import subprocess
import sys
import time

import psutil
import pytest

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.slow,
]


_COLOUR = re.compile(r"[34]8;2;(\d+);(\d+);(\d+)")


_STARTS = itertools.count()
# Only a test that fails waits so long; a machine may be ten times slower than ours.
_PATIENCE = 240


class Terminal:
    """A tmux of its own with one window."""

    def __init__(self, home, size=(100, 30), **variables):
        self._tmux = []
        self._environment = {
            **os.environ,
            "DOCQA_HOME": str(home),
            "DOCQA_LANG": "zh",
            "LANG": "C.UTF-8",
            **variables,
        }
        self._environment.pop("TMUX", None)
        self._size = size

    def start(self, *arguments):
        """Run `docqa` with these arguments."""
        # A server of its own each time: a name used again meets the last one while it still dies.
        name = f"docqa-{os.getpid()}-{next(_STARTS)}"
        self._tmux = ["tmux", "-u", "-L", name, "-f", os.devnull]
        words = [sys.executable, "-m", "docqa", *arguments]
        width, height = map(str, self._size)
        self._run("new-session", "-d", "-s", "t", "-x", width, "-y", height, *words)
        self._chat = psutil.Process(
            int(self._run("display-message", "-p", "-t", "t", "#{pane_pid}"))
        )

    def type(self, *keys):
        """Press keys by tmux's names."""
        self._run("send-keys", "-t", "t", *keys)

    def write(self, text):
        """Type text."""
        self._run("send-keys", "-t", "t", "-l", text)

    def screen(self):
        """What stands in the window; empty once it is closed."""
        return self._run("capture-pane", "-p", "-t", "t", check=False)

    def until(self, true):
        """Wait until the screen fulfils something."""
        end = time.monotonic() + _PATIENCE
        while not true(screen := self.screen()):
            assert time.monotonic() < end, f"never on the screen:\n{screen}"
            time.sleep(0.1)
        return screen

    def go_to_sources(self):
        """Once the answer is over; the next key is for its first source."""
        self.until(lambda screen: "把握" in screen)
        self.type("C-s")
        self.until(lambda screen: "[1] 员工手册" in screen)

    def leave(self):
        """Quit the chat, and wait until its process is over."""
        self.type("C-q")
        self.until(lambda _: self._call("has-session", "-t", "t").returncode != 0)

    def close(self):
        """End this tmux; the chat in it, whose terminal is gone, ends by itself."""
        self._run("kill-server", check=False)
        self._chat.wait(60)

    def command(self, *words):
        """Any further command of tmux."""
        return self._run(*words)

    def _run(self, *words, check=True):
        done = self._call(*words)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def _call(self, *words):
        command, env = [*self._tmux, *words], self._environment
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def terminal(home, kept, tmp_path):
    """A terminal that is closed afterwards."""
    made = Terminal(home)
    yield made
    made.close()


def test_ask_follow_a_citation_stop_leave_and_find_the_session_again(terminal):
    terminal.start("chat", "--engine", "quotes")
    terminal.until(lambda screen: "发送" in screen)
    terminal.write("年假有几天？")
    terminal.type("Enter")
    terminal.until(lambda screen: "十五天" in screen and "[1]" in screen and "来源" in screen)
    terminal.go_to_sources()
    terminal.write("1")
    terminal.type("Enter")
    terminal.until(lambda screen: "查找" in screen and "年假每年十五天" in screen)
    terminal.type("Escape")
    terminal.until(lambda screen: "发送" in screen or "打开" in screen)
    terminal.leave()

    terminal.start("chat", "--engine", "quotes")
    terminal.until(lambda screen: "十五天" in screen)
    terminal.type("F2")
    terminal.until(lambda screen: "年假有几天？" in screen and "1 问" in screen)
    terminal.type("Escape")
    # Alone: with the next key at its heels it would be read as Alt.
    terminal.until(lambda screen: "1 问" not in screen)
    terminal.leave()


def test_an_answer_is_stopped(terminal):
    terminal.start("chat", "--engine", "echo")
    terminal.until(lambda screen: "发送" in screen and "段" in screen)
    terminal.write("年假有几天？")
    terminal.type("Enter")
    terminal.type("Escape")
    terminal.until(lambda screen: "已停止" in screen or "词元" in screen)
    terminal.leave()


def test_two_megabytes_are_pasted(terminal, tmp_path):
    file = tmp_path / "长文.txt"
    file.write_text("一二三四五六七八九十" * 70_000, encoding="utf-8")
    terminal.start("chat", "--engine", "quotes")
    terminal.until(lambda screen: "发送" in screen)
    terminal.command("load-buffer", str(file))
    terminal.command("paste-buffer", "-p", "-t", "t")
    terminal.until(lambda screen: "粘贴的文本" in screen)
    terminal.write("年假有几天？")
    terminal.until(lambda screen: "年假有几天？" in screen)


def test_copying_reaches_the_buffer_of_tmux(terminal):
    terminal.start("chat", "--engine", "quotes")
    terminal.until(lambda screen: "发送" in screen)
    terminal.write("年假有几天？")
    terminal.type("Enter")
    terminal.until(lambda screen: "十五天" in screen)
    terminal.go_to_sources()
    terminal.write("y")
    terminal.until(lambda screen: "已复制" in screen)
    assert "年假每年十五天" in terminal.command("show-buffer")


def test_what_was_typed_outlives_a_terminal_that_is_closed(terminal, home):
    terminal.start("chat", "--engine", "quotes")
    terminal.until(lambda screen: "发送" in screen and "段" in screen)
    terminal.write("未完的问题")
    terminal.until(lambda screen: "未完的问题" in screen)
    terminal.close()
    kept = home / "chat.json"
    terminal.until(lambda _: kept.is_file() and "未完的问题" in kept.read_text(encoding="utf-8"))
    terminal.start("chat", "--engine", "quotes")
    terminal.until(lambda screen: "未完的问题" in screen)


CLUMSY = """
import sys, threading, time
from docqa.settings import Settings
from docqa.tui.app import DocqaApp

app = DocqaApp(lambda: time.sleep(600), Settings())
app.run()
sys.exit(app.return_code)
"""


@pytest.mark.parametrize(("leave", "code"), [("hang up", 129), ("\x11", 0)])
def test_a_thread_that_does_not_end_holds_the_chat_no_longer_than_seconds(home, leave, code):
    # Imported here: Windows has none.
    import pty

    chat, terminal = pty.fork()
    if chat == 0:
        os.execv(sys.executable, [sys.executable, "-c", CLUMSY])
    painted = b""
    while b"docqa" not in painted:
        painted += os.read(terminal, 65536)
    if leave == "hang up":
        os.close(terminal)
    else:
        os.write(terminal, leave.encode())
    left = psutil.Process(chat).wait(_PATIENCE)
    assert left == code


def test_the_question_is_written_in_the_users_editor(home, kept):
    editor = home / "editor.sh"
    editor.write_text('#!/bin/sh\nprintf "年假有几天？" > "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    terminal = Terminal(home, EDITOR=str(editor), VISUAL="")
    try:
        terminal.start("chat", "--engine", "quotes")
        terminal.until(lambda screen: "发送" in screen)
        terminal.type("F4")
        terminal.until(lambda screen: "年假有几天？" in screen)
    finally:
        terminal.close()


def test_an_answer_is_read_in_the_users_pager(home, kept):
    pager = home / "pager.sh"
    pager.write_text(f'#!/bin/sh\ncp "$1" {home}/shown.md\n', encoding="utf-8")
    pager.chmod(0o755)
    terminal = Terminal(home, PAGER=str(pager))
    try:
        terminal.start("chat", "--engine", "quotes")
        terminal.until(lambda screen: "发送" in screen)
        terminal.write("年假有几天？")
        terminal.type("Enter")
        terminal.until(lambda screen: "十五天" in screen)
        terminal.go_to_sources()
        terminal.write("o")
        terminal.until(lambda _: (home / "shown.md").is_file())
        terminal.until(lambda screen: "十五天" in screen)
        assert "年假每年十五天" in (home / "shown.md").read_text(encoding="utf-8")
    finally:
        terminal.close()


def test_a_small_terminal_without_colours_and_mouse_does_all(home, kept):
    terminal = Terminal(home, size=(60, 20), NO_COLOR="1")
    try:
        terminal.start("chat", "--engine", "quotes", "--no-mouse")
        terminal.until(lambda screen: "发送" in screen)
        assert terminal.command("display-message", "-p", "#{mouse_any_flag}").strip() == "0"
        terminal.write("年假有几天？")
        terminal.type("Enter")
        terminal.until(lambda screen: "十五天" in screen and "[1]" in screen)
        terminal.go_to_sources()
        terminal.write("1")
        terminal.type("Enter")
        terminal.until(lambda screen: "查找" in screen and "年假每年十五天" in screen)
        coloured = terminal.command("capture-pane", "-e", "-p", "-t", "t")
        assert all(len({*triple}) == 1 for triple in _COLOUR.findall(coloured))
        terminal.leave()
    finally:
        terminal.close()


def test_a_pipe_is_refused_with_the_next_step(home, monkeypatch):
    monkeypatch.delenv("DOCQA_RAISE_ERRORS")
    done = subprocess.run(
        [sys.executable, "-m", "docqa", "chat"],
        capture_output=True,
        text=True,
        input="",
        check=False,
    )
    assert done.returncode == 2
    assert "docqa ask" in done.stderr
    assert "Traceback" not in done.stderr
