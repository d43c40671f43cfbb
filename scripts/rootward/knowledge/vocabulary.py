"""The words for what one protein does to another: SIGNOR's effects, PSI-MI's mechanisms, the kinds of interactors, and
their spellings in tables and databases.
"""

import re

# SIGNOR's effect vocabulary (signor.uniroma2.it; Lo Surdo et al. 2023, doi:10.1093/nar/gkac883).
EFFECTS = (
    "up-regulates",
    "up-regulates activity",
    "up-regulates quantity",
    "up-regulates quantity by expression",
    "up-regulates quantity by stabilization",
    "down-regulates",
    "down-regulates activity",
    "down-regulates quantity",
    "down-regulates quantity by destabilization",
    "down-regulates quantity by repression",
    "form complex",
    "unknown",
)

_SYNONYMS = {
    "up-regulates": """activate activates activation activated positive stimulates stimulation enhances increases
        induces upregulates up_regulation upregulation up_regulated up + 1 -> --> => -|> activator agonist stimulator
        stimulatory promotes potentiates act pos plus positive_regulation positively_regulates positive_regulator
        positive_effect transcriptional_activation increase increased increasing enhance enhanced enhancement
        induce induced induction stimulate stimulated promote promoted promotion potentiation upregulate
        transactivation activating positive_feedback ↑ → ⟶ ➔ upreg agonism""",
    "down-regulates": """inhibit inhibits inhibition inhibited negative represses repression suppresses decreases
        reduces downregulates down_regulation downregulation down_regulated down - -1 -| --| |- =| inhibitor antagonist
        blocker blocks repressor inhibitory attenuates antagonizes inh neg minus negative_regulation
        negatively_regulates negative_regulator negative_effect transcriptional_repression decrease decreased
        decreasing suppress suppressed suppression repress repressed reduce reduced reduction attenuation downregulate
        blocked inhibiting negative_feedback ↓ ⊣ ⟞ ┤ ─┤ -⊣ downreg antagonism""",
    "form complex": """complex forms_complex binds binding interacts interacts_with interaction association associates
        physical_association direct_interaction physical_interaction covalent_binding disulfide_bond in_complex_with
        pp ppi binding/association physical undirected bind bound complex_formation dimerization
        heterodimerization homodimerization interacting neighbor_of""",
    "unknown": """none na n/a nan null 0 unspecified undefined other regulates regulation regulator affects influences
        modulates ambiguous mixed ? . pd controls_state_change_of controls_expression_of controls_phosphorylation_of
        controls_transport_of catalysis_precedes interacts_indirectly controls_production_of
        controls_transport_of_chemical chemical_affects consumption_controlled_by used_to_produce reacts_with
        indirect_effect indirect state_change expression""",
    "up-regulates activity": "increases_activity activates_activity upregulates_activity",
    "down-regulates activity": """decreases_activity inhibits_activity downregulates_activity
        inactivates inactivate inactivation inactivated deactivates deactivation""",
    "up-regulates quantity": "increases_amount increases_quantity increaseamount upregulates_quantity",
    "down-regulates quantity": "decreases_amount decreases_quantity decreaseamount downregulates_quantity",
    "up-regulates quantity by expression": "increases_expression transactivates",
    "down-regulates quantity by repression": "decreases_expression transrepresses",
    "down-regulates quantity by destabilization": "degrades destabilizes",
    "up-regulates quantity by stabilization": "stabilizes",
}


# PSI-MI terms (https://www.ebi.ac.uk/ols4/ontologies/mi) that occur without their name, or that SIGNOR names
# differently; every other term has its own name without the word "reaction".
_TERMS = {
    "MI:0192": "acetylation",
    "MI:0194": "cleavage",
    "MI:0195": "covalent binding",
    "MI:0197": "deacetylation",
    "MI:0203": "dephosphorylation",
    "MI:0204": "deubiquitination",
    "MI:0208": "genetic interaction",
    "MI:0210": "hydroxylation",
    "MI:0213": "methylation",
    "MI:0216": "palmitoylation",
    "MI:0217": "phosphorylation",
    "MI:0220": "ubiquitination",
    "MI:0403": "colocalization",
    "MI:0407": "direct interaction",
    "MI:0557": "adp-ribosylation",
    "MI:0559": "glycosylation",
    "MI:0566": "sumoylation",
    "MI:0567": "neddylation",
    "MI:0568": "desumoylation",
    "MI:0569": "deneddylation",
    "MI:0570": "cleavage",
    "MI:0871": "demethylation",
    "MI:0914": "association",
    "MI:0915": "physical association",
    "MI:2286": "functional association",
    "MI:2235": "up-regulates",
    "MI:2236": "up-regulates activity",
    "MI:2237": "up-regulates quantity",
    "MI:2238": "up-regulates quantity by expression",
    "MI:2239": "up-regulates quantity by stabilization",
    "MI:2240": "down-regulates",
    "MI:2241": "down-regulates activity",
    "MI:2242": "down-regulates quantity",
    "MI:2243": "down-regulates quantity by repression",
    "MI:2244": "down-regulates quantity by destabilization",
    "MI:2247": "transcriptional regulation",
    "MI:2248": "translation regulation",
    "MI:2249": "post transcriptional regulation",
}
_TERM = re.compile(r'(?:psi-mi:)?"?(MI:\d{4})"?(?:\((.*)\))?', re.IGNORECASE)

