"""Each line of a registry opens what it names, and everything that lists the kinds reads it."""

import inspect
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest

from docqa.cli import doctor, run
from docqa.configuration import known_settings, read_file
from docqa.errors import MissingExtra, SettingError
from docqa.llm import open_model
from docqa.llm.embeddings.embedder import Embedder
from docqa.llm.model import Model
from docqa.registries import Entry, embedders, engines, stores
from docqa.registries.engines import ENGINES, EngineKind
from docqa.settings import ModelSettings, Settings
from docqa.stores.vectors.store import VectorStore

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    **{f"engine {kind}": entry for kind, entry in ENGINES.items()},
    **{f"embedder {kind}": entry for kind, entry in embedders.EMBEDDERS.items()},
    **{f"store {kind}": entry for kind, entry in stores.STORES.items()},
}
OPENED = [name for name in PARTS if name != "engine quotes"]


def _class_of(entry: Entry) -> type:
    if entry.package and find_spec(entry.package) is None:
        pytest.skip(f"{entry.package} is not installed")
    opener = entry.load()
    return opener if inspect.isclass(opener) else opener.__self__


@pytest.mark.parametrize("name", OPENED)
def test_every_line_opens_a_class_of_its_kind(name):
    found = _class_of(PARTS[name])
    if name.startswith("embedder"):
        assert issubclass(found, Embedder)
    else:
        kind = Model if name.startswith("engine") else VectorStore
        methods = {name for name, value in vars(kind).items() if inspect.isfunction(value)}
        assert {name for name in methods if not name.startswith("_")} <= set(dir(found))


def test_quotes_are_the_only_engine_that_opens_no_model():
    assert [kind for kind, entry in ENGINES.items() if not entry.opener] == [EngineKind.QUOTES]
    assert set(ENGINES) == set(EngineKind)


@pytest.mark.parametrize("name", PARTS)
def test_what_a_line_needs_is_installed_by_an_extra_of_docqa(name):
    entry = PARTS[name]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert bool(entry.package) == bool(entry.extra)
    assert not entry.extra or entry.extra in project["optional-dependencies"]


@pytest.mark.parametrize(
    ("setting", "registry", "more"),
    [
        ("model.engine", ENGINES, ["auto"]),
        ("embedding.backend", embedders.EMBEDDERS, ["auto", "none"]),
        ("embedding.store", stores.STORES, ["auto"]),
    ],
)
def test_the_settings_take_the_registry_and_nothing_else(setting, registry, more):
    literal = get_args(known_settings()[setting].type)[0]
    assert list(get_args(literal)) == [*more, *map(str, registry)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", ["ask", "chat"])
def test_the_help_lists_every_engine(command, language):
    ran = subprocess.run(
        [sys.executable, "-m", "docqa", "--lang", language, command, "--help"],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    listed = ("、" if language == "zh" else ",").join(engines.CHOICES)
    assert listed in "".join(ran.stdout.split())


def test_the_doctor_looks_at_every_extra_that_a_line_names(capsys):
    wanted = {entry.extra for entry in PARTS.values() if entry.extra} | {"unstructured", "ocr"}
    assert set(doctor.EXTRAS) == wanted and len(doctor.EXTRAS) == len(wanted)
    run(["doctor"])
    printed = capsys.readouterr().out
    assert all(f"[{extra}]" in printed for extra in wanted)


@pytest.mark.parametrize("kind", ENGINES)
def test_a_projects_file_may_choose_every_engine_that_sends_nothing(kind, tmp_path):
    file = tmp_path / "docqa.toml"
    file.write_text(f'[model]\nengine = "{kind}"\n', encoding="utf-8")
    if ENGINES[kind].sends:
        with pytest.raises(SettingError):
            read_file(file, project=True)
    else:
        assert read_file(file, project=True) == {"model.engine": kind}


def test_a_package_that_is_not_installed_is_named_with_its_extra(monkeypatch):
    lacking = engines.EngineEntry("nowhere:Model", "no_such_package", "endpoint", "--engine echo")
    monkeypatch.setattr("docqa.llm.ENGINES", {EngineKind.ECHO: lacking})
    with pytest.raises(MissingExtra, match="--engine echo") as error:
        open_model(Settings(model=ModelSettings(engine="echo")))
    assert "[endpoint]" in (error.value.hint or "")


def test_the_registries_import_nothing_that_they_name():
    code = (
        "import sys; from docqa.registries import embedders, engines, stores;"
        "print([m for m in sys.modules if m.startswith(('docqa.llm', 'docqa.stores', 'msgspec'))])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
