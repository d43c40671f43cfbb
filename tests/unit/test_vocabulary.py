"""The words of all sources, brought to SIGNOR's effects, PSI-MI's mechanisms and five kinds of interactors."""

import pytest
from rootward.knowledge import vocabulary


@pytest.mark.parametrize(
    ("word", "effect"),
    [
        ("up-regulates", "up-regulates"),
        ("Up-Regulates  Activity", "up-regulates activity"),
        ("up regulates activity", "up-regulates activity"),
        ("activates", "up-regulates"),
        ("inhibit", "down-regulates"),
        ("binds", "form complex"),
        ("regulates", "unknown"),
        ("", "unknown"),
        ('psi-mi:"MI:2240"(down regulates)', "down-regulates"),
        ("MI:2238", "up-regulates quantity by expression"),
        ('psi-mi:"MI:0915"(physical association)', "form complex"),
        ('psi-mi:"MI:0217"(phosphorylation reaction)', None),
        ("levitates", None),
    ],
)
def test_effects(word, effect):
    assert vocabulary.effect(word) == effect


@pytest.mark.parametrize(
    ("word", "mechanism"),
    [
        ('psi-mi:"MI:0217"(phosphorylation reaction)', "phosphorylation"),
        ("psi-mi:MI:0203(dephosphorylation)", "dephosphorylation"),
        ('"MI:0570"(protein cleavage)', "cleavage"),
        ('psi-mi:"MI:9999"(some new reaction)', "some new"),
        ("MI:9999", "mi:9999"),
        ("  Guanine_nucleotide  exchange factor", "guanine nucleotide exchange factor"),
        ("", ""),
    ],
)
def test_mechanisms(word, mechanism):
    assert vocabulary.mechanism(word) == mechanism


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("", "protein"),
        ('psi-mi:"MI:0326"(protein)', "protein"),
        ("fusion protein", "protein"),
        ("proteinfamily", "family"),
        ("protein family", "family"),
        ("smallmolecule", "chemical"),
        ('psi-mi:"MI:1302"(stable complex)', "complex"),
        ("protein-dna complex", "complex"),
        ("phenotype", "other"),
        ("gene", "other"),
        ("transcription factor", "protein"),
    ],
)
def test_kinds(word, kind):
    assert vocabulary.kind(word) == kind
