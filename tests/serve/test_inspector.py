"""The MCP server, asked by a client that shares nothing with it: the inspector's command line.

`npm install @modelcontextprotocol/inspector`; the test takes `mcp-inspector` from PATH, or from
the path in DOCQA_TEST_INSPECTOR.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.support.serving import ENVIRONMENT, filled_home, serving
from tests.support.small_library import LEAVE

INSPECTOR = os.environ.get("DOCQA_TEST_INSPECTOR") or shutil.which("mcp-inspector")

pytestmark = pytest.mark.skipif(
    not INSPECTOR, reason="mcp-inspector is neither on PATH nor in DOCQA_TEST_INSPECTOR"
)


def asked(*arguments):
    """What the inspector prints."""
    printed = subprocess.run(
        [INSPECTOR, "--cli", *arguments], capture_output=True, text=True, timeout=120, check=True
    )
    return json.loads(printed.stdout)


def the_inspector_is_served(*where):
    """Lists the tools, searches and fetches."""
    tools = asked(*where, "--method", "tools/list")["tools"]
    assert {"search", "fetch", "find", "ask", "check"} <= {tool["name"] for tool in tools}
    call = (*where, "--method", "tools/call", "--tool-name")
    found = asked(*call, "search", "--tool-arg", "query=病假什么时候通知主管")
    identity = found["structuredContent"]["results"][0]["id"]
    fetched = asked(*call, "fetch", "--tool-arg", f"id={identity}")
    assert fetched["structuredContent"]["text"] == LEAVE


def test_over_http(tmp_path):
    arguments = ("mcp", "--http", "--port", "0", "--engine", "quotes")
    with serving(filled_home(tmp_path), *arguments) as (_, at):
        the_inspector_is_served(at, "--transport", "http")


def test_over_standard_input(tmp_path):
    environment = {**ENVIRONMENT, "DOCQA_HOME": str(filled_home(tmp_path))}
    given = [part for name, value in environment.items() for part in ("-e", f"{name}={value}")]
    server = (sys.executable, "-m", "docqa", "mcp", "--engine", "quotes")
    the_inspector_is_served(*given, *server)
