"""Cytoscape's simple interaction format: `A relation B C …`, one source and one or more targets per line, no header.

Format: https://cytoscape.org/cytoscape-tutorials/protocols (cells are separated by tabs or, if there are none, by
blanks). The relation can be any word: `pp` (protein-protein) means binding, `pd` (protein-DNA) has no sign, and those
of Pathway Commons (`controls-state-change-of`, `in-complex-with`) have their own meanings. A node alone is set aside.
"""

from collections.abc import Iterator

from rootward.inputs import text
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk
from rootward.inputs.start import Start
from rootward.knowledge import vocabulary

SHOWN = "SIF"
_LINES = 20  # lines used to recognise the format


def looks_like(start: Start) -> bool:
    """Whether all of the first lines have a relation as their second cell."""
    if start.is_json:
        return False
    lines = [line for line in start.shown.splitlines()[:_LINES] if line.strip()]
    rows = [cells for line in lines if len(cells := _cells(line, "\t" in start.shown)) > 1]
    return bool(rows) and all(len(cells) > 2 and _is_relation(cells[1]) for cells in rows)


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of a network's edges, one record for each target."""
    start = text.head(path)
    text.check_text(path, start)
    tabs = b"\t" in start
    undecodable: set[int] = set()
    chunk = Chunk(path)
    for number, line in enumerate(text.lines(path, undecodable), 1):
        cells = _cells(line, tabs)
        if number in undecodable:
            chunk.reject(number, "not UTF-8 text", raw=line)
        elif len(cells) > 2:
            _take(chunk, number, cells=cells)
        elif cells:
            chunk.reject(
                number, "a node without a partner" if len(cells) == 1 else "a relation without a target", raw=line
            )
        if chunk.full:
            yield chunk
            chunk = Chunk(path)
    yield chunk


def _take(chunk: Chunk, number: int, cells: list[str]) -> None:
    source, relation, *targets = cells
    for target in targets:
        chunk.line.append(number)
        chunk.protein_a.append(source)
        chunk.protein_b.append(target)
        chunk.effect.append(relation)


def _cells(line: str, tabs: bool) -> list[str]:
    cells = line.rstrip("\r\n").split("\t") if tabs else line.split()
    return [cell.strip() for cell in cells if cell.strip()]


def _is_relation(word: str) -> bool:
    known = vocabulary.effect(word) or vocabulary.mechanism_of(word)
    return bool(known) and not word.replace(".", "").isdigit()
