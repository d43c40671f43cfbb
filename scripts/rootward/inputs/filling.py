"""Puts the columns of a table into a chunk, and interprets signs, directions, negations and orders."""

import re
from collections.abc import Callable, Sequence

from rootward.inputs import values
from rootward.inputs.columns import Columns, cell_of, is_named, is_protein
from rootward.inputs.records import Chunk, taxa
from rootward.knowledge import vocabulary
from rootward.knowledge.proteins import ProteinNames

_TRUE = frozenset(["true", "1", "1.0", "yes", "t", "y"])
_FALSE = frozenset(["false", "0", "0.0", "no", "f", "n"])
_NEGATIVE = frozenset(["negative", "negated", "neg", "-1", "-1.0", "non-interacting", "no interaction"])
_POSITIVE = frozenset(["positive", "pos", "interacting", "interaction"])
_GENES = frozenset(["gene", "genes", "entrez gene"])
_PLAIN = ("interaction_id", "kind_a", "kind_b", "effect", "mechanism", "statement", "text", "pmid", "confidence")
_SOURCE = re.compile(r"(?<![^;])[^;:]+:(?=\d)")  # OmniPath: the resource before its article (`SIGNOR:12167717`)
Cells = dict[str, list[str]]


def filled(chunk: Chunk, rows: Sequence[list[str]], columns: Columns, names: ProteinNames | None) -> Chunk:
    """A chunk of the rows of a table. Rows that state a negative result are set aside."""
    if not rows:
        return chunk
    cells = {name: [row[at] for row in rows] for name, at in columns.at.items()}
    if "label" not in cells and {cell.strip() for cell in cells.get("relation", ())} == {"0", "1"}:
        cells["label"] = cells.pop("relation")  # whether they interact, which is not a sign
    chunk.protein_a, chunk.protein_b = (_proteins(rows, columns, side=side, names=names) for side in (0, 1))
    for name in _PLAIN:
        if name in cells:
            setattr(chunk, name, cells[name])
    # Tables of genes mean their proteins; formats that have both (SIGNOR, PSI-MI) mean the DNA.
    for name in {"kind_a", "kind_b"} & cells.keys():
        setattr(chunk, name, ["" if cell.strip().casefold() in _GENES else cell for cell in cells[name]])
    if "references" in cells and not chunk.pmid:
        chunk.pmid = [_SOURCE.sub("", cell) for cell in cells["references"]]
    _species(chunk, cells)
    _articles(chunk)
    _sentences(chunk)
    _signs(chunk, cells)
    _types(chunk)
    chunk.symmetric = not columns.pairs[0].directed and not chunk.effect
    _negated(chunk, cells)
    return chunk


def _proteins(rows: Sequence[list[str]], columns: Columns, side: int, names: ProteinNames | None) -> list[str]:
    """The proteins of a side. If a cell does not name one, the cell beside it that does is used; otherwise the first
    that says what it is (a complex, a chemical), otherwise one that is not empty.
    """
    first, *others = dict.fromkeys(pair[side] for pair in columns.pairs)
    entrez = columns.entrez
    plain = first not in entrez
    chosen = [row[first] for row in rows] if plain else [cell_of(row, first, entrez=entrez) for row in rows]
    if names is None or not others:
        return chosen
    unknown = {cell for cell in set(chosen) if not is_protein(names, cell)}
    if not unknown:
        return chosen

    def better(cell: str, row: list[str]) -> str:
        beside = [one for at in others if (one := cell_of(row, at, entrez=entrez))]
        known = (one for test in (is_protein, is_named) for one in [cell, *beside] if test(names, one))
        return next(known, cell or next(iter(beside), ""))

    return [better(cell, row) if cell in unknown else cell for cell, row in zip(chosen, rows, strict=True)]


def _species(chunk: Chunk, cells: Cells) -> None:
    for side in ("taxon_a", "taxon_b"):
        told = cells.get(side, cells.get("taxon"))
        if told is not None:
            meaning = {cell: taxa(cell) for cell in set(told)}
            setattr(chunk, side, [meaning[cell] for cell in told])


def _articles(chunk: Chunk) -> None:
    """A column of evidence may have articles instead of sentences."""
    if chunk.pmid or not chunk.text or not any(cell.strip()[:1].isdigit() for cell in chunk.text):
        return
    articles = [values.is_article(cell) for cell in chunk.text]
    chunk.pmid = [cell if article else "" for cell, article in zip(chunk.text, articles, strict=True)]
    chunk.text = ["" if article else cell for cell, article in zip(chunk.text, articles, strict=True)]


