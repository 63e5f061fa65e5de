"""The closed network, and what stays open."""

import socket
import subprocess
import sys

import pytest

from docqa import airgap


@pytest.mark.parametrize("host", ["192.0.2.1", "example.invalid", "2001:db8::1"])
def test_other_machines_are_refused(host):
    with pytest.raises(airgap.ConnectionRefused):
        socket.create_connection((host, 80), timeout=1)
    assert airgap.refused.pop()[1] == host


def test_loopback_works():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=2).close()


def test_datagrams_are_refused():
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        pytest.raises(airgap.ConnectionRefused),
    ):
        sender.sendto("你好".encode(), ("192.0.2.1", 9))
    airgap.refused.clear()


def test_docqa_itself_can_be_closed_in():
    code = "from docqa.cli import run; import socket; run(['--version']); "
    code += "socket.create_connection(('192.0.2.1', 80), timeout=1)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "ConnectionRefused" in result.stderr
