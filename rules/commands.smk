"""Commands that show or change stored data, and make no result: plan, probe, forget, cache_stats, explain, compare,
doubts.
"""


rule plan:
    """Command: estimate what a run would ask and cost; makes no call."""
    log:
        "results/logs/plan.log",
    localrule: True
    conda:
        "../envs/rootward.yaml"
    params:
        files=FILES,
        roots=ROOTS,
        previous=PREVIOUS + [path for path in [placed("results/ids.tsv")] if Path(path).exists()],
        prompts=[template(question) for question in config["questions"]],
    script:
        "../scripts/plan.py"


rule probe:
    """Command: ask the endpoints of curator: openai what they can do (schemas, thinking, context)."""
    log:
        "results/logs/probe.log",
    localrule: True
    conda:
        "../envs/rootward.yaml"
    params:
        prompts=[template(question) for question in config["questions"]],
    script:
        "../scripts/probe.py"


rule forget:
    """Command: delete answers, so that the next run asks again."""
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
    """Command: count the answers in the cache, with their tokens and cost."""
    log:
        "results/logs/cache_stats.log",
    localrule: True
    conda:
        "../envs/rootward.yaml"
    script:
        "../scripts/cache_stats.py"


rule explain:
    """Command: explain why a pathway, a protein or an interaction is where it is."""
    log:
        "results/logs/explain.log",
    conda:
        "../envs/rootward.yaml"
    script:
        "../scripts/explain.py"


rule compare:
    """Command: show what changed between two result folders."""
    log:
        "results/logs/compare.log",
    conda:
        "../envs/rootward.yaml"
    script:
        "../scripts/compare.py"


rule doubts:
    """Command: rank what a person should look at first, as lines for config/decisions.tsv."""
    log:
        "results/logs/doubts.log",
    localrule: True
    conda:
        "../envs/rootward.yaml"
    script:
        "../scripts/doubts.py"
