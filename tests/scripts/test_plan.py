from datetime import date

import pytest
from builders import (
    FALLBACK,
    REFERENCE,
    REPOSITORY,
    UNKNOWN,
    FunctionCurator,
    load_script,
    make_asker,
    roots_file,
    said,
)
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.ledger import Ledger
from rootward.asking.planning import lines
from rootward.curators.endpoints import resolved
from rootward.curators.providers import model_of
from rootward.curators.questions import KINDS, ask_about
from rootward.workflow.config_check import load

plan = load_script("plan")
replay = plan.replay

ROWS = "interaction_id\tprotein_a\tprotein_b\ttype_a\nI1\tTP53\tMDM2\t\nI2\tEGFR\tGRB2\t\nI3\tnutlin\tMDM2\tchemical\n"


@pytest.fixture
def assigned(tmp_path):
    """The interactions that a plan asks assign_term for; the evidence of I2 does not support it."""

    def reply(question):
        if question.kind.name != "validate_evidence":
            return UNKNOWN
        return said(verdict="unsupported" if question.item_id == "I2" else "supported", effect=None)

    def run(**given) -> list[str]:
        (tmp_path / "x.tsv").write_text(ROWS, encoding="utf-8")
        curator, roots = FunctionCurator(reply), roots_file(tmp_path, "Autophagy")
        config = load({"fallback_root": FALLBACK, "reference": [str(REFERENCE)], "decisions": None} | given)
        replay(
            config=config,
            files=[str(tmp_path / "x.tsv")],
            roots=roots,
            previous=[],
            ask=make_asker(curator),
            folder=tmp_path,
        )
        return sorted(item["interaction_id"] for item in curator.items("assign_term"))

    return run


def test_a_plan_leaves_out_what_the_run_would(assigned):
    validate = {"enabled": True, "drop_unsupported": False}
    assert assigned() == ["I1", "I2"]
    assert assigned(questions={"validate_evidence": validate}) == ["I1", "I2"]
    assert assigned(questions={"validate_evidence": validate | {"drop_unsupported": True}}) == ["I1"]


def test_a_plan_reads_as_the_run_does(assigned):
    assert assigned(entities={"chemicals": "keep"}) == ["I1", "I2", "I3"]


def test_a_plan_counts_what_a_stronger_model_is_asked_and_says_what_has_no_price(tmp_path, monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    models = {
        "flash": {"id": "small", "base_url": "http://one:1/v1"},
        "pro": {"id": "large", "price": {"input": 9, "output": 9}},
    }
    asks = {"assign_term": {"escalate": "pro", "escalate_below": 0.5}}
    config = load({"curator": "openai", "models": models, "questions": asks})
    prompts = {kind: REPOSITORY / "config" / "prompts" / f"{kind}.md" for kind in KINDS}

    def engines(questions):
        cache = AnswerCache(tmp_path / "a.sqlite", "wal")
        model = model_of(resolved(config), questions, prompts, config["api"], tmp_path / "endpoints")
        sure = FunctionCurator(lambda q: said(pathway="Mitophagy", confidence=0.4 if q.item_id == "R0" else 0.9))
        return Engine(model, cache, Ledger(), 1, 1), sure, model, cache

    row = {"protein_b": "MDM2", "effect": "unknown", "mechanism": None, "statement": None}
    rows = [row | {"interaction_id": f"R{n}", "protein_a": f"P{n}"} for n in range(3)]
    told = plan.Plan()
    asker = plan.planning_asker(told, config["questions"], engines)
    asker.ask_many([ask_about("assign_term", row, roots=["Autophagy"]) for row in rows])
    assert [(step.kind, step.questions) for step in told.steps] == [("assign_term", 3), ("assign_term > pro", 1)]
    assert [step.dollars > 0 for step in told.steps] == [False, True]
    assert any(line.startswith("> asked of a stronger model") for line in lines(told.steps))
    assert told.remarks(date(2026, 1, 1)) == [
        "small at http://one:1/v1 has no price: its tokens count as free (models.flash.price)"
    ]
