"""Reads leaves.parquet; makes parents_L1.parquet … parents_L{max_levels}.parquet and hierarchy.parquet."""


rule climb:
    """Step: name the parents of one level of pathways."""
    input:
        **reads("climb"),
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("climb"),
    output:
        **makes("climb"),
    log:
        "results/logs/climb_L{level}.log",
    benchmark:
        "results/benchmarks/climb_L{level}.tsv"
    group:
        group_of("climb")
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("climb"),
    params:
        **params("climb"),
    script:
        "../scripts/climb.py"


rule join_levels:
    """Step: join all levels into one graph, and choose a root for pathways that reached none."""
    input:
        **reads("join_levels"),
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("join_levels"),
    output:
        **makes("join_levels"),
    log:
        "results/logs/join_levels.log",
    benchmark:
        "results/benchmarks/join_levels.tsv"
    group:
        group_of("climb")
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("join_levels"),
    params:
        **params("join_levels"),
    script:
        "../scripts/join_levels.py"
