"""Fixtures of the unit tests."""

import logging

import pytest
from asking_model import Model
from fake_gemini import FakeGemini
from reading import Reading
from rootward.asking import pace
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.governor import Governor
from rootward.asking.ledger import Ledger


@pytest.fixture
def read(tmp_path):
    return Reading(tmp_path)


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory):
    """As `read`, for tests that read many files one after the other."""
    return Reading(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def server():
    """A fake Gemini of the module's own."""
    with FakeGemini() as fake:
        yield fake


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "answers.sqlite"


@pytest.fixture
def cache(path):
    cache = AnswerCache(path, "wal")
    yield cache
    cache.close()


@pytest.fixture
def heard(caplog):
    """The log of the package, also after a test whose job has turned propagation off."""
    logger = logging.getLogger("rootward")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


@pytest.fixture
def no_pauses(monkeypatch):
    """What is tried again is tried at once."""
    monkeypatch.setattr(Governor, "back_off", lambda self, attempt, named=0.0: None)
    monkeypatch.setattr(pace, "jitter", lambda attempt, drawn: 0.0)


@pytest.fixture
def start(tmp_path):
    """Makes engines that share one cache; `asks(model)` is an engine as the next run would have it."""
    caches = []

    def asks(model: Model, attempts: int = 5, slots: int = 4, ledger: Ledger | None = None, old=None) -> Engine:
        caches.append(AnswerCache(tmp_path / "answers.sqlite", "wal"))
        return Engine(model, caches[-1], ledger or Ledger(), slots, attempts, old)

    yield asks
    for cache in caches:
        cache.close()
