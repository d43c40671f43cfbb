"""The configuration, checked: what the user's file and the command line say, whole and plain in `config`."""

import sys
from pathlib import Path

# Where Rootward is: not workflow.basedir, which as a module is the folder of the workflow that uses it.
BASE = Path(str(workflow.current_basedir)).parent
if not (BASE / "scripts").is_dir():
    # Snakemake fetches single files of a module that it is to find at GitHub; a package of Python is many.
    sys.exit("Rootward runs from a clone: git clone it, and name the clone's Snakefile in `module: snakefile:`")
sys.path.insert(0, str(BASE / "scripts"))

from rootward.errors import UserError
from rootward.workflow import user_config
from rootward.curators.endpoints import resolved
from rootward.workflow.config_check import load

IS_MODULE = not workflow.modifier.is_main_snakefile()
USER_CONFIG = Path("config/config.yaml")


def or_exit(step, *args):
    """The result of a step at parse time; what the user must mend ends Snakemake with its one line."""
    try:
        return step(*args)
    except UserError as error:
        sys.exit(str(error))


def config_file():
    """What the directive below reads. As a module Rootward takes the configuration it is given, and reads nothing."""
    shipped, defaults = BASE / "config/config.yaml", BASE / "config/config.default.yaml"
    return str(shipped if IS_MODULE else or_exit(user_config.config_file, USER_CONFIG, shipped, defaults))


def user_keys():
    """What the user's own file sets, to tell its mistakes from those of the command line."""
    return {} if IS_MODULE or not USER_CONFIG.exists() else user_config.read(USER_CONFIG)


def limit_calls():
    """Let all jobs of a run together have as many calls in flight as the models are configured for.

    A limit from the command line or from a profile of the user's own stands above it. Of two modules the larger holds.
    """
    if "llm_slots" in workflow.resource_settings.resources:
        return
    configured = max(model["concurrency"] for model in config["models"].values())
    other = workflow.global_resources.get("llm_slots").value or 0
    workflow.register_resource("llm_slots", max(configured, other))


# Those given by --configfile Snakemake has read already; what it misread in silence is found here.
for path in [] if IS_MODULE else workflow.overwrite_configfiles:
    or_exit(user_config.read, Path(path))


configfile: config_file()


config.update(or_exit(load, dict(config), str(USER_CONFIG), user_keys()))
config["models"] = or_exit(resolved, config)
if config["cache"]["journal_mode"] == "auto":
    # WAL needs memory that all its processes share, so that they must be on one machine.
    config["cache"]["journal_mode"] = "delete" if config["asks_on"] == "nodes" else "wal"
if not IS_MODULE:
    or_exit(user_config.some_input, config["input"], USER_CONFIG, BASE)
limit_calls()
