"""Reads leaves.parquet; makes parents_L1.parquet … parents_L{max_levels}.parquet and hierarchy.parquet."""


rule climb:
    input:
        leaves="results/leaves.parquet",
        levels=levels_below,
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("parent"),
    output:
        parents=ensure("results/parents_L{level}.parquet", non_empty=True),
        ledger="results/ledger/climb_L{level}.json",
    params:
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("parent"),
        code=code("climb"),
    log:
        "results/logs/climb_L{level}.log",
    benchmark:
        "results/benchmarks/climb_L{level}.tsv"
    resources:
        llm_slots=slots("parent"),
    group:
        "climb"
    conda:
        "../envs/rootward.yaml"
    script:
        "../scripts/climb.py"


rule join_levels:
    input:
        leaves="results/leaves.parquet",
        levels=expand("results/parents_L{level}.parquet", level=range(1, LEVELS + 1)),
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("choose_root"),
    output:
        hierarchy=ensure("results/hierarchy.parquet", non_empty=True),
        ledger="results/ledger/join_levels.json",
    params:
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("choose_root"),
        code=code("join_levels"),
    log:
        "results/logs/join_levels.log",
    benchmark:
        "results/benchmarks/join_levels.tsv"
    resources:
        llm_slots=slots("choose_root"),
    group:
        "climb"
    conda:
        "../envs/rootward.yaml"
    script:
        "../scripts/join_levels.py"
