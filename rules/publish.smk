"""Reads the verified tree and the ledgers; makes tree.txt, tree.json, explorer.html, the report's pictures and tables,
evaluation.json and run_summary.json.
"""


rule export_tree:
    """Step: write the tree as text and as JSON."""
    input:
        reorganized="results/reorganized.parquet",
        verification="results/verification.json",
    output:
        text=ensure("results/tree.txt", non_empty=True),
        nested=ensure("results/tree.json", non_empty=True),
    log:
        "results/logs/export_tree.log",
    benchmark:
        "results/benchmarks/export_tree.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        code=code("export_tree"),
    script:
        "../scripts/export_tree.py"


rule build_explorer:
    """Step: write the tree as an interactive page."""
    input:
        reorganized="results/reorganized.parquet",
        placements="results/placements.parquet",
        interactions="results/interactions.parquet",
        changes="results/changes.parquet",
        evidence="results/evidence.parquet" if EVIDENCE else [],
        assigned=reads("collect_leaves")["assigned"],
        proteins=PROTEINS,
    output:
        page=ensure(
            report(
                "results/explorer.html",
                caption="../report/explorer.rst",
                category="Explorer",
                labels={"page": "The tree, its interactions and every reason"},
            ),
            non_empty=True,
        ),
    log:
        "results/logs/build_explorer.log",
    benchmark:
        "results/benchmarks/build_explorer.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        **config["explorer"],
        page=PAGE,
        code=code("build_explorer"),
    script:
        "../scripts/build_explorer.py"


# One job for all of them: starting a job costs more than drawing a picture.
rule draw_figures:
    """Step: draw the figures of the run and the tables of the report."""
    input:
        reorganized="results/reorganized.parquet",
        placements="results/placements.parquet",
        rejected="results/rejected.parquet",
        proteins="results/proteins.parquet",
        changes="results/changes.parquet",
        ledgers=ledgers(),
    output:
        tree_svg=ensure(
            report(
                "results/figures/tree.svg",
                caption="../report/tree.rst",
                category="Tree",
                labels={"picture": "The tree", "format": "SVG"},
            ),
            non_empty=True,
        ),
        tree_png=ensure(
            report(
                "results/figures/tree.png",
                caption="../report/tree.rst",
                category="Tree",
                labels={"picture": "The tree", "format": "PNG"},
            ),
            non_empty=True,
        ),
        sizes_svg=ensure(
            report(
                "results/figures/sizes.svg",
                caption="../report/sizes.rst",
                category="Figures",
                labels={"picture": "Depth and size", "format": "SVG"},
            ),
            non_empty=True,
        ),
        sizes_png=ensure(
            report(
                "results/figures/sizes.png",
                caption="../report/sizes.rst",
                category="Figures",
                labels={"picture": "Depth and size", "format": "PNG"},
            ),
            non_empty=True,
        ),
        confidence_svg=ensure(
            report(
                "results/figures/confidence.svg",
                caption="../report/confidence.rst",
                category="Figures",
                labels={"picture": "Confidence", "format": "SVG"},
            ),
            non_empty=True,
        ),
        confidence_png=ensure(
            report(
                "results/figures/confidence.png",
                caption="../report/confidence.rst",
                category="Figures",
                labels={"picture": "Confidence", "format": "PNG"},
            ),
            non_empty=True,
        ),
        cost_svg=ensure(
            report(
                "results/figures/cost.svg",
                caption="../report/cost.rst",
                category="Figures",
                labels={"picture": "Cost per step", "format": "SVG"},
            ),
            non_empty=True,
        ),
        cost_png=ensure(
            report(
                "results/figures/cost.png",
                caption="../report/cost.rst",
                category="Figures",
                labels={"picture": "Cost per step", "format": "PNG"},
            ),
            non_empty=True,
        ),
        rejected=ensure(
            report(
                "results/report/rejected.html",
                caption="../report/rejected.rst",
                category="Rejected",
                labels={"table": "Rejected rows and reasons"},
            ),
            non_empty=True,
        ),
        changes=ensure(
            report(
                "results/report/changes.html",
                caption="../report/changes.rst",
                category="Changes by phase",
                labels={"table": "What each phase changed"},
            ),
            non_empty=True,
        ),
        asked=ensure(
            report(
                "results/report/asked.html",
                caption="../report/asked.rst",
                category="Calls and cost",
                labels={"table": "Calls and cost per step"},
            ),
            non_empty=True,
        ),
    log:
        "results/logs/draw_figures.log",
    benchmark:
        "results/benchmarks/draw_figures.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        curator=config["curator"],
        code=code("draw_figures"),
    script:
        "../scripts/draw_figures.py"


rule evaluate_tree:
    """Step: compare the tree with a known hierarchy."""
    input:
        reorganized="results/reorganized.parquet",
        reference=GRAPH,
        gold=GOLD,
    output:
        evaluation=ensure(
            report(
                "results/evaluation.json",
                caption="../report/evaluation.rst",
                category="Evaluation",
                labels={"figures": "The tree against the reference", "format": "JSON"},
            ),
            non_empty=True,
        ),
        table=ensure(
            report(
                "results/report/evaluation.html",
                caption="../report/evaluation.rst",
                category="Evaluation",
                labels={"figures": "The tree against the reference", "format": "table"},
            ),
            non_empty=True,
        ),
    log:
        "results/logs/evaluate_tree.log",
    benchmark:
        "results/benchmarks/evaluate_tree.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        curator=config["curator"],
        code=code("evaluate_tree"),
    script:
        "../scripts/evaluate_tree.py"


rule summarize_run:
    """Step: summarise the run."""
    input:
        reorganized="results/reorganized.parquet",
        placements="results/placements.parquet",
        interactions="results/interactions.parquet",
        rejected="results/rejected.parquet",
        proteins="results/proteins.parquet",
        changes="results/changes.parquet",
        decisions=reads("verify_tree")["decisions"],
        ledgers=ledgers(),
    output:
        summary=ensure("results/run_summary.json", non_empty=True),
    log:
        "results/logs/summarize_run.log",
    benchmark:
        "results/benchmarks/summarize_run.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        curator=config["curator"],
        code=code("summarize_run"),
    script:
        "../scripts/summarize_run.py"


rule describe_run:
    """Step: describe the run and its results as an RO-Crate."""
    input:
        results=RESULTS,
        summary="results/run_summary.json",
        files=FILES,
        roots=ROOTS,
        prompts=[template(question) for question in config["questions"]],
    output:
        metadata=ensure("results/ro-crate-metadata.json", non_empty=True),
    log:
        "results/logs/describe_run.log",
    benchmark:
        "results/benchmarks/describe_run.tsv"
    group:
        "publish"
    conda:
        "../envs/rootward.yaml"
    params:
        curator=config["curator"],
        code=code("describe_run"),
    script:
        "../scripts/describe_run.py"
