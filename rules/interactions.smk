"""Reads the user's files; makes interactions, rejected, proteins and, if enabled, evidence (.parquet)."""


rule read_interactions:
    """Step: read the input files into one table of interactions."""
    input:
        files=files_of_the_user,
        string_names=STRING_NAMES,
        orthologs=ORTHOLOGS,
        reference=NAMING,
    output:
        **makes("read_interactions"),
    log:
        "results/logs/read_interactions.log",
    benchmark:
        "results/benchmarks/read_interactions.tsv"
    conda:
        "../envs/rootward.yaml"
    params:
        **params("read_interactions"),
        reading=READING,
    script:
        "../scripts/read_interactions.py"


rule read_decisions:
    """Step: resolve the decisions (config/decisions.tsv) before anything is asked."""
    input:
        **reads("read_decisions"),
        lines=config["decisions"] or [],
        roots=ROOTS,
        reference=GRAPH,
        previous=PREVIOUS,
    output:
        **makes("read_decisions"),
    log:
        "results/logs/read_decisions.log",
    benchmark:
        "results/benchmarks/read_decisions.tsv"
    localrule: True
    conda:
        "../envs/rootward.yaml"
    params:
        **params("read_decisions"),
    script:
        "../scripts/read_decisions.py"


rule validate_evidence:
    """Step: check the evidence of every interaction (optional)."""
    input:
        **reads("validate_evidence"),
        # Only for the order: decisions are checked before anything is asked.
        decisions=reads("assign_terms")["decisions"],
        roots=ROOTS,
        reference=GRAPH,
        prompts=prompts("validate_evidence"),
    output:
        **makes("validate_evidence"),
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
        **params("validate_evidence"),
    script:
        "../scripts/validate_evidence.py"
