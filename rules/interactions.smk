"""Reads the user's files; makes interactions.parquet, rejected.parquet and, when asked to, evidence.parquet."""


rule read_interactions:
    """Step: read the input files into one table of interactions."""
    input:
        files=FILES,
        string_names=STRING_NAMES,
        reference=reference("proteins"),
    output:
        interactions=ensure("results/interactions.parquet", non_empty=True),
        rejected=ensure("results/rejected.parquet", non_empty=True),
    log:
        "results/logs/read_interactions.log",
    benchmark:
        "results/benchmarks/read_interactions.tsv"
    conda:
        "../envs/rootward.yaml"
    params:
        reading=READING,
        code=code("read_interactions", asks=False),
    script:
        "../scripts/read_interactions.py"


rule validate_evidence:
    """Step: check the evidence of every interaction (optional)."""
    input:
        interactions="results/interactions.parquet",
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("validate_evidence"),
    output:
        evidence=ensure("results/evidence.parquet", non_empty=True),
        ledger="results/ledger/validate_evidence.json",
    log:
        "results/logs/validate_evidence.log",
    benchmark:
        "results/benchmarks/validate_evidence.tsv"
    localrule: ASKS_HERE
    conda:
        "../envs/rootward.yaml"
    resources:
        llm_slots=slots("validate_evidence"),
    params:
        asked_of=asked_of("validate_evidence"),
        code=code("validate_evidence"),
    script:
        "../scripts/validate_evidence.py"
