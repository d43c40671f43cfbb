"""Reads hierarchy.parquet; makes siblings.parquet."""


rule discover_siblings:
    """Step: name children of each parent that no interaction led to."""
    input:
        **reads("discover_siblings"),
        roots=ROOTS,
        reference=MEMBERS,
        prompts=prompts("discover_siblings"),
    output:
        **makes("discover_siblings"),
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
        llm_slots=slots("discover_siblings"),
    params:
        **params("discover_siblings"),
    script:
        "../scripts/discover_siblings.py"
