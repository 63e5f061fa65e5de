import subprocess
import sys

import pytest

from ingest import longtail
from ingest.errors import NeedsExtra
from tests.ingest.reading import read

# In a process of its own: nothing may have silenced or imported the package before.
ALONE = """
import socket, sys
tried = []
def refuse(*address, **_):
    tried.append(address)
    raise OSError("refused")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.create_connection = socket.getaddrinfo = refuse
from pathlib import Path
from ingest.longtail import partition
from ingest.source import Source
from ingest.types import ReadOptions
page = "<h1>总则</h1><p>为了规范管理，制定本办法。第二句。</p>"
page += "<table><tr><td>甲</td><td>乙</td></tr></table>"
for block in partition(Source(Path("a.html"), page.encode(), ReadOptions())).blocks:
    print(block.kind.value, block.level, block.text)
try:
    partition(Source(Path("b.html"), b"<p></p>", ReadOptions()))
except Exception as error:
    print(type(error).__name__, error.code)
print("tried", tried)
"""


@pytest.mark.slow
@pytest.mark.skipif(not longtail.installed(), reason="the long-tail package is not installed")
def test_the_package_reads_chinese_silently_offline_and_is_never_content_with_nothing():
    environment = {"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        capture_output=True,
        text=True,
        env=environment,
        encoding="utf-8",
    )
    assert done.stdout.splitlines() == [
        "heading 1 总则",
        "paragraph 0 为了规范管理，制定本办法。第二句。",
        "table 0 甲 | 乙",
        "FileUnreadable no_text",
        "tried []",
    ]
    assert "unstructured" not in done.stderr.lower()


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(longtail, "find_spec", lambda name: None)
    with pytest.raises(NeedsExtra) as refused:
        read("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_".encode("utf-16-le"))
    assert refused.value.facts["extra"] == "unstructured"
