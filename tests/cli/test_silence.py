"""The proof of silence notices deliberate leaks, and the commands make no internet socket."""

import importlib.util
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import suppress

import psutil
import pytest

from docqa import paths
from docqa.cli.serving import silence as servers
from tests.ingest.test_isolation import NEEDS_NAMESPACES
from tests.support.tiny_gguf import Shape, write_gguf

LEAK = """
    import ctypes, os, socket, struct, subprocess, sys, urllib.request
    from contextlib import suppress
    from docqa.cli import silence

    def native():
        libc = ctypes.CDLL(None)
        fd = libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
        to = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(80), bytes([192, 0, 2, 1]))
        libc.connect(fd, to, len(to))

    def native_dns():
        ctypes.CDLL(None).getaddrinfo(b"leak.invalid", None, None, ctypes.byref(ctypes.c_void_p()))

    def child():
        code = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
        subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL)

    def proxy():
        handler = urllib.request.ProxyHandler(dict(http="http://127.0.0.1:8118"))
        urllib.request.build_opener(handler).open("http://leak.invalid/", timeout=1)

    def work():
        with suppress(OSError):
            {call}
        return silence.Proof("python", (), answered=True)

    proof = silence.observe(work, in_namespace={in_namespace})
    print(proof.kind, len(proof.attempts), *proof.attempts)
"""
PYTHON_CALLS = (
    "socket.create_connection(('192.0.2.1', 80), 1)",
    "socket.socket().connect_ex(('192.0.2.1', 80))",
    "socket.create_connection(('2001:db8::1', 80), 1)",
    "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 53))",
    "socket.getaddrinfo('leak.invalid', 80)",
    "socket.gethostbyname('leak.invalid')",
    "socket.gethostbyname_ex('leak.invalid')",
    "socket.gethostbyaddr('192.0.2.1')",
    "socket.getnameinfo(('192.0.2.1', 80), 0)",
    "proxy()",
)
OTHERS = ("native()", "native_dns()", "child()")


def observed(call, in_namespace):
    code = textwrap.dedent(LEAK).format(call=call, in_namespace=in_namespace)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    kind, count, *_ = done.stdout.split()
    return kind, int(count)


@NEEDS_NAMESPACES
@pytest.mark.parametrize("call", [*PYTHON_CALLS, *OTHERS])
def test_every_leak_is_noticed_by_the_kernel(call):
    kind, count = observed(call, in_namespace=True)
    assert kind == "kernel"
    assert count


@pytest.mark.parametrize("call", PYTHON_CALLS)
def test_each_call_of_python_is_noticed_elsewhere_too(call):
    kind, count = observed(call, in_namespace=False)
    assert kind == "python"
    assert count


@NEEDS_NAMESPACES
def test_no_leak_is_seen_where_there_is_none():
    assert observed("os.getpid()", in_namespace=True) == ("kernel", 0)


@pytest.mark.slow
@NEEDS_NAMESPACES
def test_a_leak_in_a_worker_counts(tmp_path):
    """What reads files stays in the network that is watched, so that its attempts are seen."""
    code = """
        import ctypes
        from docqa.cli import silence
        from ingest import isolation
        isolation.leave_network()
        before = silence._counts()
        import subprocess, sys
        inner = "from ingest import isolation; isolation.cut_off(); import ctypes;"
        inner += "ctypes.CDLL(None).getaddrinfo(b'a.invalid', None, None,"
        inner += "ctypes.byref(ctypes.c_void_p()))"
        subprocess.run([sys.executable, "-c", inner], check=True)
        print(silence._counts() != before)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"


STRACE = shutil.which("strace")
CAN_TRACE = bool(STRACE) and subprocess.run(
    ["strace", "-f", "-e", "trace=network", "true"], capture_output=True, check=False
).returncode == 0  # fmt: skip
# urllib3 asks once, when it is imported, whether this machine has IPv6; nothing is sent by it.
PROBE = re.compile(r'bind\(\d+, \{sa_family=AF_INET6, sin6_port=htons\(0\).*"::1"')


def traced(trace, command):
    """The command line that runs docqa with its network calls, and its children's, written down."""
    head = ["strace", "-f", "-qq", "-o", str(trace), "-e", "trace=%network"]
    return [*head, sys.executable, "-m", "docqa", *command]


