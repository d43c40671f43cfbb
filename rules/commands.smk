"""Commands that look at, or change, what is kept; they make no result: plan, forget, cache_stats, explain, compare."""


rule plan:
    log:
        "results/logs/plan.log",
    localrule: True
    conda:
        "../envs/rootward.yaml"
    params:
        files=FILES,
        roots=ROOTS,
        prompts=[template(question) for question in config["questions"]],
    script:
        "../scripts/plan.py"


rule forget:
    log:
        "results/logs/forget.log",
    localrule: True
    conda:
        "../envs/rootward.yaml"
    params:
        noted=FORGOTTEN,
    script:
        "../scripts/forget.py"


rule cache_stats:
    log:
        "results/logs/cache_stats.log",
    localrule: True
    conda:
        "../envs/rootward.yaml"
    script:
        "../scripts/cache_stats.py"


rule explain:
    log:
        "results/logs/explain.log",
    conda:
        "../envs/rootward.yaml"
    script:
        "../scripts/explain.py"


rule compare:
    log:
        "results/logs/compare.log",
    conda:
        "../envs/rootward.yaml"
    script:
        "../scripts/compare.py"
