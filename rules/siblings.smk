"""Reads hierarchy.parquet; makes siblings.parquet."""


rule discover_siblings:
    """Step: name children of each parent that no interaction led to."""
    input:
        hierarchy="results/hierarchy.parquet",
        roots=ROOTS,
        reference=MEMBERS,
        prompts=prompts("siblings"),
    output:
        siblings=ensure("results/siblings.parquet", non_empty=True),
        ledger="results/ledger/discover_siblings.json",
    log:
        "results/logs/discover_siblings.log",
    benchmark:
        "results/benchmarks/discover_siblings.tsv"
    group:
        group_of("climb")
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("siblings"),
    params:
        limit=config["siblings"]["limit"],
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("siblings"),
        code=code("discover_siblings"),
    script:
        "../scripts/discover_siblings.py"
