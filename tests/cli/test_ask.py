"""`docqa ask`, `demo`, `sum` and `sessions` as processes see them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from docqa.cli import run
from docqa.stores.records.library import Library
from tests.support.imports import imported
from tests.support.small_library import LEAVE, TEAPOT, TRAVEL, fill
from tests.support.tiny_gguf import Shape, write_gguf

QUESTION = "去上海出差住宿费每晚最多多少？"
DOCQA = (sys.executable, "-m", "docqa")


def docqa(home, *arguments, stdin=None, lang="zh", **environment):
    return subprocess.run(
        [*DOCQA, "--lang", lang, *arguments],
        input=stdin if stdin is not None else b"",
        capture_output=True,
        env={**os.environ, "DOCQA_HOME": str(home), **environment},
        timeout=120,
        check=False,
    )


@pytest.fixture
def filled(home):
    with Library.open(home / "libraries" / "default", create=True) as library:
        fill(library, {"差旅.txt": TRAVEL, "假期.txt": LEAVE, "茶壶.txt": TEAPOT})
    return home


def test_the_answer_is_plain_in_a_pipe(filled):
    ran = docqa(filled, "ask", QUESTION)
    said = ran.stdout.decode()
    assert ran.returncode == 0
    assert "六百元" in said and "差旅.txt" in said
    assert "\x1b" not in said


def test_json_is_alone_on_standard_output_and_shaped_as_agreed(filled):
    ran = docqa(filled, "ask", QUESTION, "--json")
    answer = json.loads(ran.stdout)
    assert answer["status"] == "answered"
    assert set(answer) >= {
        *("question", "rewritten", "status", "answer", "citations", "passages"),
        *("engine", "usage", "seconds", "session"),
    }
    first = answer["citations"][0]
    assert set(first) == {
        *("n", "document", "path", "page", "page_label", "heading"),
        *("start", "end", "quote", "supported", "by"),
    }
    assert TRAVEL[first["start"] : first["end"]] == first["quote"]
    assert set(answer["engine"]) == {"kind", "model", "context", "gpu_layers"}
    passage = answer["passages"][0]
    assert set(passage["why"]) == {"lexical_rank", "dense_rank", "rerank"}


def test_a_question_that_nothing_answers_leaves_with_3(filled):
    ran = docqa(filled, "ask", "唐朝的开国皇帝是谁？")
    assert ran.returncode == 3
    assert "没有找到" in ran.stdout.decode()
    assert (
        json.loads(docqa(filled, "ask", "唐朝的开国皇帝是谁？", "--json").stdout)["status"]
        == "not_found"
    )


def test_what_is_not_certain_leaves_with_3_where_scripts_ask_for_it(filled):
    # Nothing is certain then.
    unsure = {"DOCQA_ANSWER_CERTAIN": "1.0"}
    shown = docqa(filled, "ask", QUESTION, "--json", **unsure)
    assert (shown.returncode, json.loads(shown.stdout)["status"]) == (0, "perhaps")
    strict = docqa(filled, "ask", QUESTION, "--json", "--strict", **unsure)
    assert (strict.returncode, json.loads(strict.stdout)["status"]) == (3, "perhaps")


def test_the_question_may_come_from_standard_input(filled):
    ran = docqa(filled, "ask", stdin=QUESTION.encode("gb18030"))
    assert ran.returncode == 0
    assert "六百元" in ran.stdout.decode()


def test_standard_input_beside_a_question_is_material(filled):
    ran = docqa(
        filled, "ask", "这符合出差住宿费规定吗？", "--dry-run", stdin="上海每晚八百八十元".encode()
    )
    assert ran.returncode == 0
    assert "八百八十元" in ran.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (["ask", ""], b"", 2),
        (["ask", "   \n"], b"", 2),
        (["ask"], "好".encode() * 50_000, 2),
        (["ask", QUESTION], b"\x00\x01\x02\xff\xfe\x00" * 50, 2),
        (["ask", QUESTION, "--library", "没有的"], b"", 2),
        (["ask", QUESTION, "--in", "没有*.pdf"], b"", 2),
        (["ask", QUESTION, "--session", "zzzz"], b"", 2),
        (["ask", QUESTION, "-c"], b"", 2),
        (["ask", QUESTION, "--model", "没有的.gguf"], b"", 1),
        (["ask", "量子纠缠的数学", "--model", "没有的"], b"", 2),
        (["ask", QUESTION, "--engine", "不存在"], b"", 2),
        (["sessions", "show", "zzzz"], b"", 2),
        (["sum", "没有的.txt"], b"", 2),
    ],
)
def test_bad_input_is_a_message_and_a_code(filled, arguments, stdin, code):
    ran = docqa(filled, *arguments, stdin=stdin)
    told = ran.stderr.decode()
    assert ran.returncode == code, told
    assert told.strip() and "Traceback" not in told


def test_a_question_of_marks_alone_is_refused_in_the_language_in_use(filled):
    assert "问题是空的" in docqa(filled, "--lang", "zh", "ask", "？？？").stderr.decode()


def test_an_unknown_library_names_those_there_are(filled):
    assert "default" in docqa(filled, "ask", QUESTION, "-L", "没有的").stderr.decode()


def test_an_empty_library_says_how_to_fill_it(home):
    Library.open(home / "libraries" / "default", create=True).close()
    ran = docqa(home, "ask", QUESTION)
    assert ran.returncode == 2
    assert "docqa ingest" in ran.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "name", "code"),
    [
        (["ask", " ？"], "error.query_empty", 2),
        (["ask", "病假", "-L", "没有"], "error.unknown_library", 2),
        (["ask", "病假", "-s", "zzz"], "sessions.unknown", 2),
        (["ask", "病假", "-m", "没有.gguf"], "models.file_missing", 1),
        (["sum", "没有.txt"], "library.nothing_in_scope", 2),
    ],
)
def test_an_error_is_one_json_document_where_json_is_wanted(filled, arguments, name, code):
    ran = docqa(filled, *arguments, "--json")
    told = json.loads(ran.stdout)["error"]
    assert (ran.returncode, told["exit_code"]) == (code, code)
    assert told["name"] == name
    assert told["message"] in ran.stderr.decode()


def test_escapes_in_a_question_go_no_further(filled):
    answer = json.loads(docqa(filled, "ask", "病假\x1b[31m怎么请？\x1b]0;x\x07", "--json").stdout)
    assert answer["question"] == "病假怎么请？"


@pytest.mark.parametrize("named", ["@假期.txt", "@假期"])
def test_at_file_limits_the_search(filled, named):
    ran = docqa(filled, "ask", f"{named} 病假什么时候通知主管？", "--json")
    assert {p["document"] for p in json.loads(ran.stdout)["passages"]} == {"假期.txt"}


def test_a_session_goes_on(filled):
    first = json.loads(docqa(filled, "ask", "T3-800 的容量是多少？", "--json").stdout)
    second = json.loads(docqa(filled, "ask", "它的整机保修多久？", "-c", "--json").stdout)
    assert second["session"] == first["session"]
    assert "T3-800" in second["rewritten"]
    assert "24" in second["answer"]


def test_dry_run_prints_the_prompt_and_the_budget(filled):
    ran = docqa(filled, "ask", QUESTION, "--dry-run")
    assert "[1] 来源" in ran.stdout.decode()
    assert "window" in ran.stderr.decode()


def test_echo_streams_and_cites(filled):
    ran = docqa(filled, "ask", QUESTION, "--engine", "echo")
    assert ran.returncode == 0
    assert "[1]" in ran.stdout.decode() and "来源" in ran.stdout.decode()


def test_the_editor_gives_the_question(filled, tmp_path):
    editor = tmp_path / "editor.py"
    editor.write_text(
        f"import sys; open(sys.argv[1], 'w', encoding='utf-8').write({QUESTION!r})",
        encoding="utf-8",
    )
    ran = docqa(filled, "ask", "--edit", "--no-stdin", VISUAL=f"{sys.executable} {editor}")
    assert "六百元" in ran.stdout.decode()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_extractive_path_imports_nothing_that_it_does_not_need(filled, lang):
    heavy = {"langchain_core", "numpy", "rich.markdown", "pydantic", "docqa.cli.doctor"}
    assert imported(["--lang", lang, "ask", QUESTION, "--no-stdin"], heavy) == []


def test_sessions_from_list_to_restore(filled):
    session = json.loads(docqa(filled, "ask", QUESTION, "--json").stdout)["session"]
    listed = json.loads(docqa(filled, "sessions", "list", "--json").stdout)["sessions"]
    assert [row["id"] for row in listed] == [session]
    assert session in docqa(filled, "sessions", "search", "住宿", "六百").stdout.decode()
    assert session not in docqa(filled, "sessions", "search", "海运").stdout.decode()
    renamed = docqa(filled, "sessions", "rename", session[:4], "差旅问题", "--json").stdout
    assert json.loads(renamed) == {"renamed": session[:4], "title": "差旅问题"}
    assert "差旅问题" in docqa(filled, "sessions", "list").stdout.decode()
    shown = docqa(filled, "sessions", "show", session).stdout.decode()
    assert QUESTION in shown and "sha256" in shown
    exported = json.loads(docqa(filled, "sessions", "export", session, "--json").stdout)
    assert exported["session"]["title"] == "差旅问题"
    page = docqa(filled, "sessions", "export", session, "--format", "html").stdout.decode()
    assert page.startswith("<!doctype html>") and page.count("每晚不超过六百元") == 1
    assert 'href="#q1-1"' in page and 'id="q1-1"' in page
    assert docqa(filled, "sessions", "delete", session).returncode == 0
    assert session not in docqa(filled, "sessions", "list").stdout.decode()
    docqa(filled, "sessions", "restore")
    assert session in docqa(filled, "sessions", "list").stdout.decode()


def test_verify_sees_what_was_changed(filled):
    session = json.loads(docqa(filled, "ask", QUESTION, "--json").stdout)["session"]
    assert docqa(filled, "sessions", "verify", session).returncode == 0
    with Library.open(filled / "libraries" / "default") as library:
        fill(library, {"差旅.txt": TRAVEL.replace("六百元", "五百元")})
    ran = docqa(filled, "sessions", "verify", session, "--json")
    assert ran.returncode == 1
    assert "changed" in {row["state"] for row in json.loads(ran.stdout)["citations"]}


def test_a_summary_quotes_or_is_written(filled):
    quoted = json.loads(docqa(filled, "sum", "差旅.txt", "--json").stdout)
    assert quoted["engine"]["kind"] == "quotes" and quoted["citations"]
    written = json.loads(docqa(filled, "sum", "差旅.txt", "--engine", "echo", "--json").stdout)
    assert written["engine"]["kind"] == "echo" and written["answer"]


def test_the_demo_answers_with_its_source(home):
    ran = docqa(home, "demo")
    said = ran.stdout.decode()
    assert ran.returncode == 0, ran.stderr.decode()
    assert "六百元" in said and "差旅管理制度.pdf" in said
    assert Path(home / "libraries" / "demo").is_dir()


def test_a_demo_that_is_stopped_says_nothing_more(monkeypatch, capsys):
    monkeypatch.setattr("docqa.cli.answers.ask.answer_request", lambda *_, **__: 130)
    assert run(["demo"]) == 130
    assert "docqa ask" not in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_ctrl_c_leaves_with_130(filled):
    command = [*DOCQA, "ask", QUESTION, "--stdin"]
    environment = {**os.environ, "DOCQA_HOME": str(filled)}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    try:
        process.stderr.readable()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="no pseudo-terminals")
def test_a_terminal_gets_the_whole_answer_and_links(home):
    import pty

    assert docqa(home, "demo").returncode == 0
    command = [*DOCQA, "--lang", "zh", "ask", "试用期几个月？", "-L", "demo", "--engine", "echo"]
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(DOCQA_HOME=str(home), TERM="xterm-256color", TERM_PROGRAM="vscode")
        os.execv(command[0], command)
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    said = shown.decode("utf-8", "replace")
    assert "[1]" in said and "[2]" in said
    assert "\x1b]8;;file://" in said


def test_a_model_answers_openly_what_the_documents_do_not(filled, tmp_path):
    file = write_gguf(tmp_path / "tiny.gguf", Shape(context=1024))
    model = ("--engine", "llama", "-m", str(file))
    asked = ("ask", "唐朝的开国皇帝是谁？", "--open", *model, "--json")
    ran = docqa(filled, *asked, DOCQA_MODEL_MAX_TOKENS="8")
    answer = json.loads(ran.stdout)
    assert (ran.returncode, answer["status"], answer["from_documents"]) == (0, "answered", False)
