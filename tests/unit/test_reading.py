"""Which pathways a sentence names: what real sentences have beside the names, and how they write them."""

import pytest
from rootward.knowledge.lexicon import Lexicon
from rootward.knowledge.likelihood import Likelihood, Stated
from rootward.knowledge.reading import NAMED, Reader


@pytest.fixture(scope="module")
def lexicon(references):
    return Lexicon(references)


@pytest.fixture(scope="module")
def named(lexicon):
    """The names of the pathways that a sentence about two proteins names."""
    reader, lattice = Reader(lexicon), lexicon.lattice

    def run(statement, proteins=("TARDBP", "HTT")):
        read = reader.read(statement, "", proteins=proteins)
        numbers = read.numbers[read.named >= NAMED].tolist()
        return {lattice.reference.pathways[lattice.ids[number]].name for number in numbers}

    return run


@pytest.mark.parametrize(
    ("statement", "pathway"),
    [
        ("cells showed a 6-fold increase in the protein (Fig. 3A)", "Protein folding"),
        ("it is deacetylated by a class III HDAC (17)", "iron ion transport"),
        ("it binds the transcription factor EB in neurons", "Gene expression (Transcription)"),
        ("it rose in the hippocampus of injected mice", "hippocampus development"),
        ("levels in cerebrospinal fluid rose", "cerebrospinal fluid secretion"),
        ("Importantly it phosphorylates glycogen synthase kinase 3 beta (GSK3B)", "Glycogen synthesis"),
        ("overexpression increased levels of BDNF", "brain-derived neurotrophic factor receptor signaling pathway"),
        ("this attenuated the toxicity of the protein", "Signal attenuation"),
    ],
)
def test_what_a_sentence_says_beside_the_matter_names_nothing(named, statement, pathway):
    assert pathway not in named(statement)


@pytest.mark.parametrize(
    ("statement", "pathway"),
    [
        ("targets involved in lysosomal biogenesis", "lysosome organization"),
        ("CMA can degrade it via the chaperone Hsc70", "Chaperone Mediated Autophagy"),
        ("this converges on mitochondrial fission", "mitochondrial fission"),
        ("the fission of mitochondria was enhanced", "mitochondrial fission"),
        ("it is lost by ERAD", "ERAD pathway"),
        ("differentiation of osteoclasts needs it", "osteoclast differentiation"),
    ],
)
def test_a_pathway_is_named_in_the_words_of_the_field(named, statement, pathway):
    assert pathway in named(statement)


def test_a_protein_of_the_pair_names_its_pathway_where_the_sentence_speaks_of_one(named):
    assert "MTOR signalling" in named("it over-activates mTOR signaling", proteins=("DRD1", "MTOR"))
    assert named("it binds mTOR", proteins=("DRD1", "MTOR")) == set()


def test_an_acronym_of_several_names_is_that_of_which_a_word_is_there(named):
    assert "Chaperone Mediated Autophagy" not in named("CMA was measured")


@pytest.fixture(scope="module")
def answer(lexicon):
    likelihood = Likelihood(lexicon, [], threshold=0.4)

    def run(a, b, statement="", mechanism=""):
        (judgement,) = likelihood.decide(likelihood.weigh([Stated(a, b, statement, mechanism)]))
        return judgement and lexicon.lattice.reference.pathways[lexicon.lattice.ids[judgement.pathway]].name

    return run


def test_a_general_word_of_a_named_process_does_not_lead_away_from_it(answer):
    statement = "turns prolonged ER stress into JNK signalling, a deadly outcome of the unfolded protein response"
    assert answer("RNF13", "ERN1", statement) == "Unfolded Protein Response (UPR)"


def test_the_mechanism_is_the_answer_where_nothing_else_passes_and_a_protein_is_known_for_it(answer):
    assert answer("MARK1", "NOTAPROTEIN") is None
    assert answer("MARK1", "NOTAPROTEIN", mechanism="phosphorylation") == "protein phosphorylation"
    assert answer("NOTAPROTEIN", "NOTHER", mechanism="phosphorylation") is None


def test_no_mechanism_is_the_answer_where_a_protein_is_known_to_undo_it(lexicon, answer):
    lattice = lexicon.lattice
    acetylation, deacetylation = (
        lattice.number[lattice.reference.find(name)[0].id] for name in ("protein acetylation", "protein deacetylation")
    )
    assert deacetylation in lexicon.reverse_of(acetylation) and acetylation in lexicon.reverse_of(deacetylation)
    assert {acetylation, deacetylation} <= set(lattice.member("HDAC6").tolist())
    assert answer("HDAC6", "NOTAPROTEIN", mechanism="acetylation") != "protein acetylation"


def test_of_two_that_are_as_likely_none_is_the_answer(lexicon):
    likelihood = Likelihood(lexicon, [], threshold=0.4)
    one, other = (
        likelihood.lattice.number[lexicon.lattice.reference.find(name)[0].id] for name in ("Mitophagy", "Translation")
    )
    assert likelihood._is_tied(one, {one: 0.45, other: 0.44})
    assert not likelihood._is_tied(one, {one: 0.45, other: 0.30})
    assert not likelihood._is_tied(one, {one: 0.51, other: 0.49})
