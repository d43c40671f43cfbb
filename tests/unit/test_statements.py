"""Which pathways a sentence names, and which it only seems to, on the shipped references."""

import numpy as np
import pytest
from rootward.knowledge.acronyms import initialed
from rootward.knowledge.eponyms import Eponyms, words_for
from rootward.knowledge.lexicon import Lexicon
from rootward.knowledge.likelihood import Likelihood, Stated
from rootward.knowledge.reading import NAMED, Reader
from rootward.knowledge.reasons import why


@pytest.fixture(scope="module")
def lexicon(references):
    return Lexicon(references)


@pytest.fixture(scope="module")
def named(lexicon, references):
    """The names of the pathways that a sentence about two proteins names."""
    reader = Reader(lexicon)

    def run(statement, *proteins):
        read = reader.read(statement, "", proteins)
        return {references.pathways[lexicon.lattice.ids[n]].name for n in read.numbers[read.named >= NAMED].tolist()}

    return run


@pytest.fixture(scope="module")
def judge(lexicon, references):
    """The pathway of an interaction and the reason, without any context."""
    likelihood = Likelihood(lexicon, [], 0.4)

    def run(a, b, statement, mechanism=""):
        (weighed,) = likelihood.weigh([Stated(a, b, statement, mechanism)])
        (judgement,) = likelihood.decide([weighed])
        if judgement is None:
            return None, ""
        name = references.pathways[lexicon.lattice.ids[judgement.pathway]].name
        return name, why(likelihood, weighed, judgement.pathway)

    return run


@pytest.mark.parametrize(
    ("statement", "is_named", "is_not"),
    [
        # the initials of a name that are a word of other names
        ("GTP-bound RagA meets raptor", None, "Generic Transcription Pathway"),
        # words that begin with a name
        ("genes involved in the pathogenesis of disease", None, "pattern recognition receptor signaling pathway"),
        ("it is needed for autophagosome assembly", "autophagosome assembly", None),
        # two names of one pathway: the second one is complete as well, so its parts are no names
        ("ER stress, the unfolded protein response", "Unfolded Protein Response (UPR)", "Cellular responses to stress"),
        # a name, and the signaling pathway below it
        ("it prevents apoptosis", "Apoptosis", "apoptotic signaling pathway"),
        ("it starts apoptotic signaling", "apoptotic signaling pathway", None),
        # what a cell responds to is a circumstance, unless it is a state of the cell
        ("after ionising radiation", None, "cellular response to ionizing radiation"),
        ("the response to ionising radiation", "response to ionizing radiation", None),
        ("it is active during starvation", "Cellular response to starvation", None),
        # a modification by another name is a modification
        ("it is monoubiquitinated", None, "protein monoubiquitination"),
        # where the removal of a modification is mentioned too, it is what is meant: neither is a pathway that is named
        ("the deacetylase lowers its acetylation", None, "protein acetylation"),
        # the name of a test or a symptom
        ("the mice did better in learning and memory tasks", None, "learning or memory"),
        ("they showed behavioral deficits", None, "behavior"),
        ("it is involved in learning and memory", "learning or memory", None),
        # a name that only tells which one of another family is meant
        ("it activates the S-phase checkpoint", None, "S Phase"),
        ("it acts in S phase", "S Phase", None),
        # in what the rest of the sentence happens
        ("translocation to mitochondria during mitophagy", "Mitophagy", "protein localization to mitochondrion"),
        ("translocation to mitochondria", "protein localization to mitochondrion", None),
        # abbreviations in the plural
        ("the assembly of SGs", "stress granule assembly", "Cellular responses to stress"),
        # British spelling
        ("a core complex of the Fanconi anaemia pathway", "Fanconi Anemia Pathway", None),
        ("a core complex of the Fanconi anaemia pathway", None, "recombinational interstrand cross-link repair"),
        # compounds
        ("repair of interstrand crosslinks", "Fanconi Anemia Pathway", None),
        ("repair of interstrand cross-links", "Fanconi Anemia Pathway", None),
        # what happens is said of what it stands beside, or of what a preposition joins to it
        ("the transport adaptor, so that damaged mitochondria stop", None, "mitochondrial transport"),
        ("transport of damaged mitochondria", "mitochondrial transport", None),
        ("whose degradation promotes apoptosis of cells", "Apoptosis", "apoptotic cell clearance"),
        ("the clearance of apoptotic cells", "apoptotic cell clearance", None),
    ],
)  # fmt: skip
def test_a_sentence_names_what_it_is_about(named, statement, is_named, is_not):
    found = named(statement)
    assert is_named is None or is_named in found
    assert is_not not in found


