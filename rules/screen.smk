"""Shows the run, unless Rootward is used as a module; see scripts/rootward/workflow/screen.py."""

from rootward.workflow.screen import attach

# In a module, the other workflow controls the screen; the Snakemake process of a job has none.
if workflow.is_main_process and not IS_MODULE:
    attach(workflow, config)
