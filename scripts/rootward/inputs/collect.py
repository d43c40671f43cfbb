"""From the user's files to one table of interactions: names normalised, bad rows set aside, duplicates merged.

Everything works on columns or on the few rows that need a second look; the result does not depend on the order of rows
or files (only `source`, which says where a row stands, does).
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rootward import tables, vocabulary
from rootward.errors import UserError, did_you_mean
from rootward.inputs import parquet, table, text
from rootward.inputs.records import MAX_RAW, Chunk, Rejection
from rootward.names import clean
from rootward.proteins import ProteinNames

READERS = {"table": table.read, "parquet": parquet.read}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PMID = re.compile(r"\d{1,9}")


@dataclass
class Collected:
    """interactions: the table of that name (Arrow); rejected: rows set aside; n_rows: rows read from all files."""

    interactions: object
    rejected: list[Rejection]
    n_rows: int


def chunks(path: str, input_format: str) -> Iterator[Chunk]:
    """The chunks of one file, read by the reader that its content (or the configuration) asks for."""
    if input_format == "auto":
        input_format = "parquet" if text.head(path, 4) == b"PAR1" else "table"
    yield from READERS[input_format](path)


def read_inputs(paths: Sequence[str], input_format: str, reference: str | Path) -> Collected:
    """Read all files into one table of interactions. Raises UserError when a file is no table or nothing is left."""
    gathered = _Gathered(ProteinNames(reference))
    for path in paths:
        before = gathered.n_rows
        for chunk in chunks(path, input_format):
            gathered.add(chunk)
        if gathered.n_rows == before:
            raise UserError(f"{path}: has a header and no rows")
    collected = gathered.collect()
    if collected.interactions.num_rows == 0:
        first = min(collected.rejected)
        raise UserError(
            f"{paths[0]}: none of {collected.n_rows} rows can be used; the first: {first.source}: {first.reason}"
        )
    return collected


class _Gathered:
    """The accepted rows of all chunks in columns, still one per input row."""

    def __init__(self, proteins: ProteinNames):
        self._proteins = proteins
        self._effects: dict[str, str | None] = {}
        self._mechanisms: dict[str, str] = {}
        self.n_rows = 0
        self.rejected: list[Rejection] = []
        self.ids: list[str] = []
        self.content: list[tuple[str, str, str, str]] = []  # protein_a, protein_b, effect, mechanism
        self.statement: list[str] = []
        self.text: list[str] = []
        self.pmid: list[str] = []
        self.confidence: list[str] = []
        self.source: list[tuple[str, int]] = []

    def add(self, chunk: Chunk) -> None:
        """Take a chunk in: normalise its columns, set aside the rows that cannot be used."""
        self.n_rows += len(chunk.line) + len(chunk.rejected)
        self.rejected.extend(chunk.rejected)
        for word in set(chunk.effect) - self._effects.keys():
            self._effects[word] = vocabulary.effect(word)
        for word in set(chunk.mechanism) - self._mechanisms.keys():
            self._mechanisms[word] = clean(vocabulary.mechanism(word))
        find = self._proteins.find
        symbol = {name: clean(find(name).symbol) for name in {*chunk.protein_a, *chunk.protein_b}}
        problem = {name: _protein_problem(name) for name in symbol}
        bad_effects = {word for word in set(chunk.effect) if self._effects[word] is None}
        if bad_effects or any(problem.values()) or any(map(_CONTROL.search, chunk.interaction_id)):
            chunk = self._without_bad(chunk, problem, bad_effects)
        contents = zip(
            map(symbol.__getitem__, chunk.protein_a),
            map(symbol.__getitem__, chunk.protein_b),
            map(self._effects.__getitem__, chunk.effect),
            map(self._mechanisms.__getitem__, chunk.mechanism),
            strict=True,
        )
        start = len(self.content)
        self.content.extend(contents)
        self.ids.extend(
            given.strip() or _content_id(content)
            for given, content in zip(chunk.interaction_id, self.content[start:], strict=True)
        )
        texts = list(map(clean, chunk.text))
        statements = list(map(clean, chunk.statement))
        self.statement.extend(s or t for s, t in zip(statements, texts, strict=True))
        self.text.extend(t or s for s, t in zip(statements, texts, strict=True))
        self.pmid.extend(chunk.pmid)
        self.confidence.extend(chunk.confidence)
        self.source.extend((chunk.file, line) for line in chunk.line)

    def _without_bad(self, chunk: Chunk, problem: dict[str, str | None], bad_effects: set[str]) -> Chunk:
        good = []
        for i, line in enumerate(chunk.line):
            a, b = chunk.protein_a[i], chunk.protein_b[i]
            reason = None
            if problem[a] or problem[b]:
                reason = f"protein_a {problem[a]}" if problem[a] else f"protein_b {problem[b]}"
            elif _CONTROL.search(chunk.interaction_id[i]):
                reason = "interaction_id holds a control character"
            elif chunk.effect[i] in bad_effects:
                word = chunk.effect[i].strip()
                reason = f"unknown effect {word!r:.60}{did_you_mean(word.casefold(), vocabulary.EFFECTS)}"
            if reason is None:
                good.append(i)
            else:
                raw = "\t".join(
                    (chunk.interaction_id[i], a, b, chunk.effect[i], chunk.mechanism[i], chunk.statement[i])
                )
                self.rejected.append(Rejection(f"{chunk.file}:{line}", reason, clean(raw)[:MAX_RAW]))
        kept = {
            name: [values[i] for i in good]
            for name, values in vars(chunk).items()
            if isinstance(values, list) and name != "rejected"
        }
        return Chunk(chunk.file, **kept)

    def collect(self) -> Collected:
        """Merge the rows of one interaction, and lay the result out as the table of interactions."""
        repeated = defaultdict(list)
        counts = Counter(self.ids)
        for i, key in enumerate(self.ids):
            if counts[key] > 1:
                repeated[key].append(i)
        first: list[int] = [i for i, key in enumerate(self.ids) if counts[key] == 1]
        merged: dict[int, list[int]] = {}
        for key, members in repeated.items():
            kept = self._settle(key, members)
            first.append(kept[0])
            merged[kept[0]] = kept
        return Collected(self._table(first, merged), self.rejected, self.n_rows)

    def _settle(self, key: str, members: list[int]) -> list[int]:
        """The rows of one id that say the same; rows that use the id for something else are rejected."""
        says = Counter(self.content[i] for i in members)
        content = min(says, key=lambda c: (-says[c], c))
        kept = sorted((i for i in members if self.content[i] == content), key=lambda i: self.source[i])
        for i in members:
            if self.content[i] != content:
                file, line = self.source[i]
                reason = f"interaction_id {key!r:.60} already stands for {content[0]} {content[2]} {content[1]}"
                self.rejected.append(
                    Rejection(f"{file}:{line}", reason, "\t".join((key, *self.content[i], self.statement[i]))[:MAX_RAW])
                )
        return kept

    def _table(self, first: list[int], merged: dict[int, list[int]]):
        import pyarrow as pa

        def one(i: int) -> list[int]:
            return merged.get(i, [i])

        evidence = [self._evidence(one(i)) for i in first]
        statement = [
            self.statement[i] if i not in merged else _fullest(self.statement[j] for j in merged[i]) for i in first
        ]
        confidence = [
            max((c for c in map(_number, (self.confidence[j] for j in one(i))) if c is not None), default=None)
            for i in first
        ]
        ids = [self.ids[i] for i in first]
        found = [tuple(self._proteins.find(name) for name in self.content[i][:2]) for i in first]
        columns = {
            "interaction_id": ids,
            "protein_a": [self.content[i][0] for i in first],
            "protein_b": [self.content[i][1] for i in first],
            "uniprot_a": [a.uniprot for a, _ in found],
            "uniprot_b": [b.uniprot for _, b in found],
            "effect": [self.content[i][2] for i in first],
            "mechanism": [self.content[i][3] for i in first],
            "statement": statement,
            "evidence": evidence,
            "confidence": confidence,
            "source": [f"{self.source[i][0]}:{self.source[i][1]}" for i in first],
            "notes": [[f"{p.symbol}: {p.note}" for p in dict.fromkeys(pair) if p.note] for pair in found],
            "bucket": list(map(bucket, ids)),
        }
        return pa.table(columns, schema=tables.schema("interactions")).sort_by("interaction_id")

    def _evidence(self, members: list[int]) -> list[dict[str, str]]:
        pieces = {
            (pmid, self.text[i])
            for i in members
            for pmid in (_PMID.findall(self.pmid[i]) or [""])
            if pmid or self.text[i]
        }
        return [{"text": words, "pmid": pmid} for pmid, words in sorted(pieces)]


def _protein_problem(name: str) -> str | None:
    if not name.strip():
        return "is empty"
    if _CONTROL.search(name):
        return "holds a control character"
    if len(name) > 200:
        return f"is {len(name)} characters long"
    return None


def _content_id(content: tuple[str, ...]) -> str:
    return "I" + hashlib.blake2b("\x1f".join(content).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def bucket(interaction_id: str) -> int:
    """Two bytes of a hash of the id; an interaction's shard is its bucket modulo the number of shards."""
    digest = hashlib.blake2b(interaction_id.encode("utf-8", "surrogatepass"), digest_size=2).digest()
    return int.from_bytes(digest, "big")


def _fullest(statements) -> str:
    return max(set(statements), key=lambda s: (len(s), s))


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
