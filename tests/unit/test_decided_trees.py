"""Any decisions that can stand in one file hold in the tree, which stays one; on hostile answers."""

from builders import FALLBACK, write
from growing import Answers, grown_tree
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import LEAVES, NASTY, ROOTS
from rootward.errors import UserError
from rootward.knowledge.decisions import (
    DIFFERENT,
    NAME,
    NOT_PARENT,
    NOT_PLACE,
    PARENT,
    PLACE,
    REMOVE,
    SAME,
    read_decisions,
)
from rootward.knowledge.names import pathway_id

NAMES = st.sampled_from([*LEAVES[:10], *ROOTS[:2], "Made by hand"])
LINES = st.one_of(
    st.tuples(st.sampled_from([PARENT, NOT_PARENT, NAME, SAME, DIFFERENT]), NAMES, NAMES),
    st.tuples(st.just(REMOVE), NAMES, st.just("")),
    st.tuples(st.sampled_from([PLACE, NOT_PLACE]), st.sampled_from(LEAVES[:6]), NAMES),
)


def agreeing(folder, drawn):
    """Those of the drawn lines that can stand in one file, each added to those before it where it contradicts none."""
    lines, kept = ["decision\tsubject\tobject\treason\tby"], []
    for verb, subject, object_ in drawn:
        named = f"I{pathway_id(subject)}" if verb in (PLACE, NOT_PLACE) else subject
        (folder / "decisions.tsv").write_text("\n".join([*lines, f"{verb}\t{named}\t{object_}\tso it is\tAB"]) + "\n")
        try:
            kept = read_decisions(folder / "decisions.tsv", [*ROOTS, FALLBACK])
        except UserError:
            continue
        lines.append(f"{verb}\t{named}\t{object_}\tso it is\tAB")
    return kept


def resolved(one):
    placing = one.verb in (PLACE, NOT_PLACE)
    ids = {
        "subject_ids": [] if placing else [pathway_id(one.subject)],
        "interaction_ids": [one.subject] if placing else [],
    }
    ids["object_ids"] = [pathway_id(one.object)] if one.object else []
    said = {"line": one.line, "decision": one.verb, "subject": one.subject, "object": one.object}
    return said | ids | {"reason": one.why, "call_id": one.call_id}


@settings(max_examples=40, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=6), st.sets(st.sampled_from(LEAVES[:10]), min_size=2, max_size=6))
def test_any_decisions_that_can_stand_together_hold_in_a_verified_tree(tmp_path_factory, drawn, leaves):
    folder = tmp_path_factory.mktemp("decided")
    lines = [resolved(one) for one in agreeing(folder, drawn)]
    (folder / "t").mkdir()
    write(folder / "t", "decisions", lines)
    place = lambda item, _: {"pathway": (item["children"] or item["path"])[0]}  # noqa: E731
    rows, placed = grown_tree(folder / "t", Answers(NASTY.items(), place=place), leaves)
    tree = {row["pathway_id"]: row for row in rows}
    at = {row["interaction_id"]: row["pathway_id"] for row in placed}
    for line in lines:
        for here in tree.keys() & set(line["subject_ids"]):
            there = set(line["object_ids"])
            match line["decision"]:
                case "parent":
                    assert tree[here]["parent_id"] in there
                    assert (tree[here]["method"], tree[here]["call_id"]) == ("curated", line["call_id"])
                case "not_parent":
                    assert tree[here]["parent_id"] not in there
                case "same":
                    assert not there & tree.keys()
                case "different":
                    assert line["object"] not in tree[here]["aliases"]
                case "remove":
                    raise AssertionError(f"{line['subject']} is still there")
        for id_ in at.keys() & set(line["interaction_ids"]):
            if line["decision"] == PLACE:
                assert at[id_] in line["object_ids"] or not tree.keys() & set(line["object_ids"])
            elif at[id_] in line["object_ids"]:
                assert tree[at[id_]]["parent_id"] is None  # there is nothing above a root
