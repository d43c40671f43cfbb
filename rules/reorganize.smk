"""Reads hierarchy, siblings, leaves and memberships; makes reorganized/1_… to 5_… and reorganized.parquet, verified."""


rule merge_duplicates:
    """Step: merge pathways that are in the tree under several names."""
    input:
        **reads("merge_duplicates"),
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("merge_duplicates"),
    output:
        **makes("merge_duplicates"),
    log:
        "results/logs/merge_duplicates.log",
    benchmark:
        "results/benchmarks/merge_duplicates.tsv"
    group:
        group_of("reorganize")
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("merge_duplicates"),
    params:
        **params("merge_duplicates"),
    script:
        "../scripts/merge_duplicates.py"


rule enforce_tree:
    """Step: choose one parent for each pathway."""
    input:
        **reads("enforce_tree"),
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("enforce_tree"),
    output:
        **makes("enforce_tree"),
    log:
        "results/logs/enforce_tree.log",
    benchmark:
        "results/benchmarks/enforce_tree.tsv"
    group:
        group_of("reorganize")
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("enforce_tree"),
    params:
        **params("enforce_tree"),
    script:
        "../scripts/enforce_tree.py"


rule deepen_branches:
    """Step: insert missing levels below the roots."""
    input:
        **reads("deepen_branches"),
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("deepen_branches"),
    output:
        **makes("deepen_branches"),
    log:
        "results/logs/deepen_branches.log",
    benchmark:
        "results/benchmarks/deepen_branches.tsv"
    group:
        group_of("reorganize")
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("deepen_branches"),
    params:
        **params("deepen_branches"),
    script:
        "../scripts/deepen_branches.py"


rule place_interactions:
    """Step: move interactions to the level that fits them."""
    input:
        **reads("place_interactions"),
        roots=ROOTS,
        reference=MEMBERS,
        prompts=prompts("place_interactions"),
    output:
        **makes("place_interactions"),
    log:
        "results/logs/place_interactions.log",
    benchmark:
        "results/benchmarks/place_interactions.tsv"
    group:
        group_of("reorganize")
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("place_interactions"),
    params:
        **params("place_interactions"),
    script:
        "../scripts/place_interactions.py"


rule prune_orphans:
    """Step: remove pathways without interactions."""
    input:
        **reads("prune_orphans"),
    output:
        **makes("prune_orphans"),
    log:
        "results/logs/prune_orphans.log",
    benchmark:
        "results/benchmarks/prune_orphans.tsv"
    group:
        "reorganize"
    conda:
        "../envs/rootward.yaml"
    params:
        **params("prune_orphans"),
    script:
        "../scripts/prune_orphans.py"


rule verify_tree:
    """Step: verify that the result is a tree with every interaction."""
    input:
        **reads("verify_tree"),
        roots=ROOTS,
        reference=GRAPH,
        previous=PREVIOUS,
    output:
        **makes("verify_tree"),
    log:
        "results/logs/verify_tree.log",
    benchmark:
        "results/benchmarks/verify_tree.tsv"
    group:
        "reorganize"
    conda:
        "../envs/rootward.yaml"
    params:
        **params("verify_tree"),
    script:
        "../scripts/verify_tree.py"