def internet_calls(trace):
    """The written calls that have to do with internet addresses."""
    calls = [line for line in trace.read_text().splitlines() if "AF_INET" in line]
    if any(PROBE.search(line) for line in calls):
        calls = [line for line in calls if not PROBE.search(line)]
        calls.remove(next(line for line in calls if "socket(AF_INET6" in line))
    return calls


def run_chat(trace):
    """Open the chat in a terminal, ask, and leave it again."""
    master, terminal = pty.openpty()
    command = traced(trace, ["chat"])
    environment = os.environ | {"DOCQA_AIRGAP": "0", "TERM": "xterm-256color"}
    chat = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment
    )
    os.close(terminal)
    # A terminal that nobody reads stops the program that writes to it.
    reader = threading.Thread(target=drain, args=(master,), daemon=True)
    reader.start()
    time.sleep(6)
    os.write(master, "备用钥匙放在哪里？\r".encode())
    time.sleep(4)
    for process in psutil.Process(chat.pid).children():
        process.terminate()
    chat.wait(30)
    reader.join(5)
    os.close(master)


def drain(master):
    """Read what is shown until the terminal is closed."""
    with suppress(OSError):
        while os.read(master, 1 << 16):
            pass


@pytest.mark.slow
@pytest.mark.skipif(not CAN_TRACE, reason="strace is not installed, or may not trace here")
def test_the_kernel_sees_no_internet_socket(tmp_path):
    samples = str(paths.find_shipped("configs", "offline"))
    question = "备用钥匙放在哪里？"
    commands = [
        ["ingest", samples],
        ["ask", question],
        ["ask", question, "--engine", "echo", "--no-save"],
        ["search", question],
        ["ls"],
        ["reindex", "--check"],
    ]
    model = write_gguf(tmp_path / "tiny.gguf", Shape())
    if importlib.util.find_spec("llama_cpp"):
        commands.append(["read", "说明.md", "-m", str(model)])
    trace, seen = tmp_path / "trace", {}
    for command in commands:
        done = subprocess.run(
            traced(trace, command), capture_output=True, text=True, check=False,
            env=os.environ | {"DOCQA_AIRGAP": "0"},
        )  # fmt: skip
        # Without LibreOffice the Word 97 file is named and left out.
        is_partial = command[0] == "ingest" and not shutil.which("soffice")
        assert done.returncode == (4 if is_partial else 0), done.stdout + done.stderr
        seen[" ".join(command)] = internet_calls(trace)
    run_chat(trace)
    seen["chat"] = internet_calls(trace)
    assert {command: calls for command, calls in seen.items() if calls} == {}


@pytest.mark.slow
@pytest.mark.skipif(not CAN_TRACE, reason="strace is not installed, or may not trace here")
def test_the_trace_would_see_one(tmp_path):
    code = "import socket; socket.socket(type=socket.SOCK_DGRAM)"
    trace = tmp_path / "trace"
    subprocess.run(
        ["strace", "-f", "-o", trace, "-e", "trace=%network", sys.executable, "-c", code],
        check=True,
    )
    assert "AF_INET" in trace.read_text()


@pytest.mark.slow
def test_doctor_tells_what_was_read_and_how_it_was_proved():
    done = subprocess.run(
        [sys.executable, "-m", "docqa", "doctor", "--offline", "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["Silence"]["state"] == "ok", checks["Silence"]
    assert "nothing tried to reach any address" in checks["Silence"]["found"]
    assert checks["Servers"]["state"] == "ok", checks["Servers"]
    assert "listen on 127.0.0.1" in checks["Servers"]["found"]
    assert "Kind of proof" in checks


def test_a_server_that_others_can_reach_is_noticed(home, monkeypatch):
    pytest.importorskip("mcp")
    open_to_all = ("serve", "--host", "0.0.0.0", "--token", "secret")
    monkeypatch.setattr(servers, "_SERVERS", (open_to_all,))
    found = servers.find_sockets()
    assert found.elsewhere == found.listening and found.listening[0].startswith("0.0.0.0:")
