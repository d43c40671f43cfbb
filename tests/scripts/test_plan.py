import pytest
from builders import FALLBACK, REFERENCE, UNKNOWN, FunctionCurator, load_script, make_asker, roots_file, said
from rootward.workflow.config_check import load

replay = load_script("plan").replay

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
