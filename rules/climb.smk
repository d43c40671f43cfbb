"""Reads leaves.parquet; makes parents_L1.parquet … parents_L{max_levels}.parquet and hierarchy.parquet."""


rule climb:
    """Step: name the parents of one level of pathways."""
    input:
        leaves="results/leaves.parquet",
        levels=levels_below,
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("parent", "check_edge"),
    output:
        parents=ensure("results/parents_L{level}.parquet", non_empty=True),
        ledger="results/ledger/climb_L{level}.json",
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
        llm_slots=slots("parent", "check_edge"),
    params:
        candidates=config["climb"]["candidates"],
        votes=config["climb"]["votes"],
        check=config["climb"]["check"],
        consult=config["climb"]["consult"],
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("parent", "check_edge"),
        code=code("climb"),
    script:
        "../scripts/climb.py"


rule join_levels:
    """Step: join all levels into one graph, and choose a root for what reached none."""
    input:
        leaves="results/leaves.parquet",
        levels=expand("results/parents_L{level}.parquet", level=range(1, LEVELS + 1)),
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("choose_root"),
    output:
        hierarchy=ensure("results/hierarchy.parquet", non_empty=True),
        ledger="results/ledger/join_levels.json",
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
        llm_slots=slots("choose_root"),
    params:
        fallback_root=FALLBACK_ROOT,
        asked_of=asked_of("choose_root"),
        code=code("join_levels"),
    script:
        "../scripts/join_levels.py"
