"""A trial runs in a process of its own; how that ended is told apart."""

import sys

import pytest

from docqa.llm.llama.trials.trial_process import TrialOutcome, run_trial

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
ENDS = "import os, signal\nos.kill(os.getpid(), signal.{})\n"


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Makes a module that ends itself by a signal."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def make(name):
        (tmp_path / "ends_itself.py").write_text(ENDS.format(name), encoding="utf-8")
        return "ends_itself"

    return make


def test_a_trial_that_is_broken_off_says_nothing_of_the_file(module):
    with pytest.raises(KeyboardInterrupt):
        run_trial(module("SIGINT"), seconds=30)


def test_a_trial_that_dies_is_told(module):
    assert run_trial(module("SIGABRT"), seconds=30) is TrialOutcome.DIED
