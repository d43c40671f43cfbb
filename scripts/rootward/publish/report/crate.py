"""The run as an RO-Crate (w3id.org/ro/crate), for WorkflowHub, Zenodo and everyone who receives the folder.

It follows the Process Run Crate profile (w3id.org/ro/wfrun/process): one action that read the inputs and prompts, used
Rootward with the versions that influence its results and the models asked, and made every result. Files are named by
their path in the folder of results, and inputs by name only, so no path of the user's machine is revealed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".html": "text/html",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Content = tuple[str, int]  # SHA-256 and bytes of a file


@dataclass(frozen=True, slots=True)
class Made:
    """What made the results. versions: of the libraries that influence them; models: those that were paid."""

    version: str
    curator: str
    versions: Mapping[str, str]
    models: Sequence[str] = ()


def crate(
    results: Mapping[str, Content], inputs: Mapping[str, Sequence[tuple[str, Content]]], made: Made, day: datetime
) -> dict[str, Any]:
    """The JSON-LD. results: path in the folder -> content; inputs: role -> (name, content) of each."""
    from rocrate.model import File
    from rocrate.rocrate import ROCrate

    whole = ROCrate()
    whole.name = "Rootward: a tree of biological pathways"
    whole.description = (
        "A rooted tree of biological pathways grown out of protein-protein interactions, with the place of every "
        "interaction, and who decided each edge and why."
    )
    whole.license = LICENSE
    whole.datePublished = day
    profile = _context(whole, PROFILE, kind="CreativeWork", name="Process Run Crate", version="0.5")
    whole.root_dataset["conformsTo"] = profile
    read = [
        _context(whole, f"#{kind}-{n}-{name}", kind="CreativeWork", name=name, additionalType=kind, **_content(content))
        for kind, files in sorted(inputs.items())
        for n, (name, content) in enumerate(files, start=1)
    ]
    made_files = []
    for place, content in sorted(results.items()):
        suffix = place[place.rfind(".") :]
        described = _content(content) | ({"encodingFormat": TYPES[suffix]} if suffix in TYPES else {})
        made_files.append(whole.add(File(whole, None, place, properties={"name": place, **described})))
    programs = [
        _context(whole, "#rootward", kind="SoftwareApplication", name="Rootward", version=made.version),
        *(
            _context(whole, f"#library-{name}", kind="SoftwareApplication", name=name, version=version)
            for name, version in sorted(made.versions.items())
        ),
        *(_context(whole, f"#model-{name}", kind="SoftwareApplication", name=name) for name in sorted(made.models)),
    ]
    programs[0]["softwareRequirements"] = programs[1:]
    action = _context(
        whole, "#run", kind="CreateAction", name=f"Grow the tree (curator: {made.curator})", endTime=day.isoformat()
    )
    action["instrument"] = programs[0]
    action["object"] = read
    action["result"] = made_files
    whole.root_dataset["mentions"] = action
    found: dict[str, Any] = whole.metadata.generate()
    return found


def _context(whole: "ROCrate", id_: str, kind: str, **properties: Any) -> Any:
    from rocrate.model import ContextEntity

    return whole.add(ContextEntity(whole, id_, properties={"@type": kind, **properties}))


def _content(content: Content) -> dict[str, str]:
    digest, size = content
    return {"sha256": digest, "contentSize": str(size)}
