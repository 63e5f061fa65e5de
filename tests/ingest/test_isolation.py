"""What reads files has no network: neither Python, nor native code, nor a program it starts."""

import os
import shutil
import socket
import subprocess
import sys
import textwrap
import threading

import pytest

from ingest import converted, isolation
from ingest.source import SourceFile
from ingest.types import ReadOptions

CAN_LEAVE = subprocess.run(
    [sys.executable, "-c", "from ingest import isolation as i; raise SystemExit(not i.cut_off())"],
    check=False,
).returncode == 0  # fmt: skip
NEEDS_NAMESPACES = pytest.mark.skipif(
    not CAN_LEAVE, reason="this system lets no process leave the network"
)

# Each reaches for a listener on this machine, in a way that no audit hook of Python sees.
NATIVE = """
    import ctypes, socket, struct
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
    address = struct.pack("=HH4s8x", socket.AF_INET, socket.htons({port}), bytes([127, 0, 0, 1]))
    reached = libc.connect(fd, address, len(address)) == 0
"""
CHILD = """
    import subprocess
    code = "import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    reached = done.returncode == 0
"""


@pytest.fixture
def listener():
    """A port of this machine, and who has called there so far."""
    calls = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                calls.append(connection.recv(200))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield server.getsockname()[1], calls
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def attempt(code, port, cut_off):
    """Run an attempt in a process of its own; whether it got through."""
    head = f"import sys; from ingest import isolation\nif {cut_off}: isolation.cut_off()\n"
    code = head + textwrap.dedent(code.format(port=port)) + "\nprint(reached)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip() == "True"


@NEEDS_NAMESPACES
@pytest.mark.parametrize("code", [NATIVE, CHILD])
def test_nothing_gets_out_below_python(listener, code):
    port, _ = listener
    assert attempt(code, port, cut_off=False)
    assert not attempt(code, port, cut_off=True)


@pytest.mark.parametrize(
    "call",
    [
        "socket.create_connection(('192.0.2.1', 80))",
        "socket.getaddrinfo('a.invalid', 80)",
        "socket.gethostbyname('a.invalid')",
        "socket.gethostbyname_ex('a.invalid')",
        "socket.gethostbyaddr('192.0.2.1')",
        "socket.getnameinfo(('192.0.2.1', 80), 0)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
    ],
)
def test_each_call_of_python_is_refused(call):
    code = f"import socket; from ingest import isolation; isolation.cut_off(); {call}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "may not use the network" in done.stderr


@NEEDS_NAMESPACES
def test_files_keep_their_owner(tmp_path):
    code = f"""
        from pathlib import Path
        from ingest import isolation
        isolation.cut_off()
        Path({str(tmp_path / "new")!r}).write_text(Path({__file__!r}).read_text())
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
    assert (tmp_path / "new").stat().st_uid == os.getuid()


def test_programs_find_only_a_dead_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    environment = isolation.without_network(os.environ)
    proxies = {environment[name] for name in ("http_proxy", "HTTPS_PROXY", "https_proxy")}
    assert proxies == {"http://127.0.0.1:9"}
    assert environment["NO_PROXY"] == ""
    assert environment["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize("module", ["docqa.cli", "ingest.ocr"])
def test_onnxruntime_is_told_to_report_nothing(module):
    if module == "docqa.cli":
        code = "from docqa.cli import run; run(['--version'])"
    else:
        pytest.importorskip("rapidocr")
        code = "from ingest.ocr import _rapidocr; _rapidocr()"
    code += "; import os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.splitlines()[-1] == "1"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_picture_that_a_word_file_links_to_is_not_fetched(tmp_path, listener):
    port, calls = listener
    page = tmp_path / "a.html"
    page.write_text(
        f'<p>正文在此。</p><img src="http://127.0.0.1:{port}/image.png" width="9" height="9">',
        encoding="utf-8",
    )
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless",
         "--infilter=HTML (StarWriter)",
         "--convert-to", "doc:MS Word 97", "--outdir", str(tmp_path), str(page)],
        check=True, capture_output=True,
    )  # fmt: skip
    old = tmp_path / "a.doc"
    assert b"image.png" in old.read_bytes().replace(b"\0", b"")
    calls.clear()
    # Without leaving the network: the dead proxy alone has to hold.
    newer = converted.convert(SourceFile(old, old.read_bytes(), ReadOptions()), "doc")
    assert newer.data.startswith(b"PK")
    assert calls == []
