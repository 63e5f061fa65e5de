"""Old Office files (DOC, PPT), turned into their successors by LibreOffice, where installed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from msgspec.structs import replace

from ingest.errors import FileUnreadable
from ingest.isolation import PROXY_HOST, PROXY_PORT, without_network
from ingest.source import SourceFile

_PROGRAM = "soffice"
_SECONDS = 100
# The kind it is by its content, whatever its name says, and what it becomes.
_FILTERS = {"doc": ("MS Word 97", "docx"), "ppt": ("MS PowerPoint 97", "pptx")}
# No macro runs. A linked picture is asked for in spite of BlockUntrustedRefererLinks: only a
# proxy that leads nowhere keeps it from being fetched.
_PROXIES = "".join(
    f"""<prop oor:name="ooInet{kind}ProxyName" oor:op="fuse"><value>{PROXY_HOST}</value></prop>
<prop oor:name="ooInet{kind}ProxyPort" oor:op="fuse"><value>{PROXY_PORT}</value></prop>"""
    for kind in ("HTTP", "HTTPS", "FTP")
)
_SETTINGS = f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
</item><item oor:path="/org.openoffice.Inet/Settings">
<prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop>
<prop oor:name="ooInetNoProxy" oor:op="fuse"><value></value></prop>
{_PROXIES}</item></oor:items>"""
_WORD_MAGIC, _FLAGS, _ENCRYPTED = b"\xec\xa5", 0x0A, 0x0100
_SECTOR = 512


def convert(source: SourceFile, kind: str) -> SourceFile:
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
        env=without_network(os.environ),
    )
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired as error:
        if sys.platform == "win32":
            process.kill()
        else:
            # The program is a script: what it started has to end with it.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise FileUnreadable("time_limit", seconds=_SECONDS) from error


def _is_locked(data: bytes) -> bool:
    """Whether Word's own header says that what follows is encrypted."""
    head = data[_SECTOR : _SECTOR + _FLAGS + 2]
    flags = int.from_bytes(head[_FLAGS:], "little")
    return head.startswith(_WORD_MAGIC) and bool(flags & _ENCRYPTED)
