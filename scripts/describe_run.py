"""Describe the run as an RO-Crate: its inputs, the software, and every result with its hash."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rootward import __version__
from rootward.files import write_text
from rootward.publish.report.crate import Content, Made, crate
from rootward.workflow.codehash import versions_here
from rootward.workflow.contents import file_hash
from rootward.workflow.job import Job


def describe_run(
    *, results: Sequence[str], inputs: Mapping[str, Sequence[str]], summary: str, curator: str, metadata: str
) -> None:
    """results (files beside metadata), inputs (role -> files), summary -> metadata: ro-crate-metadata.json.

    Its date is the day of the tree.
    """
    folder = Path(metadata).parent
    paid = json.loads(Path(summary).read_text(encoding="utf-8"))["paid"]
    made = Made(__version__, curator, versions=versions_here(), models=list(paid))
    files = {Path(path).relative_to(folder).as_posix(): _content(path) for path in results}
    read = {kind: [(Path(path).name, _content(path)) for path in paths] for kind, paths in inputs.items()}
    made_on = datetime.fromtimestamp(Path(summary).stat().st_mtime, UTC)
    day = made_on.replace(hour=0, minute=0, second=0, microsecond=0)
    write_text(metadata, json.dumps(crate(files, read, made=made, day=day), indent=2, ensure_ascii=False) + "\n")


def _content(path: str) -> Content:
    return file_hash(path), Path(path).stat().st_size


if __name__ == "__main__":
    with Job(snakemake):
        given = snakemake.input
        describe_run(
            results=list(given.results),
            inputs={"input": list(given.files), "roots": [given.roots], "prompt": list(given.get("prompts", ()))},
            summary=given.summary,
            curator=snakemake.params.curator,
            metadata=snakemake.output.metadata,
        )
