"""The built package: what is in it, and that it works where nothing else is installed."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
pytestmark = [pytest.mark.packaging, pytest.mark.timeout(900), pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from the source distribution, as an index would get it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """Runs `docqa` from an environment that holds the wheel alone, in another folder."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    constraints = ROOT / ".ci" / "constraints.txt"
    command = [python, "-m", "pip", "install", "--quiet", "--constraint", constraints, wheel]
    subprocess.run(command, check=True)

    def run(*arguments):
        # Of programs, too, only what the wheel brings: no Tesseract, no LibreOffice.
        environment = {
            **os.environ,
            "DOCQA_HOME": str(folder / "home"),
            "DOCQA_LANG": "zh",
            "PATH": str(python.parent),
        }
        return subprocess.run(
            [python.parent / "docqa", *arguments],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_the_wheel_holds_what_ships_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("prompts", "configs"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"docqa/_data/{path.relative_to(ROOT).as_posix()}" in names
    assert "docqa/_data/models/catalog.toml" in names
    assert {n.split("/")[0] for n in names if ".dist-info" not in n} == {"docqa", "ingest"}
    assert not [n for n in names if n.endswith((".gguf", ".safetensors"))]
    for path in (ROOT / "docqa" / "messages").glob("*.toml"):
        assert f"docqa/messages/{path.name}" in names


def test_it_says_its_version(elsewhere):
    assert elsewhere("--version").stdout.startswith("docqa 0.")


def test_it_finds_its_settings(elsewhere):
    result = elsewhere("--preset", "laptop", "config", "show", "--origin")
    assert result.returncode == 0, result.stderr
    assert "preset laptop" in result.stdout


def test_the_demo_answers_with_citations_and_no_model(elsewhere):
    result = elsewhere("demo")
    assert result.returncode == 0, result.stderr
    assert "[1]" in result.stdout


def test_a_missing_extra_names_the_command_that_installs_it(elsewhere, tmp_path):
    scan = tmp_path / "扫描件.png"
    Image.new("L", (200, 100), 255).save(scan)
    result = elsewhere("ingest", str(scan))
    assert result.returncode == 4
    assert "[ocr]" in result.stdout + result.stderr
