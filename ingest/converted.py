"""Old Office files (DOC, PPT), turned into their successors by LibreOffice, where installed."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from msgspec.structs import replace

from ingest.errors import FileUnreadable
from ingest.source import Source

_PROGRAM = "soffice"
_SECONDS = 100
# The kind it is by its content, whatever its name says, and what it becomes.
_FILTERS = {"doc": ("MS Word 97", "docx"), "ppt": ("MS PowerPoint 97", "pptx")}
# Nothing that a document points to is fetched, and no macro runs.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
</item></oor:items>"""
_WORD_MAGIC, _FLAGS, _ENCRYPTED = b"\xec\xa5", 0x0A, 0x0100
_SECTOR = 512


def converted(source: Source, kind: str) -> Source:
    """The same document in the format that succeeded its own (`kind` is doc or ppt)."""
    form, suffix = _FILTERS[kind]
    if shutil.which(_PROGRAM) is None:
        raise FileUnreadable(
            "needs_program", program=_PROGRAM, suffix=f".{kind}", newer=f".{suffix}"
        )
    if kind == "doc" and _is_locked(source.data):
        raise FileUnreadable("encrypted")
    with tempfile.TemporaryDirectory(prefix="docqa-") as name:
        folder = Path(name)
        # A profile of its own: two conversions with one profile wait for each other or fail.
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        before, after = folder / f"document.{kind}", folder / f"document.{suffix}"
        before.write_bytes(source.data)
        _run(
            [_PROGRAM, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
             f"--infilter={form}", "--convert-to", suffix, "--outdir", name, str(before)]
        )  # fmt: skip
        if not after.exists():
            raise FileUnreadable("damaged")
        return replace(source, path=after, data=after.read_bytes())


def _run(command: list[str]) -> None:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired as error:
        # The program is a script: what it started has to end with it.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise FileUnreadable("time_limit", seconds=_SECONDS) from error


def _is_locked(data: bytes) -> bool:
    """Whether Word's own header says that what follows is encrypted."""
    head = data[_SECTOR : _SECTOR + _FLAGS + 2]
    flags = int.from_bytes(head[_FLAGS:], "little")
    return head.startswith(_WORD_MAGIC) and bool(flags & _ENCRYPTED)