def _sentences(chunk: Chunk) -> None:
    """Where only one of statement and evidence text is given, it is used as the other, too."""
    statements, texts = chunk.statement or chunk.text, chunk.text or chunk.statement
    both = list(zip(statements, texts, strict=True))
    chunk.statement = [s if s.strip() else t for s, t in both]
    chunk.text = [t if t.strip() else s for s, t in both]


def _signs(chunk: Chunk, cells: Cells) -> None:
    """Effects and directions from columns of signs (OmniPath), weights (CollecTRI) and arrows (Reactome FI), if no
    column has the effect itself.
    """
    if "stimulation" in cells and "inhibition" in cells:
        both = zip(cells["stimulation"], cells["inhibition"], strict=True)
        signs = [("up-regulates" if _is(up) else "") + ("down-regulates" if _is(down) else "") for up, down in both]
        chunk.effect = chunk.effect or [sign if sign.count("regulates") == 1 else "" for sign in signs]
    if "directed" in cells:
        chunk.undirected = [cell.strip().casefold() in _FALSE for cell in cells["directed"]]
    if not chunk.effect and "weight" in cells and any(cell.strip().startswith("-") for cell in cells["weight"]):
        chunk.effect = cells["weight"]
    if not chunk.effect and "relation" in cells:
        _arrows(chunk, cells["relation"])


def _types(chunk: Chunk) -> None:
    """Effects from the column of mechanisms (interaction types), if no column has effects."""
    if chunk.effect or not chunk.mechanism:
        return
    told = {cell: vocabulary.effect(cell) or "unknown" for cell in set(chunk.mechanism)}
    if any(effect != "unknown" for effect in told.values()):
        chunk.effect = [told[cell] for cell in chunk.mechanism]
    chunk.mechanism = [vocabulary.mechanism_of(cell) or cell for cell in chunk.mechanism]


def _arrows(chunk: Chunk, relations: list[str]) -> None:
    """`->`, `-|`, `<-`, `|-|` of Reactome FI and the relations of networks; an arrow to the left reverses the pair."""
    effects, undirected = [], []
    for i, relation in enumerate(relations):
        word = relation.strip()
        left, right = word[:1] in ("<", "|"), word[-1:] in (">", "|")
        arrow = bool(word) and not word.strip("<>|-= ")
        if arrow and left and not right:
            word = "-|" if word[0] == "|" else "->"
            _turn(chunk, i)
        ends = {word[:1], word[-1:]}
        if arrow and left and right:
            word = "->" if ends == {"<", ">"} else "-|" if ends == {"|"} else ""
        undirected.append(arrow and not left and not right)
        effects.append("" if arrow and not left and not right else word)
    chunk.effect, chunk.undirected = effects, chunk.undirected or undirected


def _turn(chunk: Chunk, i: int) -> None:
    for a, b in ((chunk.protein_a, chunk.protein_b), (chunk.kind_a, chunk.kind_b), (chunk.taxon_a, chunk.taxon_b)):
        if a:
            a[i], b[i] = b[i], a[i]


def _negated(chunk: Chunk, cells: Cells) -> None:
    """Set aside negative results: `negative` is true, or the label is 0 (or `negative`), if all labels are such
    words.
    """
    tests: list[tuple[str, str, Callable[[str], bool]]] = [
        ("negative", "negated (negative is true)", lambda cell: _is(cell) or cell.strip().casefold() in _NEGATIVE)
    ]
    labels = {cell.strip().casefold() for cell in cells.get("label", ())}
    if labels <= _TRUE | _FALSE | _POSITIVE | _NEGATIVE:
        no = _FALSE | _NEGATIVE
        tests.append(("label", "negated (label is 0)", lambda cell: cell.strip().casefold() in no))
    dropped: dict[int, str] = {}
    for name, reason, negated in tests:
        for i, cell in enumerate(cells.get(name, ())):
            if negated(cell):
                dropped.setdefault(i, reason)
    if dropped:
        _drop(chunk, dropped)


def _drop(chunk: Chunk, dropped: dict[int, str]) -> None:
    for i in sorted(dropped):
        chunk.reject(chunk.line[i], dropped[i], raw=f"{chunk.protein_a[i]}\t{chunk.protein_b[i]}")
    for name in ("line", "protein_a", "protein_b", "taxon_a", "taxon_b", "undirected", *_PLAIN):
        column = getattr(chunk, name)
        if column:
            setattr(chunk, name, [cell for i, cell in enumerate(column) if i not in dropped])


def _is(cell: str) -> bool:
    return cell.strip().casefold() in _TRUE
