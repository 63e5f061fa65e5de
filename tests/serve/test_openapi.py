"""The description of the HTTP side agrees with the routes, and the server keeps to it."""

import os
import subprocess
import sys

import httpx
import pytest

from docqa.serve.http_app import http_app
from docqa.serve.libraries import Libraries
from docqa.settings import Settings
from tests.support.serving import filled_home, serving

CONFIGURATION = """\
[parameters]
"path.library" = "default"
"path.document" = 1
"body.model" = "default:quotes"
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = filled_home(tmp_path_factory.mktemp("openapi"))
    with serving(home, "serve", "--port", "0", "--engine", "quotes") as (_, at):
        yield at


def test_every_route_is_described(address):
    described = httpx.get(f"{address}/openapi.json").json()["paths"]
    routes = http_app(Libraries(Settings(), "default")).routes
    named = {route.path.replace(":int", ""): route.methods - {"HEAD"} for route in routes}
    assert named.pop("/openapi.json") == {"GET"}
    assert {path: {m.upper() for m in methods} for path, methods in described.items()} == named


def test_the_server_keeps_to_its_description(address, tmp_path):
    pytest.importorskip("schemathesis")
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"]
    options = ["--phases", "coverage,fuzzing", "--max-examples", "8", "--seed", "1"]
    # Rules that no schema tells: a question stands last, is not blank and is short.
    checks = ["--exclude-checks", "positive_data_acceptance", "--suppress-health-check", "all"]
    # It would embed 256 texts at a time; test_hostile.py sends it whatever there is.
    limits = ["--exclude-path", "/v1/embeddings", "--request-timeout", "30"]
    done = subprocess.run(
        [*command, *options, *checks, *limits],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
