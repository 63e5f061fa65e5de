"""`docqa setup`: proposes, does nothing without a yes, does what is agreed to."""

import json
import os
import subprocess
import sys
from contextlib import suppress

import pytest

from docqa import catalog
from docqa.cli import run
from docqa.engine import setup as plan
from docqa.engine.bundle import complete
from docqa.settings import ModelSettings, Settings
from tests.support.tiny_gguf import write_gguf


@pytest.fixture
def model(tmp_path):
    return write_gguf(tmp_path / "tiny-chat.gguf")


def _json(capsys, *arguments):
    assert run(["setup", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_without_a_yes_nothing_happens(capsys, home, model):
    told = _json(capsys, "--model", str(model))
    assert [step["name"] for step in told["steps"]][-2:] == ["add", "test"]
    assert {step["done"] for step in told["steps"]} == {None}
    assert catalog.list_installed() == ()
    assert run(["setup", "--model", str(model)]) == 0
    assert "To do:" in capsys.readouterr().out
    assert catalog.list_installed() == ()


def test_words_are_always_here_and_a_model_once_it_is(capsys, home, model):
    pytest.importorskip("llama_cpp")
    before = {one["name"]: one["here"] for one in _json(capsys)["abilities"]}
    assert before["words"] and not before["answers"]
    assert run(["models", "add", str(model)]) == 0
    capsys.readouterr()
    after = {one["name"]: one for one in _json(capsys)["abilities"]}
    assert after["answers"]["by"] == "tiny-chat"


def test_a_model_is_recommended_where_none_is_here(home):
    steps = plan.propose(Settings())
    fetched = [step for step in steps if step.name == "fetch"]
    assert fetched and fetched[0].needs_network and fetched[0].megabytes > 100
    offline = plan.propose(Settings(), network=False)
    # What cannot be fetched cannot be tried either.
    assert not [step for step in offline if step.needs_network or step.name == "test"]


def test_a_model_that_is_set_is_tried(home, model):
    steps = plan.propose(Settings(model=ModelSettings(name=str(model))))
    assert steps[-1].name == "test" and str(model) in steps[-1].command


def test_with_yes_the_steps_are_done_until_one_fails(capfd, home, model, monkeypatch):
    true, false = ((sys.executable, "-c", f"raise SystemExit({code})") for code in (0, 1))
    steps = [
        plan.Step(name, "x", command)
        for name, command in (("add", true), ("fetch", false), ("test", true))
    ]
    monkeypatch.setattr(plan, "propose", lambda *_, **__: steps)
    assert run(["setup", "--yes", "--json"]) == 1
    told = json.loads(capfd.readouterr().out)
    assert [step["done"] for step in told["steps"]] == [True, False, None]


def test_a_file_that_is_not_there_is_wrong_usage(capsys, home):
    assert run(["setup", "--model", "没有.gguf"]) == 2


def test_a_bundle_has_the_model_and_a_script_that_a_shell_takes(tmp_path, model):
    complete(tmp_path / "bundle", [model])
    assert (tmp_path / "bundle" / "models" / model.name).read_bytes() == model.read_bytes()
    script = tmp_path / "bundle" / "install.sh"
    assert "--no-index" in script.read_text()
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_a_bundle_collects_wheels_before_it_copies(tmp_path, model):
    wheels, copy = plan.bundle_steps(tmp_path / "bundle", [model])
    assert wheels.needs_network and str(tmp_path / "bundle" / "wheels") in wheels.command
    assert copy.command[-1] == str(model)


def _on_a_terminal(home, model, answers):
    """What `docqa setup` shows to somebody who gives these answers."""
    pty = pytest.importorskip("pty")
    pytest.importorskip("llama_cpp")
    terminal, inside = pty.openpty()
    command = [sys.executable, "-m", "docqa", "setup", "--no-network", "--model", str(model)]
    process = subprocess.Popen(
        command,
        env={**os.environ, "DOCQA_LANG": "en", "DOCQA_HOME": str(home)},
        **dict.fromkeys(("stdin", "stdout", "stderr"), inside),
    )
    os.close(inside)
    shown, asked = b"", 0
    # Linux ends the reading with an error when the other side has gone.
    with suppress(OSError):
        while piece := os.read(terminal, 4096):
            shown += piece
            if shown.count(b"[y/N]") > asked:
                os.write(terminal, answers[asked])
                asked += 1
    os.close(terminal)
    assert process.wait() == 0, shown.decode()
    assert asked == len(answers)
    return shown


def test_on_a_terminal_each_step_is_asked_about_and_only_what_is_agreed_to_is_done(home, model):
    shown = _on_a_terminal(home, model, [b"y\n", b"n\n"])
    assert [one.name for one in catalog.list_installed()] == ["tiny-chat"]
    assert b"models test" not in shown


def test_what_needs_a_refused_step_is_not_asked_about(home, model):
    _on_a_terminal(home, model, [b"n\n"])
    assert catalog.list_installed() == ()
