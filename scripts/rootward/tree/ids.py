"""Ids that stay with their pathways from one release of a tree to the next.

A pathway's id is made from its first name, and stays when the name changes. Two pathways of two releases are the same
if they have the same name; else if one's name is an alias or a former name of the other, if they are the same entry of
a reference, or if more than half of the content of one (interactions placed at it and pathways directly below it, at
least three) is in the other. A merged pathway is replaced by the one it was merged into; if a pathway was split, the
part with most of its content keeps the id. An id is never used for a second pathway.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rootward.knowledge.names import normalise, pathway_id
from rootward.tables import Row

CURRENT, MERGED, RETIRED = "current", "merged", "retired"
FEWEST = 3  # common things required if the names differ
SHARE = 0.2  # share of a retired pathway's content that makes another pathway a suggestion

# pathway ids -> the interactions placed at each
Held = Callable[[set[str]], Mapping[str, set[str]]]


@dataclass(frozen=True, slots=True)
class Known:
    """A pathway of any release. replaced_by: for a merged one; consider: the pathways with much of a retired one's
    content.
    """

    pathway_id: str
    name: str
    status: str = CURRENT
    replaced_by: str = ""
    consider: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Release:
    """A finished tree. rows: of `reorganized`; known: its pathways and those of earlier releases, if recorded."""

    rows: Sequence[Row]
    held: Held
    known: Sequence[Known] = ()


def matched(before: Release, after: Release, same_ids: bool) -> dict[str, str]:
    """Id in the release after -> id in the one before, for each pathway in both.

    same_ids: whether an id means the same pathway in both, as it does once ids are carried over.
    """
    known = _known(before)
    there = {row["pathway_id"] for row in before.rows}
    same = {row["pathway_id"]: row["pathway_id"] for row in after.rows if same_ids and row["pathway_id"] in there}
    by_name = _by_name((row for row in after.rows if row["pathway_id"] not in same), known)
    taken = set(same.values())
    same |= {now: old for now, old in by_name.items() if old not in taken}
    taken = set(same.values())
    lost = {row["pathway_id"]: row for row in before.rows if row["pathway_id"] not in taken}
    new = {row["pathway_id"]: row for row in after.rows if row["pathway_id"] not in same}
    former = {one.pathway_id: one.former_names for one in known}
    for pairs in (_by_alias(lost, new, former=former), _by_xref(lost, new)):
        _take(pairs, same, lost=lost, new=new)
    if lost and new:
        _by_content(_contents(before, set(lost)), _contents(after, set(new)), rows=new, same=same)
    return same


def carried(before: Release, after: Release) -> tuple[dict[str, str], list[Known]]:
    """Id in the release after -> its new id, for every pathway of that release; and all known pathways, by id."""
    known = {one.pathway_id: one for one in _known(before)}
    same = matched(before, after, same_ids=False)
    used = {*known, *same.values()}
    ids: dict[str, str] = {}
    for row in sorted(after.rows, key=lambda row: row["pathway_id"]):
        ids[row["pathway_id"]] = same.get(row["pathway_id"]) or _fresh(row["name"], used)
        used.add(ids[row["pathway_id"]])
    for row in after.rows:
        known[ids[row["pathway_id"]]] = _now(row["name"], known.get(ids[row["pathway_id"]]), id_=ids[row["pathway_id"]])
    gone = {row["pathway_id"] for row in before.rows} - set(ids.values())
    known |= {one.pathway_id: one for one in _gone(gone, known, before=before, after=after, ids=ids)}
    return ids, [_followed(one, known) for one in sorted(known.values(), key=lambda one: one.pathway_id)]


def _known(release: Release) -> Sequence[Known]:
    return release.known or [Known(row["pathway_id"], row["name"]) for row in release.rows]


def _followed(one: Known, known: Mapping[str, Known]) -> Known:
    """A merged pathway with its current replacement, in case its successor was merged as well."""
    target, seen = one, {one.pathway_id}
    while target.status == MERGED and target.replaced_by in known and target.replaced_by not in seen:
        target = known[target.replaced_by]
        seen.add(target.pathway_id)
    return one if target is one else replace(one, replaced_by=target.pathway_id)


def _now(name: str, known: Known | None, id_: str) -> Known:
    """The record of a pathway of the new release."""
    if known is None:
        return Known(id_, name)
    former = {*known.former_names, known.name} - {name}
    return Known(id_, name, former_names=tuple(sorted(former)))


def _fresh(name: str, used: set[str]) -> str:
    """The id of a new pathway. If another pathway had this name before it was renamed, its id is not available."""
    id_, n = pathway_id(name), 2
    while id_ in used:
        id_, n = pathway_id(f"{name} ({n})"), n + 1
    return id_


def _by_name(rows: Iterable[Row], known: Iterable[Known]) -> dict[str, str]:
    """A pathway that returns under its old name gets its id back; existing pathways have precedence."""
    ids: dict[str, str] = {}
    for one in sorted(known, key=lambda one: (one.status != CURRENT, one.pathway_id)):
        ids.setdefault(normalise(one.name), one.pathway_id)
    return {row["pathway_id"]: ids[name] for row in rows if (name := normalise(row["name"])) in ids}


def _by_alias(
    lost: Mapping[str, Row], new: Mapping[str, Row], former: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Pairs where one pathway's name is an alias or a former name of the other."""
    names = {normalise(row["name"]): id_ for id_, row in new.items()}
    aliases = {normalise(alias): id_ for id_, row in sorted(new.items()) for alias in row["aliases"]}
    for id_, row in sorted(lost.items()):
        for name in (row["name"], *row["aliases"], *former.get(id_, ())):
            if (key := normalise(name)) in names:
                yield id_, names[key]
        if (key := normalise(row["name"])) in aliases:
            yield id_, aliases[key]


