"""A server for one reply, written byte by byte."""

import socket
import threading

from rootward.curators.wire import bounded_client


class Once:
    """A server that sends these bytes to the first who asks."""

    def __init__(self, reply: bytes):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        threading.Thread(target=self._answer, args=(reply,), daemon=True).start()

    def _answer(self, reply: bytes) -> None:
        connection, _ = self._socket.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(reply)
        self._socket.close()


def reply_of(body: bytes, head: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n%b\r\nContent-Length: %d\r\n\r\n%b" % (head, len(body), body)


def fetched(reply: bytes, **options):
    return bounded_client(connections=1, timeout=5, **options).get(Once(reply).url)
