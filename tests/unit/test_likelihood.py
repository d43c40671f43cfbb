"""What speaks for a pathway: the evidence, the decision and the reasons, on the shipped references."""

import numpy as np
import pytest
from rootward.knowledge.lattice import Context
from rootward.knowledge.lexicon import Lexicon
from rootward.knowledge.likelihood import Likelihood, Stated
from rootward.knowledge.reasons import why, why_not

PAIRS = [("SQSTM1", "MAP1LC3B"), ("WDR81", "SQSTM1"), ("WDR81", "MAP1LC3B"), ("TAX1BP1", "SQSTM1"), ("HK1", "PFKL")]


@pytest.fixture(scope="module")
def lexicon(references):
    return Lexicon(references)


@pytest.fixture(scope="module")
def likelihood(lexicon):
    return Likelihood(lexicon, PAIRS, 0.5)


@pytest.fixture(scope="module")
def judge(likelihood):
    """(pathway or None, confidence, the reason) for an interaction."""

    def run(a, b, statement="", mechanism=""):
        (weighed,) = likelihood.weigh([Stated(a, b, statement, mechanism)])
        (judgement,) = likelihood.decide([weighed])
        if judgement is None:
            return None, 0.0, why_not(likelihood, weighed)
        name = likelihood.lattice.reference.pathways[likelihood.lattice.ids[judgement.pathway]].name
        return name, judgement.confidence, why(likelihood, weighed, judgement.pathway)

    return run


# Both proteins share another pathway than the one the statement names.
NAMED = [
    ("HK1", "PFKL", "HK1 and PFKL meet in ferroptosis of the cell", "ferroptosis"),
    ("HK1", "PFKL", "the complex drives mitophagy", "Mitophagy"),
    ("EGFR", "GRB2", "EGFR and GRB2 are needed for macropinocytosis", "macropinocytosis"),
    ("EGFR", "GRB2", "they are found in clathrin-mediated endocytosis", "Clathrin-mediated endocytosis"),
    ("HSPA5", "ERN1", "HSPA5 keeps ERN1 from base excision repair", "Base Excision Repair"),
    ("BAX", "BCL2", "the balance of both decides on mitophagic clearance", "Mitophagy"),
    ("MDM2", "TP53", "MDM2 and TP53 meet in nucleotide excision repair (NER)", "Nucleotide Excision Repair"),
    ("CDK1", "CCNB1", "in neurons the kinase takes part in aggrephagy", "Aggrephagy"),
    ("JAK1", "STAT3", "JAK1 and STAT3 act in mTORC1 signalling", "MTOR signalling"),
    ("PSMA1", "PSMB1", "both were seen in RNA splicing", "RNA splicing"),
    ("RPS6", "RPL5", "their loss starts the unfolded protein response", "Unfolded Protein Response (UPR)"),
    ("MCM2", "MCM5", "MCM2 and MCM5 are lost by ERAD", "ERAD pathway"),
]


def test_a_statement_that_names_a_pathway_is_heard_over_what_both_proteins_share(judge, likelihood, references):
    lattice = likelihood.lattice
    right = 0
    for a, b, statement, pathway in NAMED:
        name, _, _ = judge(a, b, statement)
        found = references.find(name)[0].id if name else None
        right += found is not None and references.find(pathway)[0].id in references.above_all(found)
    assert len(NAMED) == 12
    assert right >= 11
    assert lattice.ids == sorted(references.pathways)


STRANGERS = [
    ("HBB", "MC1R"), ("INS", "OPN1LW"), ("CFTR", "MYH7"), ("RHO", "GAPDH"), ("AMY1A", "TLR3"), ("KRT5", "CHRNA1"),
    ("HTT", "ALDOB"), ("OR1A1", "F8"), ("LCT", "TERT"), ("COL1A1", "GNRH1"), ("TAS2R38", "POLB"), ("ZP3", "CKM"),
]  # fmt: skip


def test_two_proteins_with_nothing_in_common_and_no_statement_stay_unclassified(judge, likelihood):
    for a, b in STRANGERS:
        name, confidence, reason = judge(a, b)
        top = name is not None and likelihood.lattice.is_root[likelihood.lattice.number[_id(likelihood, name)]]
        assert name is None or top or confidence <= 0.3, (a, b, name, confidence, reason)


def _id(likelihood, name):
    return likelihood.lattice.reference.find(name)[0].id


@pytest.mark.parametrize(
    ("a", "b", "statement", "pathway"),
    [
        ("WDR81", "SQSTM1", "WDR81 binds SQSTM1 and promotes aggrephagy", "Aggrephagy"),
        ("HSPA5", "ERN1", "", "Unfolded Protein Response (UPR)"),
        ("HK1", "PFKL", "", "Metabolism"),  # Glycolysis and what overlaps with it share the two
        ("NOTAPROTEIN", "NOTHER", "this drives mitophagy", "Mitophagy"),
        ("NOTAPROTEIN", "NOTHER", "", None),
        ("NOTAPROTEIN", "NOTHER", "they do things together", None),
    ],
)
def test_the_answer_is_the_deepest_pathway_that_is_likely_enough(judge, a, b, statement, pathway):
    assert judge(a, b, statement)[0] == pathway


def test_who_acts_on_whom_does_not_change_the_answer(judge):
    for a, b in [("HSPA5", "ERN1"), ("TP53", "PINK1"), ("EGFR", "HK1"), ("INS", "TGFB1"), ("WDR81", "SQSTM1")]:
        one, other = judge(a, b, "in autophagy"), judge(b, a, "in autophagy")
        assert one[:2] == other[:2]


