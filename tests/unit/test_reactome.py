"""The offline curator, asked about real proteins and pathways of resources/reactome."""

import pytest
from builders import FALLBACK, ROOTS, TEN_ROOTS
from rootward.curators.base import Answer, Failure
from rootward.curators.offline import ReactomeCurator
from rootward.curators.questions import KINDS, ask_about
from rootward.knowledge.reference import Reference
from rootward.knowledge.roots import read_roots


class Asked:
    """The curator with a set of roots; `asked(kind, item, …)` gives its one answer, checked to be a valid one."""

    def __init__(self, reference: Reference, roots_path):
        roots = read_roots(roots_path, FALLBACK)
        self.roots = [root.name for root in roots]
        self.curator = ReactomeCurator(reference, roots, tuple, 0.5)

    def __call__(self, kind: str, item: dict, **shared) -> Answer | Failure:
        if "roots" in KINDS[kind].shared:
            shared["roots"] = self.roots
        question = ask_about(kind, item, **shared)
        (answer,) = self.curator.answer([question])
        if isinstance(answer, Answer):
            assert KINDS[kind].reply.model_validate(answer.value).model_dump() == answer.value
            assert KINDS[kind].problem(question, answer.value) is None
            assert answer.method.startswith("reference:")
            assert answer.call_id.startswith("reactome")
        return answer


@pytest.fixture(scope="module")
def ask(reference):
    return Asked(reference, ROOTS)


@pytest.fixture(scope="module")
def ask_ten(reference):
    return Asked(reference, TEN_ROOTS)


def between(a: str, b: str, statement: str = "", **more) -> dict:
    plain = {"interaction_id": "I1", "protein_a": a, "protein_b": b, "effect": "unknown", "mechanism": ""}
    return plain | {"statement": statement} | more


def is_unknown(answer) -> bool:
    return isinstance(answer, Failure) and answer.kind == "unknown" and not answer.is_error


# --- proteins ---


@pytest.mark.parametrize(("accession", "symbol"), [("P62805", "H4C1"), ("P68431", "H3C1"), ("P69905", "HBA1")])
def test_an_accession_of_several_genes_has_the_pathways_of_each_of_them(reference, accession, symbol):
    assert reference.members.pathways_of(accession) == reference.members.pathways_of(symbol) != frozenset()
    assert accession not in reference.members.symbols


def test_a_pathway_of_the_disease_branch_is_never_answered(reference):
    assert reference.find("Disease") is None
    assert reference.find("Signaling by EGFR in Cancer") is None


# --- names ---


@pytest.mark.parametrize(
    ("name", "standard", "rung"),
    [
        ("Mitophagy", "Mitophagy", "exact"),
        ("signaling by egfr", "Signaling by EGFR", "exact"),
        ("IL-17 signaling pathway", "Interleukin-17 signaling", "alias"),
        ("Oxidative phosphorylation", "Formation of ATP by chemiosmotic coupling", "alias"),
        ("EGFR signalling pathway", "Signaling by EGFR", "gist"),
        ("Quux resonance signaling", "Resonance quux", "words"),
        ("The resonances quux signaling pathways", "Resonance quux", "words"),
        ("Quux to resonance signaling", "Quux to resonance signaling", "as_given"),  # a direction
        ("Quux inhibition", "Quux inhibition", "as_given"),
    ],
)
def test_a_proposed_name_gets_its_standard_name(ask, name, standard, rung):
    item = {"name": name, "candidates": ["Quux activation", "Resonance quux"], "n_interactions": 1, "examples": []}
    answer = ask("refine_term", item)
    assert (answer.value["standard_name"], answer.method) == (standard, f"reference:{rung}")


@pytest.mark.parametrize(
    ("a", "b", "canonical"),
    [
        ("Signaling by EGFR", "EGFR signalling pathway", "Signaling by EGFR"),
        ("IL-6 signaling pathway", "Interleukin-6 signaling", "Interleukin-6 signaling"),  # a curated alias
        ("Quux signaling", "Quux pathway", "Quux pathway"),
        ("Interleukin-1 signaling", "Interleukin-12 signaling", None),
        ("Interleukin-1 signaling", "Interleukin-2 signaling", None),
        ("Quux 1 signaling", "Quux 2 signaling", None),
        ("Quux activation", "Quux inhibition", None),
        ("Quux alpha signaling", "Quux beta signaling", None),
        ("Positive regulation of quux", "Negative regulation of quux", None),
        ("Mitophagy", "Macroautophagy", None),
        ("Mitophagy", "Quux", None),
        ("Signaling pathway", "The pathway", None),  # nothing is left to compare
    ],
)
def test_only_names_that_mean_one_pathway_are_the_same(ask, a, b, canonical):
    for pair in ((a, b), (b, a)):
        answer = ask("merge", {"pair_id": "P1", "a": pair[0], "b": pair[1]})
        assert (answer.value["same"], answer.value["canonical"]) == (canonical is not None, canonical)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ER to Golgi transport", "Golgi to ER transport"),
        ("Phosphorylation of AKT by MTOR", "Phosphorylation of MTOR by AKT"),
        ("PKCθ signaling", "PKCζ signaling"),
        ("代谢 1", "信号 1"),
    ],
)
def test_names_that_say_different_things_with_the_same_words_are_not_the_same(ask, a, b):
    assert not ask("merge", {"pair_id": "P1", "a": a, "b": b}).value["same"]


