"""All steps with the curator openai, in this process: the same tree as over Gemini's wire, whatever the server."""

import sys
from pathlib import Path

import hostile
import pyarrow.parquet as pq
import pytest
from builders import REPOSITORY
from fake_gemini import FakeGemini
from fake_openai import FakeOpenAI
from rootward.asking.ask import Asker
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.ledger import Ledger
from rootward.curators.endpoints import resolved
from rootward.curators.providers import model_of
from rootward.curators.questions import KINDS
from rootward.errors import UserError
from rootward.workflow.config_check import load
from rootward.workflow.steps import run, wanted

PROMPTS = {kind: REPOSITORY / "config" / "prompts" / f"{kind}.md" for kind in KINDS}
ROWS = 8  # of the example
NOISE = {"variants": 0.2, "cycles": 0.1, "wrong_parent": 0.1, "wrong_check": 0.05}
MOODS = {
    "honours schemas": {},
    "ignores them, answers in prose": {"schemas": "ignores", "prose": True, "dialect": "vllm"},
    "404 for response_format": {"schemas": "refuses", "dialect": "llamacpp"},
    "429 and broken JSON": {"faults": {"429": 0.1, "truncated": 0.05}, "retry_delay": 0.05},
    "wants no key": {"wants_key": False, "dialect": "ollama", "thoughts": "inline"},
}


@pytest.fixture(autouse=True)
def _scripts(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(REPOSITORY / "scripts"), *sys.path])


def grown(
    folder: Path, fake: FakeGemini | hostile.Hostile, monkeypatch, curator: str = "openai", rows: int = 8
) -> Ledger:
    """Run the steps on a few rows of the example, asking the fake."""
    for name, value in fake.environment().items():
        monkeypatch.setenv(name, value)
    (folder / "results" / "reorganized").mkdir(parents=True, exist_ok=True)
    (folder / "results" / "assigned").mkdir(exist_ok=True)
    lines = (REPOSITORY / "config" / "interactions.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "rows.tsv").write_text("".join(lines[: ROWS + 1]), encoding="utf-8")
    flash = {"id": "small", "rpm": None, "tpm": None, "timeout": 20, "thinking": None}
    config = load({"curator": curator, "models": {"flash": flash}, "climb": {"max_levels": 3}})
    config["reference"] = [str(REPOSITORY / "resources" / "reactome")]
    cache, ledger = AnswerCache(folder / "answers.sqlite", "wal"), Ledger()
    model = model_of(resolved(config), config["questions"], PROMPTS, config["api"], folder / "endpoints")
    engine = Engine(model, cache, ledger, slots=8, attempts=5)
    given = {"files": [str(folder / "rows.tsv")], "reading": config, "roots": str(REPOSITORY / "config" / "roots.tsv")}
    given |= {"reference": config["reference"], "spellings": config["reference"], "previous": []}
    config |= {"decisions": None}
    names = wanted(config)
    run(names, config=config, given=given, ask=Asker(engine, ledger), folder=folder / "results", changed={})
    return ledger


def tree(folder: Path) -> list[dict]:
    """The tree without what tells one call from another."""
    rows = pq.read_table(folder / "results" / "reorganized.parquet").to_pylist()
    return [{name: value for name, value in row.items() if name != "call_id"} for row in rows]


def calls(fake: FakeOpenAI) -> int:
    stats = fake.stats()
    return stats["requests"] + stats["other_requests"].get("test", 0)


@pytest.fixture(scope="module")
def over_gemini(tmp_path_factory):
    """The tree of the brain over Gemini's wire."""
    folder = tmp_path_factory.mktemp("gemini")
    with pytest.MonkeyPatch.context() as monkeypatch, FakeGemini(**NOISE) as fake:
        monkeypatch.setattr(sys, "path", [str(REPOSITORY / "scripts"), *sys.path])
        grown(folder, fake, monkeypatch, "gemini")
    return tree(folder)


@pytest.mark.parametrize("mood", MOODS)
def test_the_tree_is_the_same_over_either_wire_and_a_second_run_asks_nothing(mood, over_gemini, tmp_path, monkeypatch):
    with FakeOpenAI(**NOISE, **MOODS[mood]) as fake:
        ledger = grown(tmp_path, fake, monkeypatch)
        assert tree(tmp_path) == over_gemini
        edges = [row["method"] for row in tree(tmp_path) if row["parent_id"]]
        assert len(edges) > 8 and set(edges) == {"model"}
        assert set(ledger.models) == {f"small at {fake.address}"}
        before = calls(fake)
        grown(tmp_path, fake, monkeypatch)
        assert calls(fake) == before
        assert fake.stats()["duplicates"] == 0


def test_a_model_that_keeps_to_no_schema_ends_the_run_in_one_line_after_five_calls(tmp_path, monkeypatch):
    with FakeOpenAI(schemas="never") as fake:
        with pytest.raises(UserError, match=r"keeps to no JSON schema") as caught:
            grown(tmp_path, fake, monkeypatch)
        assert "\n" not in str(caught.value)
        assert calls(fake) <= 5


# --- servers without manners ---


def relayed(folder: Path, mood: hostile.Mood, monkeypatch) -> tuple[list[dict], int]:
    """The tree over a hostile relay, and the calls that it took; a second run must ask nothing."""
    with FakeOpenAI(**NOISE) as fake, hostile.hostile(fake.address) as server:
        server.be(mood)
        grown(folder, server, monkeypatch)
        asked = server.calls
        grown(folder, server, monkeypatch)
        assert server.calls == asked
    return tree(folder), asked


def test_the_tree_is_the_same_over_a_server_that_speaks_otherwise_at_each_call(over_gemini, tmp_path, monkeypatch):
    found, asked = relayed(tmp_path, hostile.changing(), monkeypatch)
    assert asked > 15  # some of them were cut
    assert found == over_gemini


@pytest.mark.trial
@pytest.mark.parametrize("mood", [*hostile.GOOD.values(), hostile.closing], ids=[*hostile.GOOD, "closes unsaid"])
def test_the_tree_is_the_same_whatever_the_mood(mood, over_gemini, tmp_path, monkeypatch):
    assert relayed(tmp_path, mood, monkeypatch)[0] == over_gemini


ENDING = hostile.USELESS | {  # who is told to wait waits
    name: mood for name, (mood, kind, _) in hostile.NO_ANSWER.items() if kind != "Throttled"
}


@pytest.mark.trial
@pytest.mark.parametrize("mood", ENDING)
def test_a_run_that_gets_no_answer_ends_in_one_line(mood, tmp_path, monkeypatch):
    with FakeOpenAI() as fake, hostile.hostile(fake.address) as server:
        server.be(ENDING[mood])
        with pytest.raises(UserError) as caught:
            grown(tmp_path, server, monkeypatch)
        assert "\n" not in str(caught.value) and "Secret" not in str(caught.value)
