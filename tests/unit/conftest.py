"""Fixtures of the unit tests."""

import pytest
from fake_gemini import FakeGemini
from reading import Reading


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
