"""The guard of conftest.py: no test can reach beyond this machine, and none finds a key."""

import os
import socket

import pytest


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_no_address_but_loopback_can_be_reached(method):
    with socket.socket() as client, pytest.raises(RuntimeError, match="wanted to connect"):
        getattr(client, method)(("192.0.2.1", 443))


def test_loopback_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())
        assert client.getpeername() == server.getsockname()


def test_no_key_is_set():
    assert not {"GEMINI_API_KEY", "GOOGLE_API_KEY"} & os.environ.keys()
