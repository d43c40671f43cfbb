"""Shows the run, where Rootward is the workflow that runs; see scripts/rootward/workflow/screen.py."""

from rootward.workflow.screen import attach

# As a module the screen is that of the other workflow; a job's own Snakemake has none.
if workflow.is_main_process and not IS_MODULE:
    attach(workflow, config)