def test_no_alias_makes_a_part_the_whole(reference):
    tops = {pathway.name: pathway.aliases for pathway in reference.pathways.values() if not pathway.parents}
    assert "Tyrosine Metabolism" not in tops["Metabolism"]


def test_what_several_pathways_are_called_finds_none_of_them(reference):
    ambiguous = sorted(key for key, found in reference._by_gist.items() if found is None)
    assert ambiguous
    assert [name for name in ambiguous if reference.find(f"the {name} pathway")] == []


# --- the tree ---


@pytest.mark.parametrize(
    ("child", "excluded", "parent", "rung"),
    [
        ("Signaling by EGFR", [], "Signaling by Receptor Tyrosine Kinases", "relation"),
        ("Mitophagy", [], "Selective autophagy", "relation"),
        ("CaM pathway", [], "Ca-dependent events", "relation"),
        ("CaM pathway", ["ca dependent events"], "DAG and IP3 signaling", "relation"),
        ("Signaling by EGFR in astrocytes", [], "Signaling by EGFR", "words"),
    ],
)
def test_the_parent_is_reactomes_and_no_excluded_one(ask, child, excluded, parent, rung):
    answer = ask("parent", {"child": child, "excluded": excluded})
    assert (answer.value["parent"], answer.method) == (parent, f"reference:{rung}")


@pytest.mark.parametrize(
    ("child", "excluded"),
    [
        ("Mitophagy", ["Selective autophagy"]),
        ("Autophagy", []),
        ("Quux", []),
        ("Signaling by EGFR in astrocytes", ["Signaling by EGFR"]),
    ],
)
def test_without_another_parent_the_parent_is_unknown(ask, child, excluded):
    assert is_unknown(ask("parent", {"child": child, "excluded": excluded}))


def test_a_top_level_pathway_stands_under_the_root_that_includes_it(ask_ten):
    answer = ask_ten("parent", {"child": "Autophagy", "excluded": []})
    assert (answer.value["parent"], answer.method) == ("Protein Homeostasis and Autophagy", "reference:root")
    assert is_unknown(ask_ten("parent", {"child": "Autophagy", "excluded": ["Protein Homeostasis and Autophagy"]}))


def test_every_top_level_pathway_is_a_root_or_included_in_one(ask, ask_ten, reference):
    tops = [pathway.name for pathway in reference.pathways.values() if not pathway.parents]
    assert sorted(tops) == sorted(ask.roots)
    answers = [ask_ten("parent", {"child": name, "excluded": []}) for name in tops]
    assert {answer.value["parent"] for answer in answers} == set(ask_ten.roots)


@pytest.mark.parametrize(
    ("pathway", "root", "of_ten"),
    [
        ("Mitophagy", "Autophagy", "Protein Homeostasis and Autophagy"),
        ("EGFR signaling", "Signal Transduction", "Cellular Signaling"),
        ("Glycolysis", "Metabolism", "Metabolic Processes"),
        ("Glycolysis in astrocytes", "Metabolism", "Metabolic Processes"),
    ],
)
def test_the_root_is_the_one_above_in_reactome(ask, ask_ten, pathway, root, of_ten):
    assert ask("choose_root", {"pathway": pathway}).value["root"] == root
    assert ask_ten("choose_root", {"pathway": pathway}).value["root"] == of_ten


def test_the_root_of_an_unknown_pathway_is_unknown(ask, ask_ten):
    assert is_unknown(ask("choose_root", {"pathway": "Quux"}))
    assert is_unknown(ask_ten("choose_root", {"pathway": "Quux"}))


def test_siblings_are_the_missing_children_the_largest_first(ask, reference):
    (all_children,) = [ask("siblings", {"parent": "Autophagy", "children": []}, limit=9).value["siblings"]]
    names = [child["name"] for child in all_children]
    sizes = [reference.sizes[reference.find(name)[0].id] for name in names]
    assert names == ["Macroautophagy", "Late endosomal microautophagy", "Chaperone Mediated Autophagy"]
    assert sizes == sorted(sizes, reverse=True)


def test_siblings_leave_out_what_is_there_and_stop_at_the_limit(ask):
    def siblings(children, limit):
        answer = ask("siblings", {"parent": "Autophagy", "children": children}, limit=limit)
        return [child["name"] for child in answer.value["siblings"]]

    assert siblings(["macro autophagy", "Macroautophagy"], 1) == ["Late endosomal microautophagy"]
    assert siblings([], 0) == []


