"""Fixtures of the unit tests."""

import logging

import pytest
from fake_gemini import FakeGemini
from reading import Reading
from rootward.asking.cache import AnswerCache


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
    cache = AnswerCache(path)
    yield cache
    cache.close()


@pytest.fixture
def heard(caplog):
    """The log of the package, also after a test whose job has turned propagation off."""
    logger = logging.getLogger("rootward")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)
