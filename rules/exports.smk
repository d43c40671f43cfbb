"""Reads the verified tree and its interactions; makes the configured files of results/exports/.

Formats that read the same tables share a job: starting Python costs more than writing most of them.
"""


rule export_sets:
    """Step: write gene sets (GMT, tables for clusterProfiler, background)."""
    input:
        reorganized="results/reorganized.parquet",
        placements="results/placements.parquet",
        interactions="results/interactions.parquet",
        proteins=PROTEINS,
    output:
        **exports("export_sets"),
    log:
        "results/logs/export_sets.log",
    benchmark:
        "results/benchmarks/export_sets.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        code=code("export_sets"),
    script:
        "../scripts/export_sets.py"


rule export_ontology:
    """Step: write OBO, OBO Graphs, Newick and SSSOM mappings."""
    input:
        reorganized="results/reorganized.parquet",
        ids="results/ids.tsv",
        pathways=NAMES,
        # Its folder also has the part-of relations between its terms.
        reference=GRAPH,
    output:
        **exports("export_ontology"),
    log:
        "results/logs/export_ontology.log",
    benchmark:
        "results/benchmarks/export_ontology.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        code=code("export_ontology"),
    script:
        "../scripts/export_ontology.py"


rule export_network:
    """Step: write GraphML and CX2 (Cytoscape)."""
    input:
        reorganized="results/reorganized.parquet",
        placements="results/placements.parquet",
        interactions="results/interactions.parquet",
    output:
        **exports("export_network"),
    log:
        "results/logs/export_network.log",
    benchmark:
        "results/benchmarks/export_network.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        code=code("export_network"),
    script:
        "../scripts/export_network.py"


rule export_interactions:
    """Step: write the interactions with their pathways (TSV, XLSX, SQL, ProPaths JSON)."""
    input:
        reorganized="results/reorganized.parquet",
        placements="results/placements.parquet",
        interactions="results/interactions.parquet",
    output:
        **exports("export_interactions"),
    log:
        "results/logs/export_interactions.log",
    benchmark:
        "results/benchmarks/export_interactions.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        code=code("export_interactions"),
    script:
        "../scripts/export_interactions.py"