def test_reasons_are_told_in_words(judge):
    _, _, reason = judge("WDR81", "SQSTM1", "WDR81 binds SQSTM1 and promotes aggrephagy")
    assert reason == ("the statement names Aggrephagy; WDR81 and SQSTM1 take part in it (GO)")
    _, _, reason = judge("NOTAPROTEIN", "NOTHER")
    assert reason == "the references do not know NOTAPROTEIN and NOTHER; the statement names no pathway"


def test_probabilities_are_probabilities_and_grow_upward(likelihood):
    (weighed,) = likelihood.weigh([Stated("EGFR", "GRB2", "in endocytosis", "phosphorylation")])
    assert 0 < weighed.masses.sum() <= 1
    for number in weighed.candidates.tolist():
        for above in likelihood.lattice.line(number).tolist():
            assert weighed.total[above] >= weighed.total[number] - 1e-9


def test_the_alternatives_share_what_the_confidence_leaves(likelihood):
    stated = [Stated("EGFR", "GRB2", "in endocytosis or signaling by EGFR", ""), Stated("HSPA5", "ERN1", "", "")]
    largest = 0.0
    for judged in likelihood.decide(likelihood.weigh(stated)):
        shares = [share for _, share in judged.alternatives]
        assert len(shares) == 3
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= 1 - judged.confidence + 1e-3
        largest = max(largest, *shares)
    assert largest > 0.001


def test_an_interaction_that_was_not_placed_says_how_likely_the_likeliest_pathway_is(judge):
    _, _, reason = judge("EGFR", "HK1")
    assert float(reason.rsplit(" ", 1)[1]) < 0.5


def test_what_is_weighed_with_an_interaction_does_not_change_it(likelihood):
    stated = [
        Stated("EGFR", "GRB2", "in endocytosis", "phosphorylation"),
        Stated("NOTAPROTEIN", "NOTHER", "", ""),
        Stated("WDR81", "SQSTM1", "WDR81 binds SQSTM1 and promotes aggrephagy", ""),
        Stated("SQSTM1", "SQSTM1", "SQSTM1 oligomerizes in autophagy and in the ER stress response (UPR)", "binding"),
        Stated("HK1", "PFKL", "", "ubiquitination"),
    ]
    together = likelihood.weigh(stated)
    alone = [weighed for one in stated for weighed in likelihood.weigh([one])]
    for one, other in zip(together, alone, strict=True):
        assert one.ranked == other.ranked
        for name in ("takes_part", "passed", "votes", "total"):
            assert (getattr(one, name) == getattr(other, name)).all()
    assert likelihood.decide(together) == [judged for one in alone for judged in likelihood.decide([one])]
    assert likelihood.weigh([]) == likelihood.decide([]) == []


def test_a_pair_is_no_evidence_about_itself(lexicon):
    alone = Likelihood(lexicon, [("SQSTM1", "MAP1LC3B")], 0.5)
    (weighed,) = alone.weigh([Stated("SQSTM1", "MAP1LC3B", "", "")])
    assert (weighed.partners, weighed.votes.any()) == (0, False)


def test_what_the_rest_of_the_input_is_about_leaves_the_pair_out(lexicon):
    lattice = lexicon.lattice
    autophagy = lattice.number[lattice.reference.find("Autophagy")[0].id]
    alone = Context(lattice, [("SQSTM1", "MAP1LC3B")])
    assert alone.enrichment[autophagy] > 1
    assert alone.enrichment_without(np.array([autophagy]), np.array([2.0])).tolist() == [0.0]
    more = Context(lattice, [("SQSTM1", "MAP1LC3B"), ("TAX1BP1", "ATG5")])
    assert more.enrichment_without(np.array([autophagy]), np.array([2.0]))[0] > 1
    assert more.enrichment_without(np.array([autophagy]), np.array([0.0]))[0] > more.enrichment[autophagy]


def test_the_votes_of_one_protein_leave_the_other_out(lexicon):
    pairs = [("SQSTM1", "MAP1LC3B"), ("SQSTM1", "TAX1BP1"), ("SQSTM1", "HK1")]
    context = Context(lexicon.lattice, pairs)
    autophagy = lexicon.lattice.number[lexicon.lattice.reference.find("Autophagy")[0].id]
    nowhere = lexicon.lattice.number[lexicon.lattice.reference.find("Sensory perception of taste")[0].id]
    assert context.votes("SQSTM1", "HK1", numbers=[autophagy, nowhere]) == [2, 0]
    assert context.votes("SQSTM1", "MAP1LC3B", numbers=[autophagy]) == [1]
    assert context.votes("MAP1LC3B", "SQSTM1", numbers=[autophagy]) == [0]
    assert context.votes("NOTAPROTEIN", "SQSTM1", numbers=[autophagy]) == [0]


def test_the_order_of_the_rows_and_repeated_rows_change_no_count(likelihood):
    lattice = likelihood.lattice
    one, other = Context(lattice, PAIRS), Context(lattice, [*reversed(PAIRS), *PAIRS, ("B", "B")])
    assert (one.counts == other.counts).all()
    for protein in {protein for pair in PAIRS for protein in pair}:
        assert one.n_partners(protein) == other.n_partners(protein) > 0
        assert all(
            (mine == theirs).all() for mine, theirs in zip(one.around(protein), other.around(protein), strict=True)
        )
