"""What every rule script does around its one function: logging, errors in one line, and the curator it asks."""

import logging
import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

from rootward.asking.ledger import Ledger
from rootward.errors import UserError
from rootward.knowledge.sources import folders_of

log = logging.getLogger("rootward")


def configure_logging(snakemake: Any) -> None:
    """Send log lines to the rule's log file; warnings and worse also to the screen."""
    lines = logging.Formatter("%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S")
    logger = logging.getLogger("rootward")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    if snakemake.log:
        Path(snakemake.log[0]).parent.mkdir(parents=True, exist_ok=True)
        to_file = logging.FileHandler(snakemake.log[0], mode="w", encoding="utf-8")
        to_file.setFormatter(lines)
        logger.addHandler(to_file)


class NoPandas:
    """Import hook. No step uses pandas, but pyarrow imports it (a third of a second, in every job) where it can be had,
    to ask whether what it is given comes from there.
    """

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse pandas; of everything else say nothing."""
        if name == "pandas":
            raise ModuleNotFoundError("pandas is kept out of the steps", name=name)


def read_pairs(interactions: str) -> Iterator[tuple[str, str]]:
    """The pairs of proteins of all interactions: what the offline curator takes as the context of each."""
    from rootward import tables

    table = tables.read("interactions", interactions, ["protein_a", "protein_b"])
    return zip(table["protein_a"].to_pylist(), table["protein_b"].to_pylist(), strict=True)


class Job:
    """Context of a rule script: `with Job(snakemake) as job: step(..., ask=job.asker)`.

    A UserError ends the script with its one line on the screen and exit code 1; any other exception is a bug: its
    traceback goes to the log, and one line with the log's name to the screen.
    """

    def __init__(self, snakemake: Any):
        self._snakemake = snakemake
        self._ledger = Ledger()

    def __enter__(self) -> "Job":
        sys.meta_path.insert(0, NoPandas())
        configure_logging(self._snakemake)
        return self

    @cached_property
    def asker(self):
        """The asker for the configured curator; its numbers are written to the `ledger` output when the script ends
        well.
        """
        from rootward.asking.ask import Asker

        errors, given = self._snakemake.config["errors"], self._snakemake.input
        if self._snakemake.config["curator"] == "reactome":
            curator = self._reactome(given.roots, folders_of(given.reference), given.get("interactions"))
        else:
            curator, _, _ = self._engine(Path(given.prompts[0]).parent)
        return Asker(curator, self._ledger, errors["max_fraction"], errors["tolerated"])

    @cached_property
    def cache(self):
        """The answer cache, with the journal that the configuration asks for."""
        from rootward.asking.cache import AnswerCache

        return AnswerCache(self._snakemake.config["cache"]["path"], self._snakemake.config["cache"]["journal_mode"])

    def planning(self, roots: str, reference: Sequence[str], prompts: str):
        """Engine, offline stand-in, Gemini and cache, for a plan that asks nothing."""
        engine, gemini, cache = self._engine(Path(prompts))
        return engine, self._reactome(roots, reference, None), gemini, cache

    def _reactome(self, roots: str, reference: Sequence[str | Path], interactions: str | None):
        from rootward.curators.offline import ReactomeCurator
        from rootward.knowledge.reference import Reference
        from rootward.knowledge.roots import read_roots

        def pairs() -> Iterable[tuple[str, str]]:
            return read_pairs(interactions) if interactions else ()

        config = self._snakemake.config
        known_roots = read_roots(roots, config["fallback_root"])
        return ReactomeCurator(Reference(reference), known_roots, pairs, config["assign"]["threshold"])

    def _engine(self, prompts: Path):
        from rootward.asking.engine import Engine
        from rootward.curators.gemini import Gemini

        config = self._snakemake.config
        gemini = Gemini(config["models"], config["questions"], prompts, config["api"])
        cache = self.cache
        slots = self._snakemake.resources.get("llm_slots") or 1
        batch = config["batch"] if config["mode"] == "batch" else None
        engine = Engine(gemini, cache, self._ledger, slots, config["errors"]["attempts"], config["cache"]["old"], batch)
        return engine, gemini, cache

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        self._sum_up(is_done=error is None)
        if error is None:
            return False
        if isinstance(error, SystemExit):
            return False
        where = self._snakemake.log[0] if self._snakemake.log else "its log"
        name = self._snakemake.rule
        if isinstance(error, UserError):
            log.error("%s", error)
            print(f"{name}: {error}", file=sys.stderr)
        elif isinstance(error, OSError) and error.errno in (28, 30, 13):  # no space, read-only, no permission
            log.error("%s", "".join(traceback.format_exception(error)))
            print(f"{name}: {error.filename or 'a result'}: {os.strerror(error.errno)}", file=sys.stderr)
        else:
            log.error("%s", "".join(traceback.format_exception(error)))
            print(f"{name}: {type(error).__name__}: {error!s:.200} (traceback in {where})", file=sys.stderr)
        logging.shutdown()
        sys.exit(1)

    def _sum_up(self, is_done: bool) -> None:
        """Say in the log what was asked and paid, also by a script that failed; only one that did not has a ledger."""
        path = getattr(self._snakemake.output, "ledger", None)
        if path and is_done:
            self._ledger.write(path)
        for line in self._ledger.lines() or ["asked nothing"]:
            log.info("%s", line)
