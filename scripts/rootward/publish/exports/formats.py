"""The exports by rule: formats that read the same tables share a job, since starting Python costs more than most."""

from collections.abc import Mapping
from typing import Any

from rootward.publish.exports import interactions, network, ontology, sets
from rootward.publish.exports.export import Export

RULES: dict[str, Mapping[str, Export[Any]]] = {
    "export_sets": sets.EXPORTS,
    "export_ontology": ontology.EXPORTS,
    "export_network": network.EXPORTS,
    "export_interactions": interactions.EXPORTS,
}
FILES = {name: export.file for exports in RULES.values() for name, export in exports.items()}