def test_initials_stand_for_a_name_unless_other_names_use_them_as_a_word():
    names = {"a": ["generic transcription pathway"], "b": ["GTP synthesis"], "c": ["GTP"], "d": ["ions move out"]}
    assert set(initialed(names, frozenset(), above=lambda id_: frozenset({id_}))) == {"IMO"}
    family = {"a": ["generic transcription pathway"], "b": ["GTP synthesis"]}
    kept = initialed(family, frozenset(), above=lambda id_: frozenset({id_, "a"}))
    assert set(kept["GTP"]) == {"a"}


def test_a_pathway_is_named_after_a_protein_if_its_name_says_nothing_else(lexicon, references):
    def after(protein):
        return {references.pathways[lexicon.lattice.ids[n]].name for n in lexicon.named_after(protein).tolist()}

    assert {"Transcriptional Regulation by TP53", "Regulation of TP53 Activity"} <= after("TP53")
    assert "FOXO-mediated transcription" in after("FOXO3")
    assert "MTOR signalling" in after("MTOR")
    assert after("SIRT1") == after("NOTAPROTEIN") == set()  # "SIRT1 negatively regulates rRNA expression" says more
    assert "GSK3B and BTRC:CUL1-mediated-degradation of NFE2L2" not in after("GSK3B")


def test_a_pathway_is_not_named_after_one_of_two_proteins():
    names = {1: ["ABC and XYZ activity"], 2: ["Regulation of ABC"], 3: ["ABC meets the moon"]}
    eponyms = Eponyms(names, frozenset({"abc", "xyz"}), generic=frozenset({"activ", "regul"}))
    assert eponyms.after(words_for("ABC", [])) == [2]
    assert eponyms.after(words_for("ABC", ["XYZ"])) == [1, 2]


def test_where_a_statement_names_no_process_the_pathway_named_after_a_protein_is_the_answer(judge):
    name, reason = judge("VRK1", "TP53", "VRK1 phosphorylates TP53 at threonine 18", "phosphorylation")
    assert name == "Transcriptional Regulation by TP53"
    assert "it is named after TP53" in reason
    name, reason = judge("VRK1", "TP53", "VRK1 phosphorylates TP53 in mitophagy", "phosphorylation")
    assert (name, "named after" in reason) == ("Mitophagy", False)


def test_a_protein_or_a_word_that_is_mentioned_hints_at_a_pathway_of_both_proteins(judge):
    name, reason = judge("CHEK1", "MDM4", "CHEK1 phosphorylates MDM4, so that p53 becomes active", "phosphorylation")
    assert name == "Regulation of TP53 Activity through Phosphorylation"
    assert "the statement hints at it by a word of its name" in reason
    name, reason = judge("CHEK1", "CLSPN", "CLSPN is the mediator of the replication checkpoint", "binding")
    assert name == "Cell Cycle Checkpoints"
    assert "the statement hints at it by a word of its name" in reason
    assert judge("HBB", "INS", "so that p53 becomes active at the checkpoint")[0] is None


def test_two_pathways_that_the_same_words_name_are_no_rivals(judge):
    name, reason = judge("NOTAPROTEIN", "NOTHER", "it promotes the nuclear translocation of the protein")
    assert name == "protein localization to nucleus"
    assert "nothing decides" not in reason


@pytest.mark.parametrize(
    ("a", "mechanism", "statement", "pathway"),
    [
        ("NOTAPROTEIN", "deacetylation", "its level is lower", "protein deacetylation"),
        ("HDAC6", "deacetylation", "its level is lower", "protein deacetylation"),
        ("HDAC6", "acetylation", "its level is lower", None),  # a deacetylase regulates acetylation
        ("NOTAPROTEIN", "", "it is deacetylated", None),
    ],
)
def test_the_mechanism_is_the_answer_where_nothing_else_is_known(judge, a, mechanism, statement, pathway):
    assert judge(a, "NOTHER", statement, mechanism)[0] == pathway


def test_without_a_statement_no_pathway_speaks_for_itself_by_its_name(lexicon):
    likelihood = Likelihood(lexicon, [], 0.4)
    with_one, without = likelihood.weigh([Stated("VRK1", "TP53", "it binds", ""), Stated("VRK1", "TP53", "", "")])
    numbers = lexicon.named_after("TP53")
    assert np.all(with_one.total[numbers] >= without.total[numbers])
    assert with_one.total[numbers].max() > 2 * without.total[numbers].max()
