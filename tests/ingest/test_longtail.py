import subprocess
import sys
from struct import pack

import pytest

from ingest import longtail
from ingest.errors import NeedsExtra
from tests.support.reading import read

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST, FREE = 0xFFFFFFFE, 0xFFFFFFFF

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
from ingest.source import SourceFile
from ingest.types import ReadOptions
page = "<h1>总则</h1><p>为了规范管理，制定本办法。第二句。</p>"
page += "<table><tr><td>甲</td><td>乙</td></tr></table>"
for block in partition(SourceFile(Path("a.html"), page.encode(), ReadOptions())).blocks:
    print(block.kind.value, block.level, block.text)
try:
    partition(SourceFile(Path("b.html"), b"<p></p>", ReadOptions()))
except Exception as error:
    print(type(error).__name__, error.code)
print("tried", tried)
"""


@pytest.mark.slow
@pytest.mark.skipif(not longtail.is_installed(), reason="the long-tail package is not installed")
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


def outlook_mail(subject: str, body: str) -> bytes:
    """A message as Outlook keeps it: an OLE container with a stream for each property."""
    words = {0x001A001F: "IPM.Note", 0x0037001F: subject, 0x1000001F: body}
    streams = {f"__substg1.0_{tag:08X}": text.encode("utf-16-le") for tag, text in words.items()}
    table = b"".join(pack("<IIQ", tag, 6, 2 * len(text)) for tag, text in words.items())
    streams["__properties_version1.0"] = bytes(32) + table
    small, chain, entries = b"", [], []
    for name, data in sorted(streams.items(), key=lambda item: (len(item[0]), item[0])):
        first, count = len(small) // 64, -(-len(data) // 64)
        small += data.ljust(64 * count, b"\0")
        chain += [*range(first + 1, first + count), LAST]
        entries.append(entry(name, 2, len(entries) + 2, first, len(data)))
    entries[-1] = entries[-1][:72] + pack("<I", FREE) + entries[-1][76:]
    folder = entry("Root Entry", 5, FREE, 0, len(small), child=1) + b"".join(entries)
    parts = [small, b"".join(pack("<I", at) for at in chain), folder]
    sectors, places, table_of_all = b"", [], []
    for part, filler in zip(parts, (b"\0", b"\xff", b"\0"), strict=True):
        first, count = len(sectors) // 512, -(-len(part) // 512)
        places.append(first)
        sectors += part.ljust(512 * count, filler)
        table_of_all += [*range(first + 1, first + count), LAST]
    at = len(sectors) // 512
    sectors += b"".join(pack("<I", n) for n in [*table_of_all, 0xFFFFFFFD]).ljust(512, b"\xff")
    head = OLE + bytes(16) + pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += pack("<9I", 0, 1, places[2], 0, 4096, places[1], 1, LAST, 0) + pack("<I", at)
    return head.ljust(512, b"\xff") + sectors


def entry(name: str, kind: int, right: int, first: int, size: int, child: int = 0) -> bytes:
    words = name.encode("utf-16-le") + bytes(2)
    links = pack("<III", FREE, right, child or FREE)
    return words.ljust(64, b"\0") + pack("<HBB", len(words), kind, 1) + links + bytes(36) + pack(
        "<IQ", first, size
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not longtail.is_installed(), reason="the long-tail package is not installed")
def test_mail_of_outlook_gives_its_subject_and_its_text():
    extract = read("a.msg", outlook_mail("关于例会改期的通知", "例会改到周五下午三点。"))
    assert extract.text == "关于例会改期的通知\n\n例会改到周五下午三点。"
    assert extract.sections[-1].heading == ("关于例会改期的通知",)