def test_siblings_of_a_broad_root_are_what_it_includes_and_of_a_stranger_none(ask_ten):
    broad = ask_ten("siblings", {"parent": "Protein Homeostasis and Autophagy", "children": ["autophagy"]}, limit=5)
    assert [child["name"] for child in broad.value["siblings"]] == ["Metabolism of proteins"]
    assert ask_ten("siblings", {"parent": "Quux", "children": []}, limit=5).value["siblings"] == []


@pytest.mark.parametrize(
    ("candidates", "parent"),
    [
        (["Autophagy", "Macroautophagy", "Metabolism"], "Macroautophagy"),
        (["Metabolism", "autophagy"], "autophagy"),
        (["Mitophagy", "Macroautophagy"], "Macroautophagy"),  # never itself
    ],
)
def test_the_best_parent_is_the_nearest_above(ask, candidates, parent):
    assert ask("best_parent", {"child": "Mitophagy", "candidates": candidates}).value["parent"] == parent


def test_without_a_candidate_above_the_best_parent_is_unknown(ask):
    assert is_unknown(ask("best_parent", {"child": "Mitophagy", "candidates": ["Metabolism", "Quux"]}))
    assert is_unknown(ask("best_parent", {"child": "Quux", "candidates": ["Metabolism", "Autophagy"]}))


@pytest.mark.parametrize(
    ("child", "root", "name"),
    [
        ("Mitophagy", "Autophagy", "Selective autophagy"),
        ("Signaling by EGFR", "Signal Transduction", "Signaling by Receptor Tyrosine Kinases"),
        ("Macroautophagy", "Autophagy", None),
        ("Mitophagy", "Metabolism", None),  # nothing leads there
        ("Quux", "Autophagy", None),
        ("Signaling by EGFR in astrocytes", "Signal Transduction", "Signaling by EGFR"),
    ],
)
def test_the_level_between_is_reactomes_or_none(ask, child, root, name):
    answer = ask("intermediate", {"child": child, "root": root, "siblings": []})
    assert (answer.value["insert"], answer.value["name"]) == (name is not None, name)


@pytest.mark.parametrize(
    ("a", "b", "statement", "pathway", "rung"),
    [
        ("PINK1", "PRKN", "", "Mitophagy", "child"),  # both take part
        ("PINK1", "HK1", "seen in mitophagy of animals", "Mitophagy", "child"),  # one does, and the statement says so
        ("PINK1", "HK1", "", "Macroautophagy", "stays"),
        ("TP53", "HK1", "", "Macroautophagy", "stays"),
    ],
)
def test_an_interaction_moves_down_only_where_it_fits(ask, a, b, statement, pathway, rung):
    where = {"path": ["Autophagy", "Macroautophagy"], "children": ["Lipophagy", "Mitophagy", "Quux"]}
    answer = ask("place", between(a, b, statement, **where))
    assert (answer.value["pathway"], answer.method) == (pathway, f"reference:{rung}")


def test_an_interaction_on_a_pathway_the_reference_does_not_know_stays(ask):
    answer = ask("place", between("TP53", "MDM2", path=["Metabolism", "Quux"], children=[]))
    assert (answer.value["pathway"], answer.call_id) == ("Quux", "reactome")


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (["MDM2 binds TP53."], "supported"),
        (["mdm2 is near.", "So is tp53."], "supported"),
        (["MDM2 binds."], "unsupported"),
        (["MDM21 binds TP53."], "unsupported"),
    ],
)
def test_evidence_supports_what_it_names(ask, texts, verdict):
    evidence = [{"text": text, "pmid": ""} for text in texts]
    assert ask("validate_evidence", between("TP53", "MDM2", evidence=evidence)).value["verdict"] == verdict


@pytest.mark.parametrize("evidence", [[], [{"text": "", "pmid": "1"}]])
def test_without_a_text_the_verdict_is_unknown(ask, evidence):
    assert is_unknown(ask("validate_evidence", between("TP53", "MDM2", evidence=evidence)))


# --- the curator as a whole ---


def test_answers_come_in_the_order_asked_and_the_same_every_time(ask):
    questions = [
        ask_about("choose_root", {"pathway": name}, roots=ask.roots)
        for name in ("Glycolysis", "Quux", "Mitophagy", "Glycolysis")
    ]
    answers = ask.curator.answer(questions)
    assert [getattr(answer, "value", {}).get("root") for answer in answers] == [
        "Metabolism",
        None,
        "Autophagy",
        "Metabolism",
    ]
    assert ask.curator.answer(questions[::-1])[::-1] == answers


def test_a_folder_without_the_tables_is_told_in_one_line(tmp_path):
    from rootward.errors import UserError

    with pytest.raises(UserError, match=f"^reference: {tmp_path}: cannot be read"):
        Reference(tmp_path)
