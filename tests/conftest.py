"""What holds in every test: no network, no API key, and the same hypothesis examples on every machine."""

import socket

import pytest
from builders import REFERENCE, write_small_reference
from hypothesis import HealthCheck, settings

settings.register_profile(
    "rootward",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("rootward")

LOOPBACK = frozenset(["127.0.0.1", "::1", "localhost"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whole runs come first where several processes share the suite, so that nobody waits for them at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: "workflow" not in item.path.parts)


@pytest.fixture(autouse=True)
def _no_network_and_no_key(monkeypatch):
    for method in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, method, _only_loopback(getattr(socket.socket, method)))
    for key in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(key, raising=False)


def _only_loopback(connect):
    def guarded(self, address):
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise RuntimeError(f"a test wanted to connect to {address!r}")
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session")
def reference():
    """The reference of the repository; shared, since nothing changes it."""
    from rootward.knowledge.reference import Reference

    return Reference(REFERENCE)


@pytest.fixture(scope="session")
def references():
    """Reactome and GO as one graph, as they are shipped; shared, since nothing changes it."""
    from rootward.knowledge.reference import Reference

    return Reference([REFERENCE, REFERENCE.parent / "go"])


@pytest.fixture(scope="session")
def small_reference(tmp_path_factory):
    """A folder with a symbol table of a few proteins, for tests that read many files."""
    return write_small_reference(tmp_path_factory.mktemp("reference"))
