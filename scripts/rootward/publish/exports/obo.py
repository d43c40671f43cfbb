"""The tree as an ontology in OBO 1.4.

Format: The OBO Flat File Format Guide, version 1.4 (owlcollab.github.io/oboformat/doc/GO.format.obo-1_4.html), with the
tags in the order that the guide requires, and terms sorted by id.

On is_a. An edge of the tree means only that the parent is the broader pathway. It was not decided whether the child is
a kind of it (Signaling by EGFR under Signal Transduction) or a part of it (GRB2 events under Signaling by EGFR), and
OBO has no relation "narrower than". Readers follow is_a to find what is below a term, so is_a is written; the header
says that it covers both, so that it is not used as a subclass relation in reasoning. Where a reference says that one is
part of the other, part_of is added.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

from rootward.files import whole_file
from rootward.knowledge.names import pathway_id
from rootward.publish.escape import one_line
from rootward.publish.exports.sssom import BASE
from rootward.tables import Row
from rootward.tree.ids import Known

ORIGINS = {
    "root": "A configured root",
    "leaf": "Named for the interactions it holds",
    "climbed": "Named as the parent of another pathway",
    "intermediate": "Put in as a missing level",
    "sibling": "Discovered beside other children of its parent",
}
PROPERTIES = {
    "method": "Who put the term under its parent: model, reference:<how>, fallback or config",
    "call_id": "The answer that put it there",
    "n_direct": "Interactions placed at the term",
    "n_total": "Interactions placed at the term and below it",
}
HEADER = [
    "format-version: 1.4",
    *(f'subsetdef: {origin} "{meaning}"' for origin, meaning in sorted(ORIGINS.items())),
    f"idspace: RW {BASE}pathway/",
    "remark: is_a means that the parent is the broader pathway, of which the term is a kind or a part.",
    "ontology: rootward",
]


def plain(text: str) -> str:
    """Text as an unquoted value. A `!` would start a comment, and a `{` the modifiers of the line."""
    text = one_line(text).replace("\\", "\\\\")
    return text.replace("!", "\\!").replace("{", "\\{").replace("}", "\\}")


def quoted(text: str) -> str:
    """Text as a quoted value."""
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def identifier(text: str) -> str:
    """A cross-reference. All characters outside those of plain identifiers are escaped."""
    prefix, colon, local = one_line(text).partition(":")
    return "".join(map(_escaped, prefix)) + colon + "".join(map(_escaped, local))


def _escaped(character: str) -> str:
    if character.isspace():
        return "\\W"
    return character if character.isalnum() or character in "-_./#+" else "\\" + character


def definition(row: Row) -> str:
    """A definition from what is known about a pathway: where it is, and how many interactions it has."""
    held = f"interactions placed at it: {row['n_direct']}, at it and below: {row['n_total']}"
    return f"The pathway {' > '.join(row['path'])}; {held}."


def term(row: Row, taken: set[str], merged: Iterable[str], is_part: bool) -> Iterator[str]:
    """The lines of one [Term]. taken: ids used by others; merged: ids of pathways merged into this one; is_part:
    whether the reference says that it is a part of its parent.

    The id of a merged name becomes an alt_id, so that references to it from an earlier tree still lead here.
    """
    yield "[Term]"
    yield f"id: {row['pathway_id']}"
    yield f"name: {plain(row['name'])}"
    of_aliases = set(map(pathway_id, row["aliases"])) - taken - {row["pathway_id"]}
    yield from (f"alt_id: {id_}" for id_ in sorted(of_aliases.union(merged)))
    yield f"def: {quoted(definition(row))} []"
    yield f"comment: {plain('Why it stands there: ' + one_line(row['reasoning']))}"
    yield f"subset: {row['origin']}"
    yield from (f"synonym: {quoted(alias)} EXACT []" for alias in sorted(set(row["aliases"])))
    yield from (f"xref: {identifier(xref)}" for xref in sorted(set(row["xrefs"])))
    if row["call_id"] is not None:
        yield f"property_value: call_id {quoted(row['call_id'])} xsd:string"
    yield f"property_value: method {quoted(row['method'])} xsd:string"
    yield f'property_value: n_direct "{row["n_direct"]}" xsd:integer'
    yield f'property_value: n_total "{row["n_total"]}" xsd:integer'
    if row["parent_id"] is not None:
        yield f"is_a: {row['parent_id']} ! {one_line(row['path'][-2])}"
        if is_part:
            yield f"relationship: part_of {row['parent_id']} ! {one_line(row['path'][-2])}"
    yield ""


def obsolete(one: Known) -> Iterator[str]:
    """The lines of a pathway that an earlier release had."""
    yield "[Term]"
    yield f"id: {one.pathway_id}"
    yield f"name: {plain('obsolete ' + one.name)}"
    yield "is_obsolete: true"
    yield from [f"replaced_by: {one.replaced_by}"] if one.replaced_by else []
    yield from (f"consider: {id_}" for id_ in one.consider)
    yield ""


def lines(rows: Sequence[Row], known: Sequence[Known], parts: set[str]) -> Iterator[str]:
    """The whole document. known: the pathways of this and earlier releases; parts: those that the reference calls a
    part of their parent.

    The header has no date, and its data-version is computed from the terms, so the same tree gives the same bytes.
    """
    terms = list(_terms(rows, known, parts=parts))
    yield HEADER[0]
    yield f"data-version: {blake2b(''.join(terms).encode(), digest_size=6).hexdigest()}"
    yield from HEADER[1:]
    yield ""
    yield from terms


def _terms(rows: Sequence[Row], known: Sequence[Known], parts: set[str]) -> Iterator[str]:
    alive = {row["pathway_id"] for row in rows}
    gone = {one.pathway_id: one for one in known if one.pathway_id not in alive}
    merged: dict[str, list[str]] = {}
    for one in gone.values():
        merged.setdefault(one.replaced_by, []).append(one.pathway_id)
    taken = alive | gone.keys()
    blocks = {
        id_: term(row, taken, merged=merged.get(id_, ()), is_part=id_ in parts)
        for row in rows
        for id_ in [row["pathway_id"]]
    }
    blocks |= {id_: obsolete(one) for id_, one in gone.items()}
    for id_ in sorted(blocks):
        yield from blocks[id_]
    for name, meaning in sorted(PROPERTIES.items()):
        yield from ("[Typedef]", f"id: {name}", f"name: {name}", f'def: "{meaning}." []', "is_metadata_tag: true", "")
    if parts:
        yield from ("[Typedef]", "id: part_of", "name: part of", "xref: BFO:0000050", "is_transitive: true", "")


def write(rows: Sequence[Row], known: Sequence[Known], parts: set[str], path: str | Path) -> int:
    """Write the ontology. Returns the number of terms, without obsolete ones."""
    with whole_file(path) as file:
        file.writelines(line + "\n" for line in lines(rows, known, parts=parts))
    return len(rows)
