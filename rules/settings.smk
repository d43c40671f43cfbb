"""Checks the configuration from the user's file and the command line, and completes it in `config`."""

import sys
from pathlib import Path

# The folder of Rootward. In a module, workflow.basedir would be the folder of the workflow that uses it.
BASE = Path(str(workflow.current_basedir)).parent
if not (BASE / "scripts").is_dir():
    # For a module on GitHub Snakemake fetches single files, but a Python package consists of many.
    sys.exit("Rootward runs from a clone: git clone it, and name the clone's Snakefile in `module: snakefile:`")
sys.path.insert(0, str(BASE / "scripts"))

from rootward.errors import UserError
from rootward.workflow import user_config
from rootward.curators.endpoints import resolved
from rootward.workflow.config_check import load

IS_MODULE = not workflow.modifier.is_main_snakefile()
USER_CONFIG = Path("config/config.yaml")


def or_exit(step, *args):
    """The result of a step at parse time; a mistake of the user ends Snakemake with one line."""
    try:
        return step(*args)
    except UserError as error:
        sys.exit(str(error))


def config_file():
    """The file that the directive below reads. In a module, the other workflow provides the configuration."""
    shipped, defaults = BASE / "config/config.yaml", BASE / "config/config.default.yaml"
    return str(shipped if IS_MODULE else or_exit(user_config.config_file, USER_CONFIG, shipped, defaults))


def user_keys():
    """The keys of the user's file, to distinguish its mistakes from those of the command line."""
    return {} if IS_MODULE or not USER_CONFIG.exists() else user_config.read(USER_CONFIG)


def limit_calls():
    """Allow all jobs of a run together as many calls in flight as are configured for the models.

    A limit from the command line or from the user's profile has precedence. With two modules, the larger limit applies.
    """
    if "llm_slots" in workflow.resource_settings.resources:
        return
    configured = max(model["concurrency"] for model in config["models"].values())
    other = workflow.global_resources.get("llm_slots").value or 0
    workflow.register_resource("llm_slots", max(configured, other))


# Snakemake has already read the files of --configfile; this finds what it silently misread.
for path in [] if IS_MODULE else workflow.overwrite_configfiles:
    or_exit(user_config.read, Path(path))


configfile: config_file()


config.update(or_exit(load, dict(config), str(USER_CONFIG), user_keys()))
config["models"] = or_exit(resolved, config)
if config["cache"]["journal_mode"] == "auto":
    # WAL needs memory shared by all processes, so they must be on one machine.
    config["cache"]["journal_mode"] = "delete" if config["asks_on"] == "nodes" else "wal"
if not IS_MODULE:
    or_exit(user_config.some_input, config["input"], USER_CONFIG, BASE)
limit_calls()
