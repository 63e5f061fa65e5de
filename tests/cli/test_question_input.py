"""Questions from standard input and from an editor."""

import os
import sys

import pytest

from docqa.cli.answers.editor import edit_text
from docqa.cli.answers.stdin import decode_text, piped_text
from docqa.errors import QueryError, UsageError


@pytest.fixture
def pipe(monkeypatch):
    """Standard input as a pipe: give its other end."""
    reads, writes = os.pipe()
    with os.fdopen(reads) as stream, os.fdopen(writes, "wb") as writer:
        monkeypatch.setattr(sys, "stdin", stream)
        yield writer


def test_a_pipe_is_read_to_its_end(pipe):
    pipe.write("保修期多长？\n".encode("gb18030"))
    pipe.close()
    assert piped_text(wait=True) == "保修期多长？"


def test_a_silent_pipe_is_not_waited_for(pipe, capsys):
    assert piped_text(wait=False) == ""
    assert capsys.readouterr().err


def test_no_standard_input_is_no_text(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert piped_text(wait=True) == ""


def test_a_file_that_somebody_is_reading_is_left_to_them(monkeypatch, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("第一行\n第二行\n", encoding="utf-8")
    with file.open(encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        os.lseek(stream.fileno(), 4, os.SEEK_SET)
        assert piped_text(wait=True) == ""
        os.lseek(stream.fileno(), 0, os.SEEK_SET)
        assert piped_text(wait=False) == "第一行\n第二行"


@pytest.mark.parametrize("data", [b"PK\0\x03", bytes(range(1, 256))])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(QueryError) as refused:
        decode_text(data)
    assert refused.value.code == "ask.stdin_binary"


def test_the_editor_of_the_user_gives_the_question(monkeypatch, tmp_path):
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "file.write_text(file.read_text('utf-8') + '，为什么？\\n', 'utf-8')\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    assert edit_text("保修期多长") == "保修期多长，为什么？"


def test_an_editor_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("VISUAL", "no-such-editor")
    with pytest.raises(UsageError, match="no-such-editor"):
        edit_text("")
