"""All accepted rows, dictionary-encoded: a number per row and column; each distinct value is interpreted and stored
once.

Millions of rows take about 50 bytes each this way, and the work per row is one look-up per column.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from rootward.inputs import values
from rootward.inputs.coded import Coded, Problem
from rootward.inputs.naming import Naming
from rootward.inputs.options import HUMAN, Options
from rootward.inputs.records import MAX_RAW, Chunk
from rootward.inputs.rejections import Rejections
from rootward.knowledge import vocabulary
from rootward.knowledge.names import clean
from rootward.knowledge.proteins import ProteinNames

LONGEST_ID = 200
NO_PMIDS = ("",)  # a piece of evidence from no article
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TAXA = re.compile(r"-?\d+(?: -?\d+)*")


@dataclass
class Rows:
    """The accepted rows: a column of numbers each (see Coded), in the order of reading.

    `file` and `line` are the source of a row; `further_row` to `further_pmid` are further pieces of evidence, and the
    row that each belongs to.
    """

    columns: dict[str, np.ndarray]
    further: dict[str, np.ndarray]
    xref: pa.ChunkedArray
    files: list[str]


class Gathered:
    """Takes chunks: sets aside the rows that cannot be used or are not wanted, and encodes the others."""

    def __init__(self, proteins: ProteinNames, options: Options):
        self._options = options
        self.naming = Naming(proteins, options)
        self.n_rows = 0
        self.rejections = Rejections()
        self.files: list[str] = []
        sentences = Coded(_cleaned, "")  # one for both, because a statement is often its own evidence
        self.coded = {
            "given": Coded(_identifier, ""),
            "name": self.naming.names,
            "entity": self.naming.entities,
            "taxon": Coded(self._taxon, self.naming.unsaid),
            "effect": Coded(lambda cell: values.effect(cell).effect),
            "word": Coded(lambda cell: values.effect(cell).note, ""),
            "mechanism": Coded(lambda word: clean(vocabulary.mechanism(word)), ""),
            "topic": Coded(clean, ""),
            "mediators": Coded(clean, ""),
            "statement": sentences,
            "text": sentences,
            "pmid": Coded(self._pmids, NO_PMIDS),
            "confidence": Coded(lambda cell: self._read("confidence", values.confidence(cell), nothing=None), None),
        }
        self._parts: list[dict[str, np.ndarray]] = []
        self._further: list[tuple[int, int, int]] = []
        self._xrefs: list[pa.Array] = []
        self._n_kept = 0
        self._unread: dict[str, set[str]] = {"pmid": set(), "confidence": set()}
        self._n_unread: Counter[str] = Counter()
        self._articles: dict[str, list[str]] = {}  # cell of PubMed ids -> other articles' ids in it
        self._unused: dict[str, list[str]] = {}
        self._guessed: dict[str, str] = {}

    def add(self, chunk: Chunk) -> None:
        """Add a chunk."""
        self.n_rows += len(chunk.line) + len(chunk.rejected)
        if not self.files or self.files[-1] != chunk.file:
            self.files.append(chunk.file)
        for line, reason, raw in chunk.rejected:
            self.rejections.add(chunk.file, line, reason=reason, raw=raw)
        if chunk.guessed:
            self._guessed[chunk.file] = chunk.guessed
        if chunk.unused:
            self._unused[chunk.file] = chunk.unused
        if not chunk.line:
            return
        n = len(chunk.line)
        if chunk.effect:
            chunk.mechanism = _mechanisms(chunk)
        taxon_a, taxon_b = self._column("taxon", chunk.taxon_a, n=n), self._column("taxon", chunk.taxon_b, n=n)
        species = self.coded["taxon"].meanings
        named = {
            "name_a": self.naming.column(chunk.protein_a, chunk.kind_a, taxa=taxon_a, species=species),
            "name_b": self.naming.column(chunk.protein_b, chunk.kind_b, taxa=taxon_b, species=species),
        }
        checked = {
            "taxon_a": taxon_a,
            "taxon_b": taxon_b,
            "a": self.naming.interactors(named["name_a"]),
            "b": self.naming.interactors(named["name_b"]),
            "given": self._column("given", chunk.interaction_id, n=n),
            "effect": self._column("effect", chunk.effect or [""] * n, n=n),
        }
        bad = np.any([numbers < 0 for numbers in checked.values()], axis=0)
        if bad.any():
            for i in np.flatnonzero(bad).tolist():
                self.rejections.add(chunk.file, chunk.line[i], reason=self._reason(checked, i), raw=_raw(chunk, i))
        good = np.flatnonzero(~bad)
        self._keep(chunk, checked | named, good=good, n=n)

    def rows(self) -> Rows:
        """Return all accepted rows and release them and the look-ups here, so that they are not in memory twice."""
        for coded in self.coded.values():
            coded.forget()
        parts, self._parts = self._parts, []
        names = list(parts[0]) if parts else []
        columns = {name: np.concatenate([part.pop(name) for part in parts]) for name in names}
        xref, self._xrefs = pa.chunked_array(self._xrefs, pa.string()), []
        further = np.array(self._further, np.int64).reshape(-1, 3)
        return Rows(columns, dict(zip(("row", "text", "pmid"), further.T, strict=True)), xref=xref, files=self.files)

    def _keep(self, chunk: Chunk, checked: dict[str, np.ndarray], good: np.ndarray, n: int) -> None:
        part = {name: checked[name][good] for name in ("given", "a", "b", "name_a", "name_b", "effect")}
        for name in ("mechanism", "topic", "mediators", "statement", "text", "pmid", "confidence"):
            part[name] = self._column(name, getattr(chunk, name), n=n)[good]
        strange = any(values.effect(cell).note for cell in set(chunk.effect))
        part["word"] = self._column("word", chunk.effect if strange else [], n=n)[good]
        for name, unread in self._unread.items():
            self._n_unread[name] += sum(map(unread.__contains__, getattr(chunk, name))) if unread else 0
        part["symmetric"] = np.full(len(good), chunk.symmetric)
        part["undirected"] = np.array(chunk.undirected or [False] * n, bool)[good]
        part["line"] = np.array(chunk.line, np.int32)[good]
        part["file"] = np.full(len(good), len(self.files) - 1, np.int32)
        self._parts.append(part)
        if chunk.further:
            place = dict(zip(good.tolist(), range(self._n_kept, self._n_kept + len(good)), strict=True))
            text, pmid = self.coded["text"], self.coded["pmid"]
            self._further += [(place[i], text[t], pmid[p]) for i, t, p in chunk.further if i in place]
        self._xrefs.append(self._references(chunk, n).take(pa.array(good)))
        self._n_kept += len(good)

    def _references(self, chunk: Chunk, n: int) -> pa.Array:
        """The ids a database gives the records, and those of articles that PubMed does not number, one per line."""
        if not self._articles:
            return pa.array([x or None for x in chunk.xref], pa.string()) if chunk.xref else pa.nulls(n, pa.string())
        listed = [[x] if x else [] for x in chunk.xref or [""] * n]
        for i, cell in (*enumerate(chunk.pmid), *((i, pmid) for i, _, pmid in chunk.further)):
            listed[i] += self._articles.get(cell, ())
        return pa.array(["\n".join(ids) or None for ids in listed], pa.string())

    def said(self) -> list[str]:
        """The values that could not be read in accepted rows, a line for each kind; and the unread columns, a line for
        each file.
        """
        kinds = {"pmid": "no PubMed id", "confidence": "no number from 0 to 1 and no percentage"}
        unread_cells = [
            f"{name}: {self._n_unread[name]} cells hold {kinds[name]} and were left out, such as '{min(unread):.60}'"
            for name, unread in self._unread.items()
            if self._n_unread[name]
        ]
        columns = [f"{file}: columns not read: {clean(', '.join(names)):.300}" for file, names in self._unused.items()]
        guessed = [f"{file}: has no header; read as columns: {{{told}}}" for file, told in self._guessed.items()]
        return unread_cells + guessed + columns

    def _pmids(self, cell: str) -> Any:
        if others := values.articles(cell):
            self._articles[cell] = others
        found = values.pmids(cell)
        unread = others and isinstance(found, values.Unread)
        return NO_PMIDS if unread else self._read("pmid", found, nothing=NO_PMIDS) or NO_PMIDS

    def _read(self, name: str, value: Any, nothing: Any) -> Any:
        """A value; `nothing` if it could not be read."""
        if not isinstance(value, values.Unread):
            return value
        self._unread[name].add(value)
        return nothing

    def _column(self, name: str, raw: list[str], n: int) -> np.ndarray:
        return self.coded[name].column(raw, n) if raw else np.zeros(n, np.int32)

    def _reason(self, checked: dict[str, np.ndarray], i: int) -> str:
        for column, name, prefix in (
            ("taxon_a", "taxon", "protein_a "),
            ("taxon_b", "taxon", "protein_b "),
            ("a", "entity", "protein_a "),
            ("b", "entity", "protein_b "),
            ("given", "given", ""),
            ("effect", "effect", ""),
        ):
            number = int(checked[column][i])
            if number < 0:
                return prefix + self.coded[name].problem(number)
        raise AssertionError("a row without a problem")

    def _taxon(self, cell: str) -> str | Problem:
        """The species whose names are in a row; '' for human. Rows without a species have the configured one."""
        taxa = cell.split()
        if not _TAXA.fullmatch(cell) and taxa:
            return Problem(f"is of taxon {cell!r:.60}, which is no NCBI taxon id")
        # Negative ids are PSI-MI's "in vitro", "chemical synthesis", "unknown", which are not species.
        species = [taxon for taxon in taxa if not taxon.startswith("-")]
        kept = self._options.species.intersection(species)
        if not species:
            return self.naming.unsaid
        if not kept:
            return Problem(f"is of species {', '.join(species)}, which is not kept")
        return "" if HUMAN in kept else min(kept)


def _cleaned(cell: str) -> str:
    """A text fit to be shown; the cell itself if it is fit, as most are, so that it is not in memory twice."""
    is_plain = cell.isascii() and cell.isprintable() and "  " not in cell
    text = cell.strip() if is_plain else clean(cell)
    return cell if text == cell else text


def _identifier(cell: str) -> str | Problem:
    if _CONTROL.search(cell.strip()):
        return Problem("interaction_id holds a control character")
    if len(cell) > LONGEST_ID:
        return Problem(f"interaction_id is {len(cell)} characters long")
    return cell.strip()


def _mechanisms(chunk: Chunk) -> list[str]:
    """The mechanisms; if there is none, the one named by the effect's word (`phosphorylates`)."""
    named = {cell: found for cell in set(chunk.effect) if (found := values.effect(cell).mechanism)}
    if not named:
        return chunk.mechanism
    told = chunk.mechanism or [""] * len(chunk.line)
    return [own or named.get(cell, "") for own, cell in zip(told, chunk.effect, strict=True)]


def _raw(chunk: Chunk, i: int) -> str:
    columns = (
        chunk.interaction_id or chunk.xref,
        chunk.protein_a,
        chunk.protein_b,
        chunk.taxon_a,
        chunk.taxon_b,
        chunk.effect,
        chunk.mechanism,
        chunk.statement,
    )
    return "\t".join(column[i] or "" for column in columns if column)[:MAX_RAW]
