"""What a script imports before its job begins: nothing heavy, since the store may have its results already."""

import subprocess
import sys

from builders import SCRIPTS

HEAVY = ("numpy", "pandas", "pyarrow", "pydantic", "scipy", "google.genai", "httpx2", "jinja2", "rich", "PIL", "psutil")
PROGRAMS = {"plan"}  # starts the engine
FOR_PEOPLE = {"compare", "draw_figures", "evaluate_tree"}  # tables to read, made with pandas
STEPS = sorted(path.stem for path in SCRIPTS.glob("*.py") if path.stem not in PROGRAMS | FOR_PEOPLE)


def test_no_script_imports_anything_heavy_at_its_top():
    """In one process, since what is light may be shared."""
    code = f"import sys\nfor name in {STEPS}: __import__(name)\nprint(*(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=SCRIPTS, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
