"""Reads the proven tree and the ledgers; makes tree.txt, tree.json and run_summary.json."""


rule export_tree:
    input:
        reorganized="results/reorganized.parquet",
        verification="results/verification.json",
    output:
        text=ensure("results/tree.txt", non_empty=True),
        nested=ensure("results/tree.json", non_empty=True),
    log:
        "results/logs/export_tree.log",
    benchmark:
        "results/benchmarks/export_tree.tsv"
    conda:
        "../envs/rootward.yaml"
    params:
        code=code("export_tree", asks=False),
    script:
        "../scripts/export_tree.py"


rule summarize_run:
    input:
        reorganized="results/reorganized.parquet",
        placements="results/placements.parquet",
        interactions="results/interactions.parquet",
        rejected="results/rejected.parquet",
        changes="results/changes.parquet",
        ledgers=ledgers(),
    output:
        summary=ensure("results/run_summary.json", non_empty=True),
    log:
        "results/logs/summarize_run.log",
    benchmark:
        "results/benchmarks/summarize_run.tsv"
    conda:
        "../envs/rootward.yaml"
    params:
        curator=config["curator"],
        code=code("summarize_run", asks=False),
    script:
        "../scripts/summarize_run.py"
