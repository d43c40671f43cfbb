"""Which rows are one interaction, and what it then says. Vectorised: no Python per row, little per interaction.

What identifies an interaction is its pair and its effect. The mechanism does not: one database writes `phosphorylation`
where another leaves the cell empty, and both mean one thing that A does to B; the mechanisms of all rows are listed.
Rows that say more about which interaction they are stay apart, in this order:

3. a row with an id of the user's own: the id is the interaction
2. a row with a topic: pair, effect and topic (each function of a ProPaths pair is an interaction)
1. a row with a direction: the ordered pair and the effect
0. a row without (physical binding, STRING's links): the unordered pair and the effect

A group of rows that says less joins the one group that says more about the same pair and effect; where there are
several it cannot be known which is meant, and it stays an interaction of its own. Nothing depends on the order of rows.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rootward import tables
from rootward.inputs.gather import Gathered, Rows
from rootward.inputs.records import MAX_RAW
from rootward.inputs.rejections import Rejections
from rootward.knowledge.names import clean

GIVEN, TOPIC, DIRECTED, UNDIRECTED = 3, 2, 1, 0


def merged(gathered: Gathered) -> pa.Table:
    """The table of interactions; rows whose id already belongs to something else are rejected."""
    rows = gathered.rows()
    if not len(rows.columns.get("a", ())):
        return tables.from_rows("interactions", [])
    facts = _Facts(gathered, rows)
    group = facts.groups()
    return facts.table(group)


class _Facts:
    """The rows, and what their numbers stand for."""

    def __init__(self, gathered: Gathered, rows: Rows):
        self.coded = {name: coded.meanings for name, coded in gathered.coded.items()}
        self.keys = [entity.key for entity in self.coded["entity"]]
        self.rejections: Rejections = gathered.rejections
        self.files = rows.files
        self.columns = rows.columns
        self.xref = rows.xref
        self.further = rows.further
        self._settle_ids()
        self._order_pairs()

    # --- identity ----------------------------------------------------------------------------------------------------

    def _settle_ids(self) -> None:
        """For each given id keep what most of its rows say (for ties, the least)."""
        c = self.columns
        given = np.flatnonzero(c["given"])
        content = _combined(*(c[name][given] for name in ("a", "b", "effect", "mechanism")))
        pairs = np.unique(np.stack([c["given"][given].astype(np.int64), content]), axis=1)
        ids, n_contents = np.unique(pairs[0], return_counts=True)
        dropped = []
        members = defaultdict(list)
        for i in given[np.isin(c["given"][given], ids[n_contents > 1])].tolist():
            members[int(c["given"][i])].append(i)
        for key, group in members.items():
            says = Counter(self._content(i) for i in group)
            kept = min(says, key=lambda said: (-says[said], said))
            for i in group:
                if self._content(i) != kept:
                    dropped.append(i)
                    name = self.coded["given"][key]
                    reason = f"interaction_id {name!r:.60} already stands for '{kept[0]} {kept[2]} {kept[1]}'"
                    raw = "\t".join((name, *self._content(i)))[:MAX_RAW]
                    self.rejections.add(self.files[c["file"][i]], int(c["line"][i]), reason=reason, raw=raw)
        if dropped:
            self._drop(np.array(sorted(dropped)))

    def _content(self, i: int) -> tuple[str, ...]:
        c = self.columns
        effect, mechanism = self.coded["effect"][c["effect"][i]], self.coded["mechanism"][c["mechanism"][i]]
        return self.keys[c["a"][i]], self.keys[c["b"][i]], effect, mechanism

    def _drop(self, dropped: np.ndarray) -> None:
        n = len(self.columns["a"])
        kept = np.ones(n, bool)
        kept[dropped] = False
        self.columns = {name: numbers[kept] for name, numbers in self.columns.items()}
        self.xref = self.xref.filter(pa.array(kept))
        moved = np.cumsum(kept) - 1
        still = kept[self.further["row"]]
        self.further = {name: numbers[still] for name, numbers in self.further.items()}
        self.further["row"] = moved[self.further["row"]]

    def _order_pairs(self) -> None:
        """Say how much each row tells of its identity (`level`), and write pairs without order in the order of
        symbols, except where the user has named the interaction.
        """
        c = self.columns
        self.binding = {e for e, effect in enumerate(self.coded["effect"]) if effect == "form complex"}
        c["undirected"] |= self._both_ways()
        unordered = c["undirected"] | np.isin(c["effect"], list(self.binding))
        c["level"] = np.select([c["given"] > 0, c["topic"] > 0, unordered], [GIVEN, TOPIC, UNDIRECTED], DIRECTED)
        rank = _ranks(self.keys)
        swap = unordered & (c["level"] != GIVEN) & (rank[c["a"]] > rank[c["b"]])
        for a, b in (("a", "b"), ("name_a", "name_b")):
            c[a], c[b] = np.where(swap, c[b], c[a]), np.where(swap, c[a], c[b])

    def _both_ways(self) -> np.ndarray:
        """Rows of files in which nothing says a direction, and whose pair stands there in both orders."""
        c = self.columns
        if not c["symmetric"].any():
            return np.zeros(len(c["a"]), bool)
        low, high = np.minimum(c["a"], c["b"]), np.maximum(c["a"], c["b"])
        of_pair = _combined(low, high, c["effect"])
        plain = c["symmetric"] & (c["given"] == 0) & (c["topic"] == 0)
        forth, back = (np.unique(of_pair[plain & way]) for way in (c["a"] < c["b"], c["a"] > c["b"]))
        both: np.ndarray = plain & np.isin(of_pair, np.intersect1d(forth, back))
        return both

    def groups(self) -> np.ndarray:
        """The interaction of each row, numbered in the order of their ids."""
        c = self.columns
        said = np.select([c["level"] == GIVEN, c["level"] == TOPIC], [c["given"], c["topic"]], 0)
        self.first, group = _numbered(_combined(c["a"], c["b"], c["effect"], said * 4 + c["level"]))
        self.ids = self._identify()
        if len(np.unique(c["level"])) > 1:
            target = self._join()
            keep, renumbered = np.unique(target, return_inverse=True)
            group = renumbered[group]
            self.first = self.first[keep]
            self.ids = [self.ids[g] for g in keep.tolist()]
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        self.first = self.first[order]
        self.ids = [self.ids[g] for g in order]
        renumbered = _inverse(order)
        return np.take(renumbered, group)

    def _identify(self) -> list[str]:
        """The id of each group: the user's, or a hash of what identifies it."""
        c, keys = self.columns, self.keys
        effects, given, topics = self.coded["effect"], self.coded["given"], self.coded["topic"]
        columns = [c[name][self.first].tolist() for name in ("level", "a", "b", "effect", "given", "topic")]
        return [
            given[g] if level == GIVEN else _content_id(_MARK[level], keys[a], keys[b], effects[e], topics[t])
            for level, a, b, e, g, t in zip(*columns, strict=True)
        ]

    def _join(self) -> np.ndarray:
        """For each group the group it joins; itself for most (see the module)."""
        c = {name: self.columns[name][self.first].tolist() for name in ("level", "a", "b", "effect")}
        self.levels = c["level"]
        self.contents = list(zip(c["a"], c["b"], c["effect"], strict=True))
        target = list(range(len(self.levels)))
        # unordered pair and effect -> groups with an order
        same: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for g, (a, b, effect) in enumerate(self.contents):
            if self.levels[g] > UNDIRECTED:
                same[min(a, b), max(a, b), effect].append(g)
        given = {self.ids[g]: g for g, level in enumerate(self.levels) if level == GIVEN}
        for level in (TOPIC, DIRECTED, UNDIRECTED):  # from the most specific to the least, so that targets are final
            for g in [g for g, own in enumerate(self.levels) if own == level]:
                a, b, effect = self.contents[g]
                near = same.get((min(a, b), max(a, b), effect), [])
                if level > UNDIRECTED and effect not in self.binding:
                    near = [h for h in near if self.contents[h] == self.contents[g]]
                joined = self._the_one(g, near)
                if joined is None:  # the user's table may contain an id that was given to this content earlier
                    joined = given.get(self.ids[g], g)
                target[g] = target[joined]
        return np.array(target)

    def _the_one(self, g: int, near: list[int]) -> int | None:
        """Among the groups with the same pair and effect, the only one that g can mean, if there is one."""
        level = self.levels[g]
        if level == TOPIC and sum(self.levels[h] == TOPIC for h in near) > 1:
            return None
        more = [h for h in near if self.levels[h] > level]
        if len({self.contents[h] for h in more}) != 1:
            return None
        most = max(self.levels[h] for h in more)
        told = [h for h in more if self.levels[h] == most]
        return told[0] if len(told) == 1 else None

    # --- the table ---------------------------------------------------------------------------------------------------

    def table(self, group: np.ndarray) -> pa.Table:
        """One row per group. The columns that take most memory to build are built first."""
        n, first = len(self.ids), self.first
        buckets, ids = np.fromiter(map(bucket, self.ids), np.uint16, n), pa.array(self.ids, pa.string())
        for objects in (self.ids, self.coded["given"]):
            objects.clear()
        self.sentences = self._drained("statement", pa.string())  # the texts of evidence as well
        self.pmids = self._drained("pmid", pa.list_(pa.string()))
        xrefs, evidence = self._xrefs(group, n), self._evidence(group, n)
        entities = self.coded["entity"]
        uniprot = pa.array([entity.uniprot for entity in entities], pa.string())
        symbols = pa.array([entity.symbol for entity in entities], pa.string())
        human = pa.array([entity.human for entity in entities], pa.string())
        given_a, given_b = self._given(group, n)
        a, b = pa.array(self.columns["a"][first]), pa.array(self.columns["b"][first])
        columns = {
            "interaction_id": ids,
            "protein_a": symbols.take(a),
            "protein_b": symbols.take(b),
            "uniprot_a": uniprot.take(a),
            "uniprot_b": uniprot.take(b),
            "given_a": given_a,
            "given_b": given_b,
            "human_a": human.take(a),
            "human_b": human.take(b),
            "effect": pa.array(self.coded["effect"], pa.string()).take(pa.array(self.columns["effect"][first])),
            "mechanism": self._mechanisms(group, n),
            "mediators": self._mediators(),
            "statement": self._fullest_statement(group, n),
            "evidence": evidence,
            "confidence": self._confidence(group, n),
            "source": self._source(group, n),
            "notes": self._notes(a.to_numpy(), b.to_numpy(), group=group),
            "xrefs": xrefs,
            "n_rows": np.bincount(group, minlength=n),
            "bucket": buckets,
        }
        return pa.table(columns, schema=tables.schema("interactions"))

    def _drained(self, name: str, kind: pa.DataType) -> pa.Array:
        """What the numbers of a column stand for; it is not kept as objects."""
        column = pa.array(self.coded[name], kind)
        self.coded[name].clear()
        return column

    def _given(self, group: np.ndarray, n: int) -> list[pa.Array]:
        """How the files spell both sides: of several spellings the least. A row may tell its pair the other way round
        than the interaction it belongs to.
        """
        c, first = self.columns, self.first
        names = [clean(given.name) for given in self.coded["name"]]
        order, rank = sorted(range(len(names)), key=names.__getitem__), _ranks(names)
        same = c["a"] == c["a"][first][group]
        sides = []
        for here, there in (("name_a", "name_b"), ("name_b", "name_a")):
            least = np.full(n, len(names))
            np.minimum.at(least, group, rank[np.where(same, c[here], c[there])])
            sides.append(pa.array(names, pa.string()).take(pa.array(np.array(order)[least])))
        return sides

    def _mediators(self) -> pa.Array:
        """The proteins between the ends of an indirect interaction; as a part of the topic, the same in all rows."""
        listed = [cell.split("|") if cell else None for cell in self.coded["mediators"]]
        numbers = pa.array(self.columns["mediators"][self.first])
        return pa.array(listed, pa.list_(pa.string())).take(numbers)

    def _mechanisms(self, group: np.ndarray, n: int) -> list[str]:
        words = self.coded["mechanism"]
        numbers = self.columns["mechanism"]
        owner, word = _distinct(group, _ranks(words)[numbers], wanted=numbers > 0)
        by_rank = sorted(range(len(words)), key=words.__getitem__)
        joined = [""] * n
        several: dict[tuple[str, str], str] = {}  # a few lists of mechanisms occur in very many interactions
        for g, w in zip(owner.tolist(), word.tolist(), strict=True):
            before, name = joined[g], words[by_rank[w]]
            joined[g] = several.setdefault((before, name), f"{before}; {name}") if before else name
        return joined

    def _fullest_statement(self, group: np.ndarray, n: int) -> pa.Array:
        lengths = pa.table({"length": pc.utf8_length(self.sentences), "text": self.sentences})
        order = np.asarray(pc.sort_indices(lengths, [("length", "ascending"), ("text", "ascending")]))
        best = np.zeros(n, np.int64)
        np.maximum.at(best, group, _inverse(order)[self.columns["statement"]])
        return self.sentences.take(pa.array(order[best]))

    def _confidence(self, group: np.ndarray, n: int) -> pa.Array:
        values = np.array([-1.0 if value is None else value for value in self.coded["confidence"]])
        best = np.full(n, -1.0)
        np.maximum.at(best, group, values[self.columns["confidence"]])
        return pa.array(best, mask=best < 0)

    def _source(self, group: np.ndarray, n: int) -> pa.Array:
        """The source of an interaction's first row."""
        c = self.columns
        names = sorted(set(self.files))
        number = {name: i for i, name in enumerate(names)}
        place = np.array([number[name] for name in self.files], np.int64)[c["file"]] << 32 | c["line"]
        least = np.full(n, np.iinfo(np.int64).max)
        np.minimum.at(least, group, place)
        file = pa.array(names, pa.string()).take(pa.array(least >> 32))
        return pc.binary_join_element_wise(file, pa.array(least & 0xFFFFFFFF).cast(pa.string()), ":")

    def _notes(self, a: np.ndarray, b: np.ndarray, group: np.ndarray) -> pa.ListArray:
        """The open questions about the proteins of each interaction, then about the words for its effect."""
        notes = [f"{entity.symbol}: {entity.note}" if entity.note else "" for entity in self.coded["entity"]]
        noted = np.array([bool(note) for note in notes], bool)
        n = len(a)
        owner = np.concatenate([np.arange(n), np.arange(n)])
        number = np.concatenate([a, b])
        keep = noted[number] & np.concatenate([np.ones(n, bool), a != b])
        words = self.columns["word"]
        of_word, word = _distinct(group, _ranks(self.coded["word"])[words], wanted=words > 0)
        owner = np.concatenate([owner[keep], of_word])
        number = np.concatenate([number[keep], word + len(notes)])
        order = np.argsort(owner, kind="stable")
        listed = pa.array([*notes, *sorted(self.coded["word"])], pa.string())
        return _lists(owner[order], n, values=listed.take(pa.array(number[order])))

    def _xrefs(self, group: np.ndarray, n: int) -> pa.ListArray:
        # Nearly every row has a unique id, so they are sorted directly, without a dictionary.
        both = pa.table({"owner": group, "id": self.xref}).filter(self.xref.is_valid())
        self.xref = None
        if pc.any(pc.match_substring(both["id"], "\n")).as_py():  # several ids in one row
            ids = pc.split_pattern(both["id"].combine_chunks(), "\n")
            owners = both["owner"].combine_chunks().take(pc.list_parent_indices(ids))
            both = pa.table({"owner": owners, "id": pc.list_flatten(ids)})
        both = both.sort_by([("owner", "ascending"), ("id", "ascending")]).combine_chunks()
        owner, ids = both["owner"].to_numpy(), both["id"].combine_chunks()
        new = np.ones(len(owner), bool)
        new[1:] = (owner[1:] != owner[:-1]) | pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
        return _lists(owner[new], n, values=ids.filter(pa.array(new)))

    def _evidence(self, group: np.ndarray, n: int) -> pa.ListArray:
        """The pieces of evidence of each interaction, sorted by PubMed id and sentence; a bare PubMed id only where no
        sentence comes from that article.
        """
        c, cells = self.columns, self.pmids
        pmids = cells.values.unique().sort()  # '' is the least
        owner = np.concatenate([group, group[self.further["row"]]])
        text = np.concatenate([c["text"], self.further["text"]])
        cell = np.concatenate([c["pmid"], self.further["pmid"]])
        starts = np.asarray(cells.offsets)
        repeat = np.diff(starts)[cell]
        piece = np.repeat(np.arange(len(cell)), repeat)
        within = np.arange(len(piece)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
        pmid = np.asarray(pc.index_in(cells.values, value_set=pmids)).astype(np.int64)[starts[cell][piece] + within]
        order = np.asarray(pc.array_sort_indices(self.sentences))  # '' is the least
        words = _inverse(order)[text[piece]]
        owner, both = _distinct(owner[piece], pmid * len(order) + words, wanted=(pmid > 0) | (words > 0))
        pmid, words = both // len(order), both % len(order)
        followed = np.zeros(len(owner), bool)
        followed[:-1] = (owner[1:] == owner[:-1]) & (pmid[1:] == pmid[:-1])
        kept = ~((words == 0) & followed)
        spoken, named = self.sentences.take(pa.array(order[words[kept]])), pmids.take(pa.array(pmid[kept]))
        return _lists(owner[kept], n, values=pa.StructArray.from_arrays([spoken, named], ["text", "pmid"]))


_MARK = {TOPIC: "topic", DIRECTED: ">", UNDIRECTED: "-"}


def _content_id(*content: str) -> str:
    return "I" + hashlib.blake2b("\x1f".join(content).encode(), digest_size=8).hexdigest()


def bucket(interaction_id: str) -> int:
    """Two bytes of a hash of the id; an interaction's shard is its bucket modulo the number of shards."""
    digest = hashlib.blake2b(interaction_id.encode(), digest_size=2).digest()
    return int.from_bytes(digest, "big")


def _combined(*columns: np.ndarray) -> np.ndarray:
    """One number per row that is the same where all columns are."""
    key: np.ndarray = columns[0].astype(np.int64)
    for column in columns[1:]:
        key = np.unique(key, return_inverse=True)[1] * (int(column.max(initial=0)) + 1) + column
    return key


def _numbered(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A row of each distinct key, and for each row the number of its key."""
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return first, group


def _distinct(owner: np.ndarray, value: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct pairs of owner and value among the wanted rows, sorted."""
    owner, value = owner[wanted], value[wanted]
    order = np.lexsort((value, owner))
    owner, value = owner[order], value[order]
    new = np.ones(len(owner), bool)
    new[1:] = (owner[1:] != owner[:-1]) | (value[1:] != value[:-1])
    return owner[new], value[new]


def _lists(owner: np.ndarray, n: int, values: pa.Array) -> pa.ListArray:
    """Values sorted by owner as one list per owner."""
    ends = np.cumsum(np.bincount(owner, minlength=n))
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], ends]), pa.int32()), values)


def _inverse(order: Sequence[int] | np.ndarray) -> np.ndarray:
    rank = np.empty(len(order), np.int64)
    rank[np.asarray(order, np.int64)] = np.arange(len(order))
    return rank


def _ranks(words: Sequence[str]) -> np.ndarray:
    """The rank of each word in sorted order."""
    return _inverse(sorted(range(len(words)), key=words.__getitem__))
