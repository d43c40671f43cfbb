"""The server under test, once per module and reset before every test."""

import pytest
from fake_gemini import FakeGemini
from small_server import new_client, write_reference


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return write_reference(tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def server(reference, tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "requests.jsonl"
    with FakeGemini(reference=reference, log=log, retry_delay=0.05, batch_seconds=0.1) as fake:
        fake.log = log
        yield fake


@pytest.fixture(scope="module")
def client(server):
    return new_client(server)


@pytest.fixture
def fake(server):
    server.reset()
    return server
