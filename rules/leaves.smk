"""Reads interactions.parquet; makes assigned/{shard}.parquet, refined.parquet, leaves.parquet and memberships.parquet."""


rule assign_terms:
    """Step: name a pathway for each interaction of a shard."""
    input:
        **reads("assign_terms"),
        roots=ROOTS,
        reference=MEMBERS,
        prompts=prompts("assign_terms"),
    output:
        **makes("assign_terms"),
    log:
        "results/logs/assign_terms_{shard}.log",
    benchmark:
        "results/benchmarks/assign_terms_{shard}.tsv"
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("assign_terms"),
    params:
        **params("assign_terms"),
    script:
        "../scripts/assign_terms.py"


rule refine_terms:
    """Step: map the names to one vocabulary."""
    input:
        **reads("refine_terms"),
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("refine_terms"),
    output:
        **makes("refine_terms"),
    log:
        "results/logs/refine_terms.log",
    benchmark:
        "results/benchmarks/refine_terms.tsv"
    group:
        group_of("leaves")
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("refine_terms"),
    params:
        **params("refine_terms"),
    script:
        "../scripts/refine_terms.py"


rule collect_leaves:
    """Step: collect the distinct pathways: the leaves of the tree."""
    input:
        **reads("collect_leaves"),
    output:
        **makes("collect_leaves"),
    log:
        "results/logs/collect_leaves.log",
    benchmark:
        "results/benchmarks/collect_leaves.tsv"
    group:
        "leaves"
    conda:
        "../envs/rootward.yaml"
    params:
        **params("collect_leaves"),
    script:
        "../scripts/collect_leaves.py"
