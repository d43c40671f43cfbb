"""The lock of the cluster's plugins, together with that of a run, pins all that its distributions ask for."""

import pytest
from locks import not_installed, read_locks, unmet


@pytest.mark.cluster
def test_the_locks_pin_all_that_their_distributions_ask_for():
    pins = read_locks("requirements-build", "requirements", "requirements-cluster")
    assert not_installed(pins) == [], "install the locks first: make test-cluster"
    assert unmet(pins) == set()
