from builders import FunctionCurator, interaction, load_script, make_asker, said, write
from rootward import tables
from rootward.curators.base import Failure

validate_evidence = load_script("validate_evidence").validate_evidence


def pieces(*texts):
    return [{"text": text, "pmid": ""} for text in texts]


def test_every_interaction_gets_a_verdict_also_when_nobody_could_say(tmp_path, ask):
    rows = [
        interaction("I1", evidence=pieces("MDM2 binds TP53.")),
        interaction("I2", evidence=pieces("MDM2 is seen.")),
        interaction("I3"),
    ]
    validate_evidence(
        interactions=write(tmp_path, "interactions", rows), evidence=str(tmp_path / "evidence.parquet"), ask=ask
    )
    verdicts = tables.rows("evidence", tmp_path / "evidence.parquet")
    assert [(v["interaction_id"], v["verdict"], v["method"]) for v in verdicts] == [
        ("I1", "supported", "reference:names_in_text"),
        ("I2", "unsupported", "reference:names_in_text"),
        ("I3", "unchecked", "fallback"),
    ]
    assert [(v["effect"], v["call_id"]) for v in verdicts] == [(None, "reactome"), (None, "reactome"), (None, None)]
    assert verdicts[2]["reasoning"]


def test_a_corrected_effect_and_the_reason_of_a_failure_are_kept(tmp_path):
    def reply(question):
        if question.item_id == "I1":
            return said(verdict="corrected", effect="down-regulates", call_id="c1")
        return Failure("invalid", "no JSON")

    rows = [interaction("I1", evidence=pieces("x")), interaction("I2", evidence=pieces("y"))]
    path = write(tmp_path, "interactions", rows)
    validate_evidence(
        interactions=path, evidence=str(tmp_path / "evidence.parquet"), ask=make_asker(FunctionCurator(reply))
    )
    one, two = tables.rows("evidence", tmp_path / "evidence.parquet")
    assert (one["verdict"], one["effect"], one["call_id"]) == ("corrected", "down-regulates", "c1")
    assert (two["verdict"], two["reasoning"], two["method"]) == ("unchecked", "no JSON", "fallback")
