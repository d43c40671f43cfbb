"""Rootward: grows a rooted tree of biological pathways out of protein-protein interactions."""

from snakemake.utils import min_version

min_version("9.0")


# In another working directory (--directory) without a configuration of its own the shipped one holds.
include: "rules/settings.smk"


report: "report/workflow.rst"


include: "rules/common.smk"
include: "rules/screen.smk"
include: "rules/interactions.smk"
include: "rules/leaves.smk"
include: "rules/climb.smk"
include: "rules/siblings.smk"
include: "rules/reorganize.smk"
include: "rules/publish.smk"
include: "rules/commands.smk"
include: "rules/exports.smk"


rule all:
    """All results (the default)."""
    default_target: True
    input:
        RESULTS,
        "results/ro-crate-metadata.json",


onsuccess:
    print_summary()
