"""decisions.tsv: what is refused and where, what a line means in a run, and that nobody is asked what a person said."""

import pytest
from builders import FunctionCurator, interaction, make_asker, said, write
from rootward.asking.decided import Decided
from rootward.curators.questions import ask_about
from rootward.errors import UserError
from rootward.knowledge.decisions import Decision, read_decisions, subject_of
from rootward.knowledge.names import pathway_id
from rootward.tree.decisions import Decisions
from rootward.tree.ids import Known
from rootward.workflow.resolving import Resolver, interactions_by_name

ROOTS = ["Autophagy", "Metabolism"]


@pytest.fixture
def read(tmp_path):
    """The decisions of lines under the whole header."""

    def run(*lines, header="decision\tsubject\tobject\treason\tby\tdate"):
        path = tmp_path / "decisions.tsv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return read_decisions(path, ROOTS)

    return run


def test_lines_are_read_with_comments_and_empty_cells(read):
    found = read("# a comment", "", "parent\tMitophagy\tSelective autophagy\tit is\tAB\t2026-11-26", "remove\t Quux ")
    assert found == [
        Decision(4, "parent", "Mitophagy", "Selective autophagy", "it is", "AB", "2026-11-26"),
        Decision(5, "remove", "Quux", ""),
    ]
    assert (found[0].why, found[1].why) == ("it is (AB, 2026-11-26)", "decided by hand")
    assert read() == []


def test_a_line_of_the_doubts_may_be_appended_as_it_is(read):
    line = "parent\tMitophagy\tAutophagy\tit is\tAB\t2026-11-26\t3.5\t70\tnamed once\tAutophagy > Mitophagy"
    whole = "decision\tsubject\tobject\treason\tby\tdate\tscore\thangs\twhy\tpath"
    assert (
        read(line)
        == read(line, header=whole)
        == [Decision(2, "parent", "Mitophagy", "Autophagy", "it is", "AB", "2026-11-26")]
    )


@pytest.mark.parametrize("more", ["", "\tscore\thangs\twhy\tpath"])
def test_a_file_may_be_appended_with_its_header(read, more):
    header = f"decision\tsubject\tobject\treason\tby\tdate{more}"
    found = read("remove\tQuux", header, "parent\tMitophagy\tAutophagy")
    assert [one.subject for one in found] == ["Quux", "Mitophagy"]
    assert [one.line for one in found] == [2, 4]


def test_a_line_has_one_id_wherever_it_stands_and_however_it_is_spelled(read):
    (one,) = read("parent\tMitophagy\tSelective autophagy")
    _, other = read("remove\tQuux", f"parent\tmitophagy\t{pathway_id('Selective autophagy')}\tfor a reason")
    assert one.call_id == other.call_id


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["paretn\tA\tB"], "2: unknown decision 'paretn'; did you mean parent?"),
        (["parent\tA"], "2: parent: no object"),
        (["parent\t\tA"], "2: parent: no subject"),
        (["remove\tA\tB"], "2: remove takes no object, and 'B' stands there"),
        (["same\tA\ta"], "2: same: subject and object are one pathway"),
        (["parent\tA\tB\tx\tAB\t26.11.2026"], "2: date '26.11.2026' is no date; write it as 2026-11-26"),
        (["parent\tA\tB\tx\tAB\t2026-11-26" + "\tmore" * 5], "2: 11 cells, but 6 columns"),
        (["name\tA\tRW:0123456789ab"], "2: name: the new name is an id"),
        (["parent\tA\tB", "parent\ta\tB"], "3: parent 'a': the same stands in line 2"),
        (["parent\tA\tB", "parent\tA\tC"], "3: parent 'A': it has another parent in line 2"),
        (["parent\tA\tB", "same\tC\tA", "parent\tC\tD"], "4: parent 'C': it has another parent in line 2"),
        (["name\tA\tB", "name\tC\tB"], "3: name 'C': another pathway gets that name in line 2"),
        (["place\tI1\tA", "place\tI1\tB"], "3: place 'I1': the interaction has another place in line 2"),
        (["place\tTP53 MDM2\tA", "not_place\tmdm2–tp53\tA"], "3: not_place 'mdm2–tp53': line 2 says place 'A'"),
        (["parent\tA\tB", "not_parent\tA\tB"], "3: not_parent 'A': line 2 says parent 'B'"),
        (
            ["same\tA\tB", "same\tB\tC", "different\tC\tA"],
            "4: different 'C': other lines say that it is the same as 'A'",
        ),
        (["same\tA\tB", "same\tB\tA"], "3: same 'B': the same stands in line 2|other lines already say"),
        (["parent\tAutophagy\tA"], "2: parent 'Autophagy': is a root, and roots have no parent"),
        (["remove\tAutophagy"], "2: remove 'Autophagy': is a root; edit the file of roots instead"),
        (["same\tAutophagy\tMetabolism"], "2: same 'Autophagy': both are roots"),
        (["same\tAutophagy\tA"], "2: same 'Autophagy': is a root; write it as the object"),
        (["name\tA\tAutophagy"], "2: name 'A': 'Autophagy' is a root's name"),
        (["remove\tA", "parent\tB\tA"], "3: parent 'B': line 2 removes 'A'"),
        (["remove\tA", "place\tI1\tA"], "3: place 'I1': line 2 removes 'A'"),
        (["parent\tA\tB", "parent\tB\tC", "parent\tC\tA"], "2: parent 'A': closes a cycle: A < B < C < A"),
        (["parent\tA\tB", "same\tC\tB", "parent\tC\tA"], "2: parent 'A': closes a cycle: A < B < A"),
    ],
)
def test_what_cannot_hold_is_refused_with_its_line(read, tmp_path, lines, told):
    with pytest.raises(UserError) as error:
        read(*lines)
    assert any(
        f"decisions.tsv:{told.split(':')[0]}:" in str(error.value) and part.strip() in str(error.value)
        for part in told.partition(":")[2].split("|")
    )
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("decision\tsubject\tobjekt", "1: unknown column 'objekt'; did you mean object?"),
        ("decision\tsubject", "1: no column 'object'"),
        ("decision,subject,object", "1: unknown column 'decision,subject,object'"),
    ],
)
def test_another_header_is_refused(read, header, told):
    with pytest.raises(UserError, match=told):
        read("parent\tA\tB", header=header)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("TP53 MDM2", ("MDM2", "TP53")),
        ("mdm2–TP53", ("MDM2", "TP53")),
        ("MDM2 - tp53", ("MDM2", "TP53")),
        ("EX-0001", ("EX-0001",)),
        ("HLA-A B2M", ("B2M", "HLA-A")),
    ],
)
def test_an_interaction_is_meant_by_its_id_or_by_its_proteins(text, meant):
    assert subject_of(text) == meant


