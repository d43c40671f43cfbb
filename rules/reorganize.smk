"""Reads hierarchy, siblings, leaves and memberships; makes reorganized/1_… to 5_… and, proven, reorganized.parquet."""


rule merge_duplicates:
    """Step: merge pathways that are in the tree under two names."""
    input:
        hierarchy="results/hierarchy.parquet",
        siblings="results/siblings.parquet",
        leaves="results/leaves.parquet",
        memberships="results/memberships.parquet",
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("merge"),
    output:
        tree=ensure("results/reorganized/1_merged.parquet", non_empty=True),
        placements=ensure("results/reorganized/1_merged.placements.parquet", non_empty=True),
        changes=ensure("results/reorganized/1_merged.changes.parquet", non_empty=True),
        ledger="results/ledger/merge_duplicates.json",
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
        llm_slots=slots("merge"),
    params:
        threshold=config["merge"]["threshold"],
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("merge"),
        code=code("merge_duplicates"),
    script:
        "../scripts/merge_duplicates.py"


rule enforce_tree:
    """Step: keep one parent of each pathway."""
    input:
        tree="results/reorganized/1_merged.parquet",
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("best_parent", "choose_root", "check_edge"),
    output:
        tree=ensure("results/reorganized/2_strict.parquet", non_empty=True),
        changes=ensure("results/reorganized/2_strict.changes.parquet", non_empty=True),
        ledger="results/ledger/enforce_tree.json",
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
        llm_slots=slots("best_parent", "choose_root", "check_edge"),
    params:
        check=config["climb"]["check"],
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("best_parent", "choose_root", "check_edge"),
        code=code("enforce_tree"),
    script:
        "../scripts/enforce_tree.py"


rule deepen_branches:
    """Step: insert missing levels below the roots."""
    input:
        tree="results/reorganized/2_strict.parquet",
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("intermediate", "merge"),
    output:
        tree=ensure("results/reorganized/3_deepened.parquet", non_empty=True),
        changes=ensure("results/reorganized/3_deepened.changes.parquet", non_empty=True),
        ledger="results/ledger/deepen_branches.json",
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
        llm_slots=slots("intermediate", "merge"),
    params:
        threshold=config["merge"]["threshold"],
        max_depth=config["deepen"]["max_depth"],
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("intermediate", "merge"),
        code=code("deepen_branches"),
    script:
        "../scripts/deepen_branches.py"


rule place_interactions:
    """Step: move interactions to the level that fits them."""
    input:
        interactions="results/interactions.parquet",
        tree="results/reorganized/3_deepened.parquet",
        placements="results/reorganized/1_merged.placements.parquet",
        roots=ROOTS,
        reference=MEMBERS,
        prompts=prompts("place"),
    output:
        placements=ensure("results/reorganized/4_placed.parquet", non_empty=True),
        changes=ensure("results/reorganized/4_placed.changes.parquet", non_empty=True),
        ledger="results/ledger/place_interactions.json",
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
        llm_slots=slots("place"),
    params:
        ask=config["place"]["ask"],
        confidence=config["place"]["confidence"],
        keep=config["siblings"]["keep"],
        collapse_chains=config["prune"]["collapse_chains"],
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("place"),
        code=code("place_interactions"),
    script:
        "../scripts/place_interactions.py"


rule prune_orphans:
    """Step: remove what holds no interaction."""
    input:
        tree="results/reorganized/3_deepened.parquet",
        placements="results/reorganized/4_placed.parquet",
    output:
        tree=ensure("results/reorganized/5_pruned.parquet", non_empty=True),
        changes=ensure("results/reorganized/5_pruned.changes.parquet", non_empty=True),
    log:
        "results/logs/prune_orphans.log",
    benchmark:
        "results/benchmarks/prune_orphans.tsv"
    group:
        "reorganize"
    conda:
        "../envs/rootward.yaml"
    params:
        keep=config["siblings"]["keep"],
        collapse_chains=config["prune"]["collapse_chains"],
        code=code("prune_orphans", asks=False),
    script:
        "../scripts/prune_orphans.py"


rule verify_tree:
    """Step: prove that the result is a tree that holds every interaction."""
    input:
        tree="results/reorganized/5_pruned.parquet",
        placements="results/reorganized/4_placed.parquet",
        changes=collect(
            "results/reorganized/{phase}.changes.parquet",
            phase=["1_merged", "2_strict", "3_deepened", "4_placed", "5_pruned"],
        ),
        interactions="results/interactions.parquet",
        evidence="results/evidence.parquet" if DROP_UNSUPPORTED else [],
        roots=ROOTS,
        reference=GRAPH,
    output:
        reorganized=ensure("results/reorganized.parquet", non_empty=True),
        placements=ensure("results/placements.parquet", non_empty=True),
        changes=ensure("results/changes.parquet", non_empty=True),
        verification="results/verification.json",
    log:
        "results/logs/verify_tree.log",
    benchmark:
        "results/benchmarks/verify_tree.tsv"
    group:
        "reorganize"
    conda:
        "../envs/rootward.yaml"
    params:
        keep=config["siblings"]["keep"],
        fallback_root=FALLBACK_ROOT,
        code=code("verify_tree", asks=False),
    script:
        "../scripts/verify_tree.py"
