"""What the tests of the rule scripts share: roots, and the offline curator asked through a real asker."""

import pytest
from builders import FALLBACK, ROOTS, make_asker
from rootward.curators.offline import ReactomeCurator
from rootward.knowledge.roots import read_roots


@pytest.fixture(scope="session")
def curator(reference):
    """The offline curator with the shipped roots."""
    return ReactomeCurator(reference, read_roots(ROOTS, FALLBACK), tuple, 0.5)


@pytest.fixture
def ask(curator):
    """An asker over the offline curator."""
    return make_asker(curator)