# --- what a line means in a run ---


def find(name):
    """A reference of two pathways, one with an alias."""
    names = {"mitophagy": "Mitophagy", "mitochondrial autophagy": "Mitophagy", "pexophagy": "Pexophagy"}
    entry = type("Entry", (), {"name": names.get(name.lower())})
    return (entry, "exact" if name.lower() != "mitochondrial autophagy" else "alias") if entry.name else None


@pytest.fixture
def rows(read, tmp_path):
    """The resolved rows of lines, in the order of the file."""

    def run(*lines, known=()):
        found = read(*lines)
        resolver = Resolver("d.tsv", found, ROOTS, known, find)
        table = write(tmp_path, "interactions", [interaction("I1"), interaction("I2", "PINK1", given_a="Pink-1")])
        return [resolver.row(one, interactions_by_name(table)) for one in found]

    return run


def test_an_alias_means_the_pathway_of_the_reference(rows):
    (row,) = rows("parent\tmitochondrial autophagy\tAutophagy")
    assert row["subject"] == "Mitophagy"
    assert set(row["subject_ids"]) == {pathway_id("Mitophagy"), pathway_id("mitochondrial autophagy")}


def test_an_id_of_an_earlier_release_means_what_the_pathway_is_called_now(rows):
    known = [Known("RW:0123456789ab", "New name", former_names=("Old name",))]
    (row,) = rows("remove\tRW:0123456789ab", known=known)
    assert row["subject"] == "New name"
    assert {pathway_id("New name"), pathway_id("Old name")} < set(row["subject_ids"])


def test_names_that_other_lines_bring_in_are_known(rows):
    placed, made, renamed = rows("place\tI1\tMy group", "parent\tMy group\tAutophagy", "name\tPexophagy\tPeroxiphagy")
    assert placed["object"] == made["subject"] == "My group" and placed["interaction_ids"] == ["I1"]
    assert renamed["object"] == "Peroxiphagy"


def test_interactions_are_found_by_either_name_in_any_order_and_one_that_is_not_there_is_no_error(rows):
    by_symbol, by_given, gone = rows(
        "place\tMDM2 PINK1\tMitophagy", "not_place\tpink-1 MDM2\tPexophagy", "place\tNOBODY HOME\tMitophagy"
    )
    assert by_symbol["interaction_ids"] == by_given["interaction_ids"] == ["I2"]
    assert gone["interaction_ids"] == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("parent\tMitofagy\tAutophagy", r"d.tsv:2: parent: unknown pathway 'Mitofagy'"),
        ("parent\tMitophagy\tAutofagy", r"d.tsv:2: parent: unknown pathway 'Autofagy'; did you mean Autophagy\?"),
        ("place\tI1\tNowhere at all", r"d.tsv:2: place: unknown pathway 'Nowhere at all'; neither the reference"),
        ("remove\tRW:0123456789ab", r"d.tsv:2: remove: no pathway has the id RW:0123456789ab"),
    ],
)
def test_an_unknown_pathway_is_refused_with_its_line(rows, line, told):
    with pytest.raises(UserError, match=told):
        rows(line)


# --- above every curator ---