def _by_xref(lost: Mapping[str, Row], new: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    """Pairs that are the same entry of a reference."""
    found = {xref: id_ for id_, row in sorted(new.items(), reverse=True) for xref in row["xrefs"]}
    for id_, row in sorted(lost.items()):
        yield from ((id_, found[xref]) for xref in row["xrefs"] if xref in found)


def _take(pairs: Iterable[tuple[str, str]], same: dict[str, str], lost: dict[str, Row], new: dict[str, Row]) -> None:
    """The pairs (before, after) of which both ends are still unmatched."""
    for old, now in list(pairs):
        if old in lost and now in new:
            same[now] = old
            del lost[old], new[now]


def _contents(release: Release, ids: set[str]) -> dict[str, set[str]]:
    """The content of pathways: the interactions placed at them, and the pathways directly below."""
    held = release.held(ids)
    found = {id_: set(held.get(id_, ())) for id_ in ids}
    for row in release.rows:
        if row["parent_id"] in found:
            found[row["parent_id"]].add(row["pathway_id"])
    return found


def _by_content(
    lost: Mapping[str, set[str]], new: Mapping[str, set[str]], rows: Mapping[str, Row], same: dict[str, str]
) -> None:
    """Add the pairs with the same content, from the deepest up, because content includes the pathways below."""
    holders: dict[str, list[str]] = {}
    for old, holds in sorted(lost.items()):
        for one in holds:
            holders.setdefault(one, []).append(old)
    taken = set(same.values())
    for id_ in sorted(new, key=lambda id_: (-rows[id_]["level"], rows[id_]["name"])):
        holds = {same.get(one, one) for one in new[id_]}
        both = Counter(old for one in holds for old in holders.get(one, ()) if old not in taken)
        for old, n in both.most_common(1):
            if n >= FEWEST and 2 * n > max(len(lost[old]), len(holds)):
                same[id_] = old
                taken.add(old)


def _gone(
    gone: set[str], known: Mapping[str, Known], before: Release, after: Release, ids: Mapping[str, str]
) -> Iterator[Known]:
    """The records of pathways that the new release no longer has."""
    if not gone:
        return
    called = {normalise(alias): ids[row["pathway_id"]] for row in after.rows for alias in row["aliases"]}
    holder: dict[str, list[str]] = {}
    for id_, interactions in after.held(set(ids)).items():
        for interaction in interactions:
            holder.setdefault(interaction, []).append(ids[id_])
    held = before.held(gone)
    for id_ in sorted(gone):
        target = called.get(normalise(known[id_].name))
        if target is not None:
            yield replace(known[id_], status=MERGED, replaced_by=target, consider=())
            continue
        interactions = held.get(id_, set())
        share = Counter(now for interaction in interactions for now in holder.get(interaction, ()))
        much = [now for now, n in share.items() if n >= SHARE * len(interactions)]
        consider = tuple(sorted(much, key=lambda now: (-share[now], now)))
        yield replace(known[id_], status=RETIRED, replaced_by="", consider=consider)
