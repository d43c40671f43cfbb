"""Why a job runs, in words."""

import pytest
from rootward.workflow.config_check import load
from rootward.workflow.why import Cause, natural, setting, words

CONFIG = load({})
CLIMB = [f"climb L{n}" for n in range(1, 11)]


@pytest.mark.parametrize(
    ("rule", "cause", "said"),
    [
        ("climb", Cause(params={"votes": 3}, before=["1"], lost_params=True), "setting climb.votes changed"),
        ("climb", Cause(params={"code": "b" * 12}, before=["'aa'"], lost_params=True), "code of climb changed"),
        ("climb", Cause(lost_params=True), "a setting was removed"),
        ("merge_duplicates", Cause(params={"threshold": 0.5}), "setting merge.threshold changed"),
        ("climb", Cause(params={"fallback_root": "Other"}), "setting fallback_root changed"),
        ("build_explorer", Cause(params={"page": "ff"}), "code of the explorer page changed"),
        ("assign_terms", Cause(params={"digest": "ff"}), "its rows or their settings changed"),
        (
            "read_interactions",
            Cause(
                params={"reading": {"species": [1], "genetic": "drop"}}, before=["{'species': [2], 'genetic': 'drop'}"]
            ),
            "setting species changed",
        ),
        ("climb", Cause(params={"asked_of": {"parent": ["flash"]}}, before=["'reactome'"]), "setting curator changed"),
        ("climb", Cause(params={"asked_of": "reactome"}, before=["{'parent': ['flash']}"]), "setting curator changed"),
        (
            "climb",
            Cause(params={"asked_of": {"parent": ["pro"], "b": 1}}, before=["{'parent': ['flash'], 'b': 1}"]),
            "model of parent changed",
        ),
        (
            "climb",
            Cause(params={"asked_of": {"parent": ["pro", "2 forgotten"]}}, before=["{'parent': ['pro']}"]),
            "answers to parent forgotten",
        ),
        ("read_interactions", Cause(updated=["config/a.tsv"]), "input config/a.tsv changed"),
        ("climb", Cause(missing=["a", "b"], n_outputs=2, new_from=["collect_leaves"]), "not made yet"),
        ("climb", Cause(missing=["a"], n_outputs=2), "a missing"),
        ("climb", Cause(incomplete=["a"]), "a left incomplete"),
        ("climb", Cause(new_from=["collect_leaves", *CLIMB[:1]]), "new input from climb L1, collect_leaves"),
        ("join_levels", Cause(new_from=CLIMB), "new input from climb L1 to L10"),
        ("x", Cause(new_from=["a 1", "a 3", "b", "c", "d"]), "new input from a 1, a 3, b and 2 more"),
        ("climb", Cause(is_forced=True), "forced"),
        ("explain", Cause(is_command=True), "a command, run whenever it is asked for"),
        ("climb", Cause(other_inputs=True), "different inputs"),
        ("climb", Cause(other_environment=True), "software environment changed"),
        ("climb", Cause(other_code=True, params={"code": "x"}), "code of climb changed"),
        ("climb", Cause(), "asked for"),
    ],
)
def test_a_cause_is_said_in_words(rule, cause, said):
    assert words(cause, rule, CONFIG) == said


@pytest.mark.parametrize(
    ("name", "rule", "key"),
    [
        ("candidates", "climb", "climb.candidates"),
        ("max_depth", "deepen_branches", "deepen.max_depth"),
        ("drop_unsupported", "assign_terms", "questions.validate_evidence.drop_unsupported"),
        ("shards", "assign_terms", "shards"),
        ("no_such_key", "climb", "no_such_key"),
    ],
)
def test_a_parameter_leads_to_its_setting(name, rule, key):
    assert setting(name, rule, CONFIG) == key


def test_levels_are_in_the_order_of_their_numbers():
    assert sorted(["climb L10", "climb L2", "assign_terms 3"], key=natural) == [
        "assign_terms 3",
        "climb L2",
        "climb L10",
    ]
