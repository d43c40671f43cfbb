"""Reads interactions.parquet; makes assigned/{shard}.parquet, refined.parquet, leaves.parquet and memberships.parquet."""


rule assign_terms:
    """Step: name a pathway for each interaction of a shard."""
    input:
        interactions=interactions_for_shard,
        evidence="results/evidence.parquet" if EVIDENCE else [],
        roots=ROOTS,
        reference=MEMBERS,
        prompts=prompts("assign_term"),
    output:
        assigned=ensure("results/assigned/{shard}.parquet", non_empty=True),
        ledger="results/ledger/assign_terms_{shard}.json",
    log:
        "results/logs/assign_terms_{shard}.log",
    benchmark:
        "results/benchmarks/assign_terms_{shard}.tsv"
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("assign_term"),
    params:
        shards=SHARDS,
        drop_unsupported=DROP_UNSUPPORTED,
        digest=planned_digest,
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("assign_term"),
        code=code("assign_terms"),
    script:
        "../scripts/assign_terms.py"


rule refine_terms:
    """Step: bring the names to one vocabulary."""
    input:
        interactions="results/interactions.parquet",
        assigned=expand("results/assigned/{shard}.parquet", shard=range(SHARDS)),
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("refine_term"),
    output:
        refined=ensure("results/refined.parquet", non_empty=True),
        ledger="results/ledger/refine_terms.json",
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
        llm_slots=slots("refine_term"),
    params:
        **config["refine"],
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("refine_term"),
        code=code("refine_terms"),
    script:
        "../scripts/refine_terms.py"


rule collect_leaves:
    """Step: collect the distinct pathways: the leaves of the tree."""
    input:
        # Not read, but a new table of interactions is the moment to check that no shard is older than its rows.
        interactions="results/interactions.parquet",
        assigned=expand("results/assigned/{shard}.parquet", shard=range(SHARDS)),
        refined="results/refined.parquet",
    output:
        leaves=ensure("results/leaves.parquet", non_empty=True),
        memberships=ensure("results/memberships.parquet", non_empty=True),
    log:
        "results/logs/collect_leaves.log",
    benchmark:
        "results/benchmarks/collect_leaves.tsv"
    group:
        "leaves"
    conda:
        "../envs/rootward.yaml"
    params:
        digests=planned_digests,
        fallback_root=FALLBACK_ROOT,
        code=code("collect_leaves", asks=False),
    script:
        "../scripts/collect_leaves.py"
