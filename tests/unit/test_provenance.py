"""Two models at two endpoints, one asked where the other is unsure: key, call and ledger say who answered, where."""

import json
from contextlib import ExitStack

import pytest
from builders import REPOSITORY
from fake_openai import FakeOpenAI
from rootward.asking.ask import Asker
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.escalation import Escalation, escalated
from rootward.asking.ledger import Ledger
from rootward.curators.endpoints import resolved
from rootward.curators.providers import model_of
from rootward.curators.questions import KINDS, ask_about
from rootward.knowledge.names import pathway_id
from rootward.publish.explaining import Calls
from rootward.workflow.config_check import load

PROMPTS = {kind: REPOSITORY / "config" / "prompts" / f"{kind}.md" for kind in KINDS}
EXAMPLE = (REPOSITORY / "config" / "interactions.tsv").read_text(encoding="utf-8").splitlines()[1:31]
NAMES = ("interaction_id", "protein_a", "protein_b")
ROWS = {line.split("\t")[0]: dict(zip(NAMES, line.split("\t"), strict=False)) for line in EXAMPLE}
REST = {"effect": "unknown", "mechanism": None, "statement": None}
TERMS = [ask_about("assign_term", row | REST, roots=["Autophagy"]) for row in ROWS.values()]
PRICE = {"input": 1.0, "output": 2.0}


@pytest.fixture(scope="module")
def servers():
    """The weak server, whose answers are noisy, and the strong one; both call their model by the same id."""
    with ExitStack() as stack:
        yield [stack.enter_context(FakeOpenAI(wants_key=False, variants=variants)) for variants in (0.6, 0.0)]


class Run:
    """Asks TERMS of the first server, and of the second where that was unsure, as a job does."""

    def __init__(self, servers, folder):
        weak, strong = (server.address for server in servers)
        roles = {"flash": (weak, 0), "pro": (strong, PRICE)}
        models = {
            role: {"provider": "openai", "base_url": address, "id": "small"} | ({"price": price} if price else {})
            for role, (address, price) in roles.items()
        }
        questions = {"assign_term": {"model": "flash", "escalate": "pro", "escalate_below": 0.7}}
        config = load({"curator": "openai", "models": models, "questions": questions})
        self.cache, self.ledger = AnswerCache(folder / "answers.sqlite", "wal"), Ledger()
        first, second = config["questions"], config["questions"] | escalated(config["questions"])
        self.weak, self.strong = (self._engine(config, asked, folder) for asked in (first, second))
        escalation = Escalation(self.strong, self.ledger, below={"assign_term": 0.7})
        self.answers = Asker(self.weak, self.ledger, escalation=escalation).ask_many(TERMS)

    def _engine(self, config, questions, folder) -> Engine:
        model = model_of(resolved(config), questions, PROMPTS, config["api"], folder / "endpoints")
        return Engine(model, self.cache, self.ledger, slots=4, attempts=3)

    def kept(self, engine: Engine) -> dict[str, dict]:
        """What the cache holds of an engine's model: item -> answer."""
        found = self.cache.get_many(engine.key(question) for question in TERMS)
        return {q.item_id: found[engine.key(q)] for q in TERMS if engine.key(q) in found}


def test_who_answered_is_in_the_key_the_call_and_the_ledger_and_what_the_stronger_changed_is_counted(
    servers, tmp_path, monkeypatch
):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    run = Run(servers, tmp_path)
    names = [f"small at {server.address}" for server in servers]
    assert not {run.weak.key(q) for q in TERMS} & {run.strong.key(q) for q in TERMS}

    first, second = run.kept(run.weak), run.kept(run.strong)
    unsure = {item for item, value in first.items() if value["confidence"] < 0.7}
    assert set(second) == unsure and 0 < len(unsure) < len(TERMS)
    changed = sum(pathway_id(second[item]["pathway"]) != pathway_id(first[item]["pathway"]) for item in unsure)
    assert 0 < changed < len(unsure)
    paid = run.ledger.content()["models"]
    assert sorted(paid) == sorted(names) and paid[names[0]]["dollars"] == 0 < paid[names[1]]["dollars"]
    noted = run.ledger.content()["escalated"]["assign_term"]
    assert noted == {
        "asked": len(unsure),
        "changed": changed,
        "kept": len(unsure) - changed,
        "dollars": pytest.approx(paid[names[1]]["dollars"]),
    }
    calls = Calls(str(tmp_path / "answers.sqlite"), "wal")
    for question, answer in zip(TERMS, run.answers, strict=True):
        by = names[question.item_id in unsure]
        assert run.cache.call_of(answer.call_id)["model"] == by
        assert by in calls.who(answer.method, answer.call_id)
    assert set(run.cache.models_of(answer.call_id for answer in run.answers).values()) == set(names)


def test_a_second_run_pays_nothing_and_says_the_same_of_what_was_changed(servers, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    once, again = (Run(servers, tmp_path).ledger.content() for _ in range(2))
    assert again["models"] == {} and json.dumps(again).count('"hits"') == 1
    assert again["escalated"] == {"assign_term": once["escalated"]["assign_term"] | {"dollars": 0}}
