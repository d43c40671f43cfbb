"""What a process loads to ask a Gemini model, and what it does without."""

import subprocess
import sys

from builders import REPOSITORY, SCRIPTS

ASKS_ONCE = """
import sys
from pathlib import Path
from rootward.asking.cache import AnswerCache
from rootward.workflow.config import Config
from rootward.curators.gemini import Gemini, templates
from rootward.asking.engine import Engine
from rootward.asking.ledger import Ledger
from rootward.curators.questions import ask_about
config = Config().model_dump(mode="json")
gemini = Gemini(config["models"], config["questions"], templates(Path(sys.argv[2]).glob("*.md")), config["api"])
engine = Engine(gemini, AnswerCache(sys.argv[1], "wal"), Ledger(), 4, 5)
answers = engine.answer([ask_about("parent", {"child": "Mitophagy", "excluded": []}, roots=["Autophagy"])])
print(answers[0].value["parent"], "google.genai" in sys.modules, "httpx2" in sys.modules)
"""


def test_a_run_from_the_cache_loads_no_sdk_and_needs_no_key(server, tmp_path):
    server.reset()

    def said(environment: dict) -> str:
        command = [
            sys.executable,
            "-c",
            ASKS_ONCE,
            str(tmp_path / "answers.sqlite"),
            str(REPOSITORY / "config" / "prompts"),
        ]
        environment = {**environment, "PYTHONPATH": str(SCRIPTS)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    assert said(server.environment("AIzaSecret-0123456789")) == "Selective autophagy True True"
    offline = {k: v for k, v in server.environment().items() if k not in ("GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL")}
    assert said(offline) == "Selective autophagy False False"
    assert server.stats()["requests"] == 1
