"""The configuration of reading, in the form that readers use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rootward.knowledge.proteins import ProteinNames

PROTEIN = "protein"
HUMAN = "9606"
# Kind of entity -> the key of the section `entities` that keeps or drops it.
ENTITIES = {"chemical": "chemicals", "family": "families", "complex": "complexes", "other": "others"}


@dataclass(frozen=True)
class Options:
    """input_format: a reader's name or `auto`; species: taxon ids kept; kinds: kinds of interactor kept; genetic:
    whether genetic interactions are kept; min_score: the lowest STRING score kept (0 to 1); string_names: STRING's
    `protein.info` file, or None; orthologs: the table of human orthologs of other species' proteins, or None; columns:
    our name of a column -> its header or number in the files, if it cannot be detected; names: the look-up of names, by
    which readers recognise proteins.
    """

    input_format: str = "auto"
    species: frozenset[str] = frozenset([HUMAN])
    kinds: frozenset[str] = frozenset([PROTEIN])
    genetic: bool = False
    min_score: float = 0.7
    string_names: str | None = None
    orthologs: str | None = None
    columns: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    names: "ProteinNames | None" = field(default=None, compare=False)

    @classmethod
    def of(cls, reading: Mapping[str, Any]) -> "Options":
        """From the configuration's keys `input_format`, `species`, `genetic`, `entities`, `string`, `columns` and
        `orthologs`; each may be missing.
        """
        given: dict[str, Any] = {}
        if "input_format" in reading:
            given["input_format"] = reading["input_format"]
        if "species" in reading:
            given["species"] = frozenset(map(str, reading["species"]))
        if "genetic" in reading:
            given["genetic"] = reading["genetic"] == "keep"
        if "entities" in reading:
            kept = [kind for kind, key in ENTITIES.items() if reading["entities"].get(key) == "keep"]
            given["kinds"] = frozenset([PROTEIN, *kept])
        if "string" in reading:
            given["min_score"] = reading["string"]["min_score"]
            given["string_names"] = reading["string"]["names"]
        if "columns" in reading:
            given["columns"] = {name: column for name, column in reading["columns"].items() if column is not None}
        if "orthologs" in reading:
            given["orthologs"] = reading["orthologs"]
        return cls(**given)
