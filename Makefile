# `make run` grows the tree of the example; `make test` runs everything that must hold. Each makes .venv when it is missing:
# a run installs only requirements.lock, the tests add requirements-test.lock to the same .venv.
PYTHON ?= python3
BIN := .venv/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade
export PYTHONDONTWRITEBYTECODE = 1

.PHONY: run test test-browser test-cluster check screenshots config lock clean

run: .venv/installed
	$(BIN)/snakemake --cores all

test: .venv/tested check
	$(BIN)/python -m pytest

# Chromium and its driver, by apt where that can be; elsewhere the browser tests say why they skip.
test-browser: .venv/tested
	.ci/install-chromium
	$(BIN)/python -m pytest tests/browser -rs

# Runs through a SLURM of its own (by apt, as root; elsewhere they say why they skip) and through a script as scheduler.
# In an environment of its own: the plugins would slow down every start of Snakemake.
test-cluster: .venv-cluster/tested
	tests/cluster/install
	.venv-cluster/bin/python -m pytest -m cluster tests/cluster -rs

# The pictures of docs/: the explorer of the example run, as Chromium shows it.
screenshots: .venv/tested
	.ci/install-chromium
	$(BIN)/snakemake --cores all --quiet all -- results/explorer.html
	PYTHONPATH=tests $(BIN)/python tests/browser/screenshots.py results/explorer.html docs

check: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/mypy
	$(BIN)/snakemake --lint
	$(BIN)/snakemake -n --quiet all --strict-dag-evaluation cyclic-graph --strict-dag-evaluation functions \
	    --strict-dag-evaluation periodic-wildcards

# Rewrites the files of config/ that are generated from scripts/rootward/workflow/config.py.
config: .venv/installed
	$(BIN)/python scripts/rootward/workflow/config_files.py

# Solves requirements.in and requirements-test.in anew for all platforms; run envs/ after it (a test compares them).
lock:
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) requirements-test.in -o requirements-test.lock
	$(COMPILE) requirements-cluster.in -o requirements-cluster.lock

.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	    { echo "Rootward needs Python 3.11 or newer: install it, or name it: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	    { echo "Python's venv module is missing: install it (Debian, Ubuntu: apt install python3-venv)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(INSTALL) requirements.lock
	@touch $@

.venv/tested: requirements-test.lock .venv/installed
	$(INSTALL) requirements-test.lock
	@touch $@

.venv-cluster/tested: requirements.lock requirements-test.lock requirements-cluster.lock
	$(PYTHON) -m venv .venv-cluster
	for lock in $^; do .venv-cluster/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	    -r $$lock || exit 1; done
	@touch $@

clean:
	rm -rf results .snakemake
