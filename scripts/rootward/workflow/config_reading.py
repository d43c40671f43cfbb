"""Configuration of how the user's files are read."""

from typing import Literal

from pydantic import Field

from rootward.workflow.config_section import Fraction, Section
from rootward.workflow.user_config import UserPath

Kept = Literal["keep", "drop"]


class Entities(Section):
    chemicals: Kept = Field("drop", description="Small molecules, drugs, metabolites.")
    families: Kept = Field("drop", description="Protein families and other sets where any member may be meant.")
    complexes: Kept = Field("drop", description="Complexes that a source lists as one interactor.")
    others: Kept = Field(
        "drop", description="Genes, RNAs, phenotypes, stimuli and anything else that is not a protein."
    )


class String(Section):
    min_score: Fraction = Field(0.7, description="Lowest combined score of a STRING link that is kept.")
    names: UserPath | None = Field(
        None,
        min_length=1,
        description="STRING's protein.info file, which maps the Ensembl ids of the bulk files to symbols.",
    )
