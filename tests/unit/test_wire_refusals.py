"""What a refusal says: its status, how long to wait, whose words they are, and whether its sender can be trusted."""

import datetime
import json
import socket
import ssl
import threading

import httpcore2
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from once import fetched, reply_of
from rootward.curators.base import Fatal, Lost
from rootward.curators.gemini.errors import explained
from rootward.curators.wire import HttpError, bounded_client

KEY = "AIzaSecret-0123456789"


def refused(code: int, body: bytes) -> HttpError:
    return HttpError(code, body, None)


def test_an_error_without_an_end_is_cut_off_sooner():
    server = socket.create_server(("127.0.0.1", 0))

    def answer():
        connection, _ = server.accept()
        connection.recv(65536)
        try:
            connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 5000000\r\n\r\n" + b"x" * 5_000_000)
        except OSError:
            pass

    threading.Thread(target=answer, daemon=True).start()
    client = bounded_client(connections=1, timeout=5)
    with pytest.raises(HttpError) as error:
        client.get(f"http://127.0.0.1:{server.getsockname()[1]}/")
    assert (error.value.code, error.value.body) == (500, b"")
    server.close()


@pytest.mark.parametrize("spoiled", [b"Content-Length: 9", b"Content-Encoding: gzip\r\nContent-Length: 3"])
def test_an_error_whose_body_is_broken_is_said_by_its_status(spoiled):
    head = b"HTTP/1.1 %d No\r\nRetry-After: 7\r\n%b\r\n\r\n{ }"
    for status in (429, 503):
        with pytest.raises(HttpError) as error:
            fetched(head % (status, spoiled))
        assert (error.value.code, error.value.body, error.value.retry_after) == (status, b"", 7.0)
    with pytest.raises(
        (Lost, httpx2.TransportError, httpcore2.ProtocolError)
    ) as lost:  # of 400, who says that it is the API's?
        fetched(head % (400, spoiled))
    assert isinstance(explained(lost.value, "m", 120), Lost)


@pytest.mark.parametrize(("named", "wait"), [("7", 7.0), ("0", None), ("-5", None), ("nan", None), ("inf", None)])
def test_a_wait_that_is_no_time_is_none(named, wait):
    reply = f"HTTP/1.1 429 No\r\nRetry-After: {named}\r\nContent-Length: 0\r\n\r\n".encode()
    with pytest.raises(HttpError) as error:
        fetched(reply)
    assert error.value.retry_after == wait


@pytest.mark.parametrize(
    ("named", "wait"),
    [
        ("Retry-After: Fri, 01 Jan 2100 00:00:30 GMT\r\nDate: Fri, 01 Jan 2100 00:00:00 GMT", 30.0),
        ("Retry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\nDate: Fri, 01 Jan 2100 00:00:30 GMT", None),
        ("Retry-After: Thu, 01 Jan 1970 00:00:00 -0000", None),
        ("Retry-After: tomorrow", None),
        ("Retry-After: 3\r\nretry-after: 7\r\nRetry-After: x", 7.0),
    ],
)
def test_a_wait_may_be_a_date_by_the_senders_clock_or_stand_twice(named, wait):
    with pytest.raises(HttpError) as error:
        fetched(f"HTTP/1.1 503 No\r\n{named}\r\nContent-Length: 0\r\n\r\n".encode())
    assert error.value.retry_after == wait


@pytest.mark.parametrize(("delay", "wait"), [("7.5s", 7.5), ("0s", 4), ("-1s", 4), ("1e3s", 4), ({"seconds": 7}, 4)])
@pytest.mark.parametrize("code", [429, 503])
def test_a_delay_that_is_none_leaves_the_header(code, delay, wait):
    details = [{"@type": "x/google.rpc.QuotaFailure", "violations": [{}]}, {"@type": "RetryInfo", "retryDelay": delay}]
    body = json.dumps({"error": {"status": "X", "message": "no", "details": details}}).encode()
    assert explained(HttpError(code, body, 4.0), "m", 120.0).wait == wait


def test_an_overload_is_waited_out_no_longer_than_allowed():
    assert explained(HttpError(503, b"", 900.0), "m", 120.0).wait == 120
    assert explained(HttpError(503, b"", None), "m", 120.0).wait == 0


def test_the_page_of_a_proxy_is_not_the_apis_word():
    page = b"\n<!DOCTYPE html><p>Ask billing about payment and credits. limit: 0. No API key"
    assert explained(HttpError(429, page, 9.0), "m", 120.0).wait == 9
    for code in (401, 403, 404):
        error = explained(refused(code, page), "m", 120.0)
        assert isinstance(error, Fatal)
        assert "not the API answers" in str(error)
        assert "refuses the key" not in str(error)
    assert "HTTPS_PROXY" in str(explained(refused(407, page), "m", 120.0))


@pytest.mark.parametrize("status", [204, 206, 408, 409, 425, 499, 500, 501, 502, 503, 504, 507, 520, 524, 529])
def test_a_status_of_a_proxys_own_is_a_lost_reply(status):
    assert isinstance(explained(refused(status, b"<html>"), "m", 120), Lost)


# --- TLS ---


def certificate_of(folder):
    """A certificate for localhost that nobody has signed but itself, as PEM with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
    made = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False).sign(
        key, hashes.SHA256()
    )
    text, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = folder / "server.pem"
    path.write_bytes(made.public_bytes(text) + key.private_bytes(text, form, serialization.NoEncryption()))
    return path


def test_a_certificate_that_nobody_trusts_ends_the_run_and_its_server_hears_no_key(tmp_path, monkeypatch):
    path = certificate_of(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listening, heard = socket.create_server(("127.0.0.1", 0)), []

    def answer():
        for _ in range(2):
            connection, _ = listening.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as wrapped:
                    heard.append(wrapped.recv(65536))
                    wrapped.sendall(reply_of(b"{}", b"X-Type: none"))
            except OSError:
                pass

    threading.Thread(target=answer, daemon=True).start()
    url = f"https://localhost:{listening.getsockname()[1]}/"
    monkeypatch.setenv("NO_PROXY", "localhost")
    with pytest.raises(Fatal, match=r"certificate of localhost is not trusted \(.+\).*SSL_CERT_FILE"):
        bounded_client(connections=1, timeout=5).get(url, headers={"x-goog-api-key": KEY})
    assert heard == []
    monkeypatch.setenv("SSL_CERT_FILE", str(path))  # what the message says to do is what helps
    assert bounded_client(connections=1, timeout=5).get(url).text == "{}"
    listening.close()