@pytest.fixture
def asking(rows):
    """Ask through decisions: the answers, and what the curator below was asked."""

    def run(lines, *questions, known=()):
        asked = []

        def curator(question):
            asked.append(question)
            value = {
                "parent": {"parent": "Metabolism"},
                "siblings": {"siblings": [{"name": n, "reasoning": ""} for n in ("Mitophagy", "Quux")]},
                "refine_term": {"standard_name": "Mitophagy"},
            }
            return said(**value.get(question.kind.name, {}))

        decided = Decided(make_asker(FunctionCurator(curator)), Decisions(rows(*lines, known=known)))
        return decided.ask_many(list(questions)), asked

    return run


def parent(child, *excluded):
    return ask_about("parent", {"child": child, "excluded": list(excluded)}, roots=ROOTS)


def test_what_a_person_answered_is_not_asked(asking):
    (first, second), asked = asking(["parent\tMitophagy\tAutophagy\tit is\tAB"], parent("mitophagy"), parent("Other"))
    assert (first.value, first.method) == ({"parent": "Autophagy", "reasoning": "it is (AB)"}, "curated")
    assert second.value["parent"] == "Metabolism" and [q.item["child"] for q in asked] == ["Other"]


def test_what_a_person_refused_is_excluded(asking):
    _, (asked,) = asking(["not_parent\tMitophagy\tMetabolism"], parent("Mitophagy", "Other"))
    assert asked.item["excluded"] == ["Other", "Metabolism"]


@pytest.mark.parametrize(
    ("line", "kind", "item", "shared", "answer"),
    [
        (
            "parent\tMitophagy\tAutophagy",
            "check_edge",
            {"edge_id": "E", "child": "Mitophagy", "parent": "Autophagy"},
            {},
            {"is_a": True},
        ),
        (
            "not_parent\tMitophagy\tAutophagy",
            "check_edge",
            {"edge_id": "E", "child": "Mitophagy", "parent": "Autophagy"},
            {},
            {"is_a": False},
        ),
        (
            "parent\tMitophagy\tAutophagy",
            "choose_root",
            {"pathway": "Mitophagy"},
            {"roots": ROOTS},
            {"root": "Autophagy"},
        ),
        (
            "parent\tMitophagy\tAutophagy",
            "intermediate",
            {"child": "Mitophagy", "root": "Autophagy", "siblings": []},
            {},
            {"insert": False, "name": None},
        ),
        (
            "parent\tMitophagy\tAutophagy",
            "best_parent",
            {"child": "Mitophagy", "candidates": ["Autophagy", "Metabolism"]},
            {},
            {"parent": "Autophagy"},
        ),
        (
            "not_parent\tMitophagy\tMetabolism",
            "best_parent",
            {"child": "Mitophagy", "candidates": ["Autophagy", "Metabolism"]},
            {},
            {"parent": "Autophagy"},
        ),
        (
            "same\tMitophagy\tPexophagy",
            "merge",
            {"pair_id": "P", "a": "Pexophagy", "b": "Mitophagy"},
            {},
            {"same": True, "canonical": "Pexophagy"},
        ),
        (
            "different\tMitophagy\tPexophagy",
            "merge",
            {"pair_id": "P", "a": "Pexophagy", "b": "Mitophagy"},
            {},
            {"same": False, "canonical": None},
        ),
        (
            "same\tMitophagy\tPexophagy",
            "refine_term",
            {"name": "Mitophagy", "candidates": [], "n_interactions": 1, "examples": []},
            {},
            {"standard_name": "Pexophagy"},
        ),
    ],
)
def test_every_question_that_a_line_settles_is_answered_by_it(asking, line, kind, item, shared, answer):
    (said,), asked = asking([line], ask_about(kind, item, **shared))
    assert said.method == "curated" and said.call_id.startswith("decision:") and not asked
    assert {name: said.value[name] for name in answer} == answer


def test_a_place_is_answered_and_a_forbidden_child_is_not_offered(asking):
    item = {
        "interaction_id": "I1",
        "protein_a": "TP53",
        "protein_b": "MDM2",
        "effect": "",
        "mechanism": "",
        "statement": "",
    }
    (first,), asked = asking(["place\tTP53 MDM2\tPexophagy"], ask_about("assign_term", item, roots=ROOTS))
    assert first.value["pathway"] == "Pexophagy" and first.value["confidence"] == 1.0 and not asked
    where = {"path": ["Autophagy"], "children": ["Mitophagy", "Pexophagy"]}
    _, (asked,) = asking(["not_place\tI1\tPexophagy"], ask_about("place", item | where))
    assert asked.item["children"] == ["Mitophagy"]
    _, (asked,) = asking(["remove\tMitophagy"], ask_about("place", item | where))
    assert asked.item["children"] == ["Pexophagy"]


def test_answers_lose_what_contradicts_a_person(asking):
    question = ask_about("siblings", {"parent": "Metabolism", "children": []}, limit=2)
    (answer,), _ = asking(["parent\tMitophagy\tAutophagy"], question)
    assert [one["name"] for one in answer.value["siblings"]] == ["Quux"]
    term = {"name": "Pexophagy", "candidates": [], "n_interactions": 1, "examples": []}
    (answer,), _ = asking(["different\tMitophagy\tPexophagy"], ask_about("refine_term", term))
    assert (answer.value["standard_name"], answer.method) == ("Pexophagy", "curated")
