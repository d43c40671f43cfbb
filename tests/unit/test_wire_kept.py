"""A connection that was kept open, and that the server closes at the moment it is used again."""

import socketserver
import threading
import time

import httpcore2
import pytest
from rootward.curators import wire

REPLY = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Closing(socketserver.ThreadingTCPServer):
    """Answers `answers` requests of a connection; reads one more, waits, says `last` and closes."""

    daemon_threads = True

    def __init__(self, answers: int = 1, wait: float = 0.0, last: bytes = b""):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.wait, self.last, self.requests = answers, wait, last, 0
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def ask(self, client, times: int) -> list[str]:
        url = f"http://127.0.0.1:{self.server_address[1]}"
        return [client.post(url, content=b"ask").text for _ in range(times)]


class _Handler(socketserver.StreamRequestHandler):
    server: Closing

    def handle(self) -> None:
        for count in range(self.server.answers + 1):
            while line := self.rfile.readline().strip():
                if line.startswith(b"POST"):
                    self.server.requests += 1
            self.rfile.read(3)
            if count < self.server.answers:
                self.wfile.write(REPLY)
        time.sleep(self.server.wait)
        self.wfile.write(self.server.last)


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with wire.bounded_client(connections=2, timeout=5) as client:
        yield client


def test_a_request_that_finds_its_connection_closed_goes_over_another(client):
    with Closing() as server:
        assert server.ask(client, 6) == ["{}"] * 6
        server.shutdown()


def test_a_new_connection_that_is_closed_is_lost_and_nothing_is_sent_twice(client):
    with Closing(answers=0) as server:
        with pytest.raises(httpcore2.RemoteProtocolError):
            server.ask(client, 1)
        assert server.requests == 1
        server.shutdown()


def test_a_request_that_creates_something_is_not_sent_twice(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with wire.bounded_client(connections=2, timeout=5, may_repeat=False) as client, Closing() as server:
        with pytest.raises(httpcore2.RemoteProtocolError):
            server.ask(client, 2)
        assert server.requests == 2
        server.shutdown()


@pytest.mark.parametrize("how", [{"last": b"HTTP/1.1 200 OK\r\n"}, {"wait": 0.1}])
def test_what_a_server_may_have_worked_on_is_not_sent_twice(client, how, monkeypatch):
    monkeypatch.setattr(wire, "AT_ONCE", 0.05)
    with Closing(**how) as server:
        with pytest.raises(httpcore2.RemoteProtocolError):
            server.ask(client, 2)
        assert server.requests == 2
        server.shutdown()
