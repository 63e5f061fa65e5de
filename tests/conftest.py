"""What every test starts from: a home of its own, English, and no way out of this machine."""

import logging
import os
import signal

import pytest

from docqa import airgap, privacy
from docqa.llm.embeddings import backend
from docqa.llm.llama.trials import trial_process
from docqa.messages import use_language
from tests.support.outside import DATA, MODELS

privacy.switch_off_telemetry()
airgap.close_network()
# A runner in the background ignores Ctrl-C, and the programs under test would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
# One thread a test: two on a busy machine only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# As docqa.cli sets it: a test that imports Typer first would see other help texts.
os.environ.setdefault("TYPER_USE_RICH", "0")


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """A fresh DOCQA_HOME, and no DOCQA_ variable of the caller's."""
    for name in list(os.environ):
        if name.startswith("DOCQA_"):
            monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("DOCQA_HOME", str(folder))
    monkeypatch.setenv("DOCQA_LANG", "en")
    monkeypatch.setenv("DOCQA_AIRGAP", "1")
    # Tests that want meaning say so: to embed whatever any test ingests would take minutes.
    monkeypatch.setenv("DOCQA_EMBEDDING_BACKEND", "none")
    monkeypatch.setattr(backend, "BUNDLED", ())
    use_language(None)
    yield folder
    use_language(None)
    for name in ("docqa", "ingest"):
        for handler in logging.getLogger(name).handlers:
            handler.close()


@pytest.fixture(scope="session")
def tried_models(tmp_path_factory):
    """Where it is kept which model files llama.cpp survived: each is tried once a run."""
    return tmp_path_factory.mktemp("tried")


@pytest.fixture(autouse=True)
def models_are_tried_once(tried_models, monkeypatch):
    """The home of a test is fresh, the models of a run are not."""
    monkeypatch.setattr(trial_process, "_file", lambda name: tried_models / f"{name}.json")


@pytest.fixture(autouse=True)
def no_connection_was_tried():
    """Fail the test in whose course something tried to leave the machine."""
    before = len(airgap.refused)
    yield
    tried = airgap.refused[before:]
    del airgap.refused[before:]
    assert not tried, f"tried to leave this machine: {tried}"


@pytest.fixture
def shared_data():
    """The folder of public question sets; the test is skipped where it is absent."""
    if not DATA.is_dir():
        pytest.skip("the public question sets are not here: DOCQA_TEST_DATA names their folder")
    return DATA


@pytest.fixture
def real_model():
    """Finds a file of real weights by a part of its name; skips the test where it is absent."""

    def find(part):
        found = sorted(MODELS.glob(f"*{part}*.gguf"))
        if not found:
            pytest.skip(f"no weights named {part} are here: DOCQA_TEST_MODELS names their folder")
        return found[0]

    return find