# PSI-MI's genetic interactions (the children of MI:0208) that cannot be recognised by name.
GENETIC = frozenset(
    ["suppression", "synthetic lethality", "epistasis", "additive", "suppressive", "synthetic", "conditional"]
)

# The mechanisms that change a protein or its amount: they are processes themselves, whatever their purpose.
MODIFICATIONS = (
    "acetylation",
    "adp-ribosylation",
    "deacetylation",
    "demethylation",
    "deneddylation",
    "dephosphorylation",
    "destabilization",
    "desumoylation",
    "deubiquitination",
    "glycosylation",
    "hydroxylation",
    "methylation",
    "neddylation",
    "palmitoylation",
    "phosphorylation",
    "sumoylation",
    "transcriptional regulation",
    "translation regulation",
    "ubiquitination",
)

INTERACTOR_KINDS = ("protein", "chemical", "family", "complex", "other")
_KINDS = {
    "protein": """protein peptide polypeptide fusion_protein proteoform gene_product antigen protein_coding
        protein_coding_gene entrez_gene transcription_factor tf kinase phosphatase receptor ligand enzyme""",
    "chemical": "chemical small_molecule smallmolecule drug compound metabolite lipid polysaccharide",
    "family": "family protein_family proteinfamily molecule_set open_set candidate_set defined_set gene_family",
    "complex": "complex protein_complex stable_complex",
}


def _fold(word: str) -> str:
    return re.sub(r"[\s_]+", " ", word.strip().strip('"').casefold())


def term(identifier: str, name: str = "") -> str:
    """The word for an ontology term, from its identifier and optionally its name."""
    return _TERMS.get(identifier.upper()) or name or identifier


def _named(word: str) -> str:
    """A word, or the name of the PSI-MI term it is."""
    found = _TERM.fullmatch(word.strip())
    return term(found[1], found[2] or "") if found else word


_EFFECT = {_fold(effect): effect for effect in EFFECTS}
_EFFECT |= {effect.replace("-", " ", 1): effect for effect in EFFECTS}
_EFFECT |= {_fold(word): effect for effect, words in _SYNONYMS.items() for word in words.split()}
_KIND = {_fold(word): kind for kind, words in _KINDS.items() for word in words.split()}


def effect(word: str) -> str | None:
    """The SIGNOR effect for a word in a table or a PSI-MI term; `unknown` for an empty cell, None for an unknown
    word.
    """
    folded = _fold(_named(word))
    if not folded:
        return "unknown"
    return _EFFECT.get(folded) or _EFFECT.get(folded.replace("-", " "))


def mechanism(word: str) -> str:
    """A mechanism as PSI-MI and SIGNOR write it: lower case, single spaces, no quotes, `phosphorylation` for
    `psi-mi:"MI:0217"(phosphorylation reaction)`. Any word is accepted.
    """
    return _fold(_named(word)).removesuffix(" reaction")


# Verbs that say how, but not whether it activates: `phosphorylates` is phosphorylation.
_DONE = re.compile(r"(?:de)?(?:phosphorylat|ubiquitinat|ubiquitylat|sumoylat|acetylat|methylat|glycosylat|neddylat)")
_VERB = re.compile(r"((?:de|auto|trans|poly|mono)?[a-z]*?(?:yl|in)at)(?:es|ed|ing|e|ion)|cleaves|cleavage|cleaved")

_CONTROLLED = re.compile(r"controls[- ](phosphorylation|expression)[- ]of")  # Pathway Commons


def mechanism_of(word: str) -> str:
    """The mechanism named by a verb (`phosphorylates`) or a noun; '' for any other word."""
    folded = _fold(word)
    if controlled := _CONTROLLED.fullmatch(folded):
        return controlled[1].replace("expression", "transcriptional regulation")
    found = _VERB.fullmatch(folded)
    if not found or (found[1] and not _DONE.search(found[1])):
        return ""
    return f"{found[1]}ion".replace("ubiquitylation", "ubiquitination") if found[1] else "cleavage"


def kind(word: str) -> str:
    """The kind in INTERACTOR_KINDS for a word for an interactor's type; an empty cell is a protein."""
    folded = _fold(_named(word))
    if not folded:
        return "protein"
    if folded in _KIND:
        return _KIND[folded]
    return next((kind for kind in ("family", "complex") if kind in folded.split()), "other")
