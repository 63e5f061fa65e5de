"""How answers look: each quote once, lines that break where people read."""

import re

import pytest

from docqa.cli.answers import looks
from docqa.cli.answers.markdown import LiveMarkdown
from docqa.cli.answers.text import TextPrinter
from docqa.engine import Engine
from docqa.llm.files import install
from docqa.messages import use_language
from docqa.settings import Settings
from docqa.types import AskRequest, Token, Withdrawn
from tests.support.small_library import open_filled
from tests.support.tiny_gguf import write_gguf


@pytest.fixture
def engine(home):
    with open_filled(home / "libraries" / "default"), Engine(Settings()) as opened:
        yield opened


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(looks, "on_terminal", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.mark.parametrize("broken", [False, True], ids=["no model", "a model that is broken"])
def test_each_quote_is_printed_once_and_its_place_under_it(engine, home, capsys, broken):
    if broken:
        pytest.importorskip("llama_cpp")
        path = write_gguf(home / "tiny-chat.gguf")
        install.add(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        assert not engine.is_quoting
    printer = TextPrinter(engine)
    events = list(engine.ask(AskRequest("病假什么时候通知主管？")))
    for event in events:
        printer.event(event)
    lines = capsys.readouterr().out.splitlines()
    assert events[-1].answer.citations
    for citation in events[-1].answer.citations:
        assert sum(citation.quote in line for line in lines) == 1
        at = next(n for n, line in enumerate(lines) if citation.quote in line)
        assert lines[at + 1].startswith(f"    [{citation.n}] {citation.document}")


def test_a_pipe_is_told_that_words_are_withdrawn(engine, capsys):
    engine.use_settings(model_engine="echo")
    printer = TextPrinter(engine)
    use_language("zh")
    for event in (Token("进价是1.5千瓦。"), Withdrawn(), Token("文档中没有找到答案。")):
        printer.event(event)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "进价是1.5千瓦。",
        "",
        "（以上文字已撤回：文档不支持。）",
        "",
        "文档中没有找到答案。",
    ]


def test_on_a_terminal_withdrawn_words_go(capsys):
    page = LiveMarkdown()
    page.add("进价是1.5千瓦。")
    page.withdraw()
    page.add("文档中没有找到答案。")
    page.close()
    assert capsys.readouterr().out.split() == ["文档中没有找到答案。"]


def test_in_a_pipe_nothing_is_wrapped_and_nothing_coloured():
    text = "甲" * 300 + "[1]"
    assert looks.mark_sources(looks.wrap(text)) == text
    assert looks.mark_hits("员工年休假", ("年休假",)) == "员工年休假"


def test_a_line_breaks_in_no_number_and_before_no_closing_mark(monkeypatch, terminal):
    text = "华东地区二月份的销售额为186,945.50元，比上年同期增长12.5%，其中C-300型号占三成。" * 4
    for columns in range(24, 120):
        monkeypatch.setattr(looks, "_columns", lambda columns=columns: columns)
        rows = looks.wrap(text, "  ").split("\n")
        assert "".join(row.strip() for row in rows) == text
        assert all(looks.width(row) <= columns + 2 for row in rows)
        for row in rows:
            assert row.strip()[0] not in "，。"
            assert not re.search(r"\d[,.]$", row)
        joined = "|".join(row.strip() for row in rows)
        for whole in ("186,945.50", "12.5%", "C-300"):
            assert joined.count(whole) == 4


def test_marks_and_hits_have_colours_on_a_terminal_and_none_with_no_color(terminal, monkeypatch):
    assert "\x1b[" in looks.mark_sources("六百元[1]")
    assert "\x1b[" in looks.mark_hits("年休假五天", ("年休假",))
    assert looks.mark_hits("年休假五天", ()) == "年休假五天"
    monkeypatch.setenv("NO_COLOR", "1")
    assert looks.mark_sources("六百元[1]") == "六百元[1]"
