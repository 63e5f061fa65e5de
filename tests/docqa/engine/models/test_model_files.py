"""What the engine says of models: known, here, planned, tried."""

from pathlib import Path

import pytest

from docqa.catalog import Installed, register
from docqa.engine.models.choices import model_choices
from docqa.engine.models.files import (
    describe,
    find_entry,
    find_record,
    is_chat_model,
    known_models,
    why_too_large,
)
from docqa.engine.models.plans import plan_catalog, plan_model
from docqa.engine.models.trial import open_trial
from docqa.errors import UnknownModel, UsageError
from docqa.settings import ModelSettings, Settings
from docqa.types import EngineKind
from tests.support.tiny_gguf import write_gguf


@pytest.fixture
def tiny(home):
    path = write_gguf(home / "小.gguf")
    register(Installed(name="xiao", path=path, kind="chat", size=path.stat().st_size, added=1.0))
    return path


def test_a_name_of_the_catalog_is_found_and_a_wrong_one_gets_the_nearest():
    known = known_models()
    entry = find_entry(known.chat[0].name)
    assert is_chat_model(entry)
    assert not is_chat_model(known.embedding[0])
    with pytest.raises(UnknownModel) as unknown:
        find_entry(known.chat[0].name + "x")
    assert known.chat[0].name in str(unknown.value.hint) + str(unknown.value)


def test_a_record_is_found_by_name_and_path_and_never_guessed(tiny):
    assert find_record("XIAO").path == tiny == find_record(str(tiny)).path
    with pytest.raises(UsageError, match="xiao"):
        find_record("other")
    for name in ("er-1", "er-2"):
        register(Installed(name=name, path=tiny, kind="chat", entry="qwen3-4b"))
    with pytest.raises(UsageError, match="er-2"):
        find_record("qwen3-4b")


def test_a_file_describes_itself_and_one_that_is_gone_does_not(tiny):
    record = find_record("xiao")
    assert describe(record).window > 0
    tiny.unlink()
    assert describe(record) is None


def test_no_machine_of_this_world_is_too_small_for_what_is_not_in_the_catalog():
    assert why_too_large("somebody/something", "Q4_K") is None
    assert why_too_large(known_models().chat[0].name, "Q99") is None


def test_a_model_that_is_here_is_planned_with_its_own_window(tiny):
    plan = plan_model("xiao", "Q4_K", ModelSettings())
    assert plan.title == "xiao" and plan.choice.load.window <= plan.window
    assert plan.refusal is None and plan.prompt_speed is None
    assert plan.choice.load in [row.load for row in plan.rows]


def test_a_model_of_the_catalog_is_planned_before_it_is_fetched():
    name = known_models().chat[0].name
    assert plan_model(name, "q4_k_m", ModelSettings()).weights > 0
    with pytest.raises(UsageError, match="Q99"):
        plan_model(name, "Q99", ModelSettings())
    every = plan_catalog("q4_k_m", Settings())
    assert {one.quantization for one in every.models} == {"Q4_K"}
    assert every.recommended in every.models


def test_a_damaged_file_is_offered_as_one_that_does_not_run(tiny):
    Path(tiny).write_bytes(b"GGUF" + bytes(20))
    choices = {choice.name: choice for choice in model_choices(Settings())}
    assert choices["xiao"].fits is False and choices["xiao"].note


def test_the_endpoint_of_the_settings_is_a_choice():
    settings = Settings(model=ModelSettings(endpoint="http://127.0.0.1:9/v1"))
    assert EngineKind.ENDPOINT in {choice.engine for choice in model_choices(settings)}


def test_a_trial_says_what_was_loaded_and_checks_it():
    with open_trial(Settings(model=ModelSettings(engine="echo"))) as trial:
        assert trial.engine.kind is EngineKind.ECHO
        assert {"markup", "stop", "reuse"} <= {finding.check for finding in trial.run(1024)}
