# `make run` grows the tree of the example; `make test` runs everything that must hold. Each makes .venv when it is missing:
# a run installs only requirements.lock, the tests add requirements-test.lock to the same .venv. A changed lock installs again.
# `make PYTHON=python3.12` takes another Python, `make UV=` pip although uv is there.
PYTHON ?= python3
BIN := .venv/bin
export PYTHON
# A Python that was upgraded away takes the environment with it: then it is made anew.
LOST := $(shell test ! -e .venv/installed || $(BIN)/python -c '' 2>&1 || rm -f .venv/installed)

.PHONY: run test test-browser test-cluster check screenshots config lock wheels clean

run: .venv/installed
	$(BIN)/snakemake --cores all

# One process more than there are cores, since some tests wait; each with whole files, so that what a file prepares, a
# run of the example say, is prepared once.
test: .venv/tested check
	$(BIN)/python -m pytest -n $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist loadfile --no-loadscope-reorder

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

# Solves requirements*.in into the lock files and envs/rootward.yaml; UPGRADE=--upgrade takes the newest of everything.
lock:
	envs/lock $(UPGRADE)

# Has every pin a wheel for each Python and platform that the README promises?
wheels:
	envs/wheels

.venv/installed: requirements-build.lock requirements.lock
	@envs/install .venv requirements.lock
	@touch $@

.venv/tested: requirements-test.lock .venv/installed
	@envs/install .venv requirements.lock requirements-test.lock
	@touch $@

.venv-cluster/tested: requirements-build.lock requirements.lock requirements-test.lock requirements-cluster.lock
	@envs/install .venv-cluster requirements.lock requirements-test.lock requirements-cluster.lock
	@touch $@

clean:
	rm -rf results .snakemake
