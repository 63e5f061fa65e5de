"""Settings: their layers, their checks, and what the errors say."""

import re

import pytest

from docqa import paths
from docqa.configuration import known_settings, load, read_file
from docqa.errors import SettingError
from docqa.settings import FOR_PROJECTS


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_each_layer_wins_over_the_one_below(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load().settings.search.k == 8
    write(paths.user_config(), "[search]\nk = 3\n[model]\ncontext = 9999")
    assert load(preset="laptop").settings.model.context == 9999
    assert load(preset="laptop").settings.model.kv_type == "q8_0"
    write(tmp_path / "docqa.toml", "[search]\nk = 4")
    assert load().settings.search.k == 4
    monkeypatch.setenv("DOCQA_SEARCH_K", "5")
    assert load().settings.search.k == 5
    assert load({"search.k": 6, "search.mode": None}).settings.search.k == 6


def test_the_origin_of_each_value_is_known(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCQA_SEARCH_MODE", "lexical")
    loaded = load({"search.k": 6}, preset="laptop")
    assert loaded.origin("search.k") == "flag"
    assert loaded.origin("search.mode") == "DOCQA_SEARCH_MODE"
    assert loaded.origin("model.context") == "preset laptop"
    assert loaded.origin("model.threads") == "default"


def test_an_unknown_setting_names_file_line_and_the_nearest(tmp_path):
    file = write(tmp_path / "设置.toml", "# 检索\n[search]\n\nkk = 3\n")
    with pytest.raises(SettingError) as error:
        read_file(file)
    assert f"{file}:4" in str(error.value)
    assert "search.k" in error.value.hint
    assert error.value.exit_code == 2


def test_a_wrong_value_names_the_line_and_what_is_allowed(tmp_path):
    file = write(tmp_path / "a.toml", "[model]\nkv_type = 'q5'\n")
    with pytest.raises(SettingError) as error:
        read_file(file)
    assert f"{file}:2" in str(error.value)
    assert "auto | f16 | q8_0 | q4_0" in error.value.hint


def test_an_unknown_group_is_refused(tmp_path):
    with pytest.raises(SettingError):
        read_file(write(tmp_path / "a.toml", "[serch]\nk = 3\n"))


def test_limits_are_checked_in_the_environment_too(monkeypatch):
    monkeypatch.setenv("DOCQA_SEARCH_K", "0")
    with pytest.raises(SettingError, match="DOCQA_SEARCH_K"):
        load()


def test_broken_toml_names_the_file(tmp_path):
    file = write(tmp_path / "a.toml", "[search\nk = ")
    with pytest.raises(SettingError, match="not valid TOML"):
        read_file(file)


def test_a_project_file_cannot_open_connections(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "docqa.toml", "[model]\nendpoint = 'http://example.invalid'\n")
    with pytest.raises(SettingError, match=r"model\.endpoint"):
        load()


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("library", "name = '/other/library'"),
        ("library", "name = '../../other'"),
        ("library", "name = '~/library'"),
        ("library", "name = 'C:library'"),
        ("library", "name = '..'"),
        ("ingest", "exclude = ['*']"),
        ("ingest", "jobs = 100000"),
        ("ingest", "hidden = true"),
        ("ingest", "file_megabytes = 999999"),
        ("ingest", "memory_megabytes = 999999"),
        ("model", "engine = 'endpoint'"),
        ("model", "force = true"),
        ("embedding", "store = 'chroma'"),
        ("embedding", "backend = 'endpoint'"),
        ("search", "relevance = 0"),
        ("answer", "open = true"),
        ("answer", "certain = 0.0"),
        ("readings", "limit_gigabytes = 0"),
        ("log", "text = true"),
    ],
)
def test_a_project_file_is_kept_in_bounds(tmp_path, monkeypatch, table, line):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "docqa.toml", f"[{table}]\n{line}\n")
    with pytest.raises(SettingError, match="project file may not"):
        load()


def test_a_project_names_its_library_and_how_it_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(
        tmp_path / "docqa.toml",
        "[library]\nname = '合同'\n[ingest]\njobs = 1\n[model]\nengine = 'quotes'\n",
    )
    settings = load().settings
    assert (settings.library.name, settings.ingest.jobs) == ("合同", 1)


def test_a_project_cannot_choose_a_preset_of_the_user_that_connects(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(paths.config_dir() / "configs" / "cloud.toml", "[model]\nengine = 'endpoint'\n")
    write(tmp_path / "docqa.toml", "preset = 'cloud'\n")
    with pytest.raises(SettingError, match="project file may not"):
        load()
    assert load(preset="cloud").settings.model.engine == "endpoint"
    write(tmp_path / "docqa.toml", "preset = 'laptop'\n")
    assert load().origin("model.engine") == "default"


def test_what_projects_may_set_are_settings():
    assert set(known_settings()) >= FOR_PROJECTS


def test_an_unknown_preset_names_those_there_are():
    with pytest.raises(SettingError) as error:
        load(preset="没有")
    assert "laptop" in (error.value.hint or "")


def test_a_project_reaches_no_file_through_its_preset(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "evil.toml", "[model]\nendpoint = 'http://example.invalid'\n")
    write(tmp_path / "docqa.toml", f"preset = '{tmp_path / 'evil'}'\n")
    with pytest.raises(SettingError, match="preset"):
        load()


def test_an_unknown_variable_of_a_known_group_is_refused(monkeypatch):
    monkeypatch.setenv("DOCQA_SEARCH_KK", "3")
    with pytest.raises(SettingError, match=r"DOCQA_SEARCH_KK.*search\.kk"):
        load()


def test_a_user_preset_wins_over_a_shipped_one():
    write(paths.config_dir() / "configs" / "laptop.toml", "[search]\nk = 2\n")
    assert load(preset="laptop").settings.search.k == 2


@pytest.mark.parametrize(
    "preset", sorted(p.stem for p in paths.find_shipped("configs").glob("*.toml"))
)
def test_shipped_presets_are_right(preset):
    assert read_file(paths.find_shipped("configs", f"{preset}.toml"))


def test_every_setting_is_explained():
    assert not [s.name for s in known_settings().values() if not s.description]


def test_default_toml_says_what_the_code_says():
    from docqa.cli.config import as_toml
    from docqa.configuration import Loaded
    from docqa.settings import Settings

    text = paths.find_shipped("configs", "default.toml").read_text(encoding="utf-8")
    assert text == as_toml(Loaded(Settings()), with_comments=True)


def test_no_name_of_python_is_shown_among_the_allowed_values():
    for setting in known_settings().values():
        assert not re.search(r"typing|msgspec|class|None|\[", setting.allowed), setting.name
    assert known_settings()["search.dense_weight"].allowed == "number >= 0 <= 1 | unset"


def test_what_is_printed_for_a_value_that_is_not_set_is_taken_as_not_set(tmp_path):
    file = write(tmp_path / "a.toml", '[search]\ndense_weight = ""\n')
    assert read_file(file) == {"search.dense_weight": None}
