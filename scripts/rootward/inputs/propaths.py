"""ProPaths: JSON with the interactions of one main protein, each with the functions the pair serves.

Three shapes, each a document of its own:

- a snapshot: `main` and `interactors`, each of them with `primary` (its name), `direction` (main_to_primary,
  primary_to_main, bidirectional) and what follows;
- a graph, as the site serves it: `proteins`, `pathways` and `interactions`, which have `source` and `target` instead;
- a file of cache/proteins/*/interactions: one interaction, of `protein_a` (the main protein) and `protein_b`.

The first two may stand in `snapshot_json`. An interaction has an `arrow` (activates, inhibits, binds, regulates),
perhaps an `intent` (the mechanism), and `functions`, a list of {function, pathway, pmids, evidence: [{relevant_quote,
pmid}]}. Every function is an interaction of its own; an interaction without functions is one. The key of a function,
`propaths:<main>/<interactor>/<its place among the functions>`, is kept among the references of what it became, so
that results lead back to it. An indirect interaction is one of the main protein with the last of a chain; it keeps the
proteins between them as its mediators.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from rootward.errors import UserError
from rootward.inputs import text
from rootward.inputs.jsontext import Document, Object, plain
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk
from rootward.inputs.start import Start
from rootward.knowledge.names import clean

SHOWN = "ProPaths JSON"
KEY = "propaths:"
_SNAPSHOT = re.compile(r'\A\s*\{[\s\S]*"(?:snapshot_json|interactors)"\s*:')
_GRAPH = [re.compile(rf'\A\s*\{{[\s\S]*"{key}"\s*:') for key in ("main", "proteins", "interactions", "pathways")]
_PAIR = re.compile(r'\A\s*\{(?=[\s\S]*"protein_a"\s*:)(?=[\s\S]*"(?:functions|primary)"\s*:)')
_BACKWARDS = ("primary_to_main", "b_to_a")
_QUOTES = ("relevant_quote", "quote", "text", "key_finding")


def looks_like(start: Start) -> bool:
    """Whether JSON that begins like this is one of the three shapes."""
    if not start.is_json:
        return False
    graph = sum(key.search(start.shown) is not None for key in _GRAPH)
    return graph >= 2 or _SNAPSHOT.search(start.shown) is not None or _PAIR.match(start.shown) is not None


def read(path: str, options: Options) -> Iterator[Chunk]:
    """The interactions as one chunk. Raises UserError for a document of another shape."""
    text.check_text(path, text.head(path))
    document = Document(path)
    root = document.members(0)
    snapshot = document.members(root["snapshot_json"]) if "snapshot_json" in root else root
    chunk = Chunk(path)
    for at, main in _interactions(path, document, snapshot=snapshot):
        item = document.value(at)
        if isinstance(item, dict):
            _functions(chunk, document, at=at, pair=_pair(main, item))
        else:
            chunk.reject(document.line(at), "not an interactor: not a JSON object", raw=plain(item))
    yield chunk


class _Pair(NamedTuple):
    """The interaction of a main protein and an interactor. drawn: whether a and b are already in its direction."""

    main: str
    interactor: str
    a: str
    b: str
    drawn: bool
    mediators: str
    item: Object


def _interactions(path: str, document: Document, snapshot: dict[str, int]) -> Iterator[tuple[int, str]]:
    """The place of each interaction, and the main protein; the latter is empty if each names its own."""
    main = document.value(snapshot["main"]) if "main" in snapshot else ""
    main = plain(main.get("primary") if isinstance(main, dict) else main)
    if "main" in snapshot and "interactors" in snapshot:
        yield from ((at, main) for at in document.items(snapshot["interactors"]))
    elif "interactions" in snapshot:
        yield from ((at, main) for at in document.items(snapshot["interactions"]))
    elif "protein_a" in snapshot:
        yield 0, ""
    else:
        raise UserError(f"{path}: not a ProPaths document: it needs main and interactors, interactions, or protein_a")


def _pair(main: str, item: Object) -> _Pair:
    between = _between(item)
    drawn = "source" in item or "target" in item
    if drawn:
        a, b = plain(item.get("source")), plain(item.get("target"))
        if between and main not in (a, b) and not item.get("_is_chain_link"):
            a = main  # the graph draws an indirect interaction from the last of its mediators
        main = main if main in (a, b) else a
        interactor = b if main == a else a
    else:
        a = main = main or plain(item.get("protein_a"))
        b = interactor = plain(item.get("primary")) or plain(item.get("protein_b"))
    mediators = "|".join(name for name in between if name not in (a, b))
    return _Pair(main, interactor, a=a, b=b, drawn=drawn, mediators=mediators, item=item)


def _between(item: Object) -> list[str]:
    """The proteins between the ends of an indirect interaction, in order."""
    if "indirect" not in (item.get("interaction_type"), item.get("type")):
        return []
    chain = [plain(name) for name in _listed(item.get("mediator_chain"))]
    return [name for name in chain or [plain(item.get("upstream_interactor"))] if name]


def _functions(chunk: Chunk, document: Document, at: int, pair: _Pair) -> None:
    members = document.members(at)
    places = document.items(members["functions"]) if "functions" in members else []
    places = places or (document.items(members["claims"]) if "claims" in members else [])
    if not places:
        _take(chunk, document.line(at), pair=pair, index=0, function={})
    for index, place in enumerate(places):
        function = document.value(place)
        if isinstance(function, dict):
            _take(chunk, document.line(place), pair=pair, index=index, function=function)
        else:
            chunk.reject(document.line(place), "not a function: not a JSON object", raw=plain(function))


def _take(chunk: Chunk, line: int, pair: _Pair, index: int, function: Object) -> None:
    topic = plain(function.get("function")) or plain(function.get("function_name"))
    pathway = _named(function.get("pathway")) or plain(function.get("pathway_name"))
    through = f"via {pair.mediators.replace('|', ', ')}" if pair.mediators else ""
    aside = "; ".join(filter(None, [f"pathway: {pathway}" if topic and pathway else "", through]))
    said = topic or pathway
    evidence = _evidence(function) or _evidence(pair.item)
    quote, pmid = evidence[0] if evidence else ("", "")
    position = len(chunk.line)
    chunk.line.append(line)
    towards = plain(pair.item.get("direction")) or plain(function.get("interaction_direction"))
    backwards = towards in _BACKWARDS and not pair.drawn
    chunk.protein_a.append(pair.b if backwards else pair.a)
    chunk.protein_b.append(pair.a if backwards else pair.b)
    chunk.undirected.append(towards == "bidirectional")
    chunk.effect.append(plain(pair.item.get("arrow")) or plain(function.get("arrow")))
    chunk.mechanism.append(plain(pair.item.get("intent")))
    chunk.topic.append(" ".join(filter(None, [said, through])))
    chunk.statement.append(f"{said} ({aside})" if said and aside else said or through)
    chunk.text.append(quote)
    chunk.pmid.append(pmid)
    chunk.confidence.append(plain(function.get("confidence")) or plain(pair.item.get("confidence")))
    chunk.xref.append(key(pair.main, pair.interactor, index=index) if function else "")
    chunk.mediators.append(pair.mediators)
    chunk.further += [(position, quote, pmid) for quote, pmid in evidence[1:]]


def key(main: str, interactor: str, index: int) -> str:
    """The reference of a function: its position in the author's records."""
    names = (clean(name).replace("%", "%25").replace("/", "%2F") for name in (main, interactor))
    return f"{KEY}{'/'.join(names)}/{index}"


def parts(xref: str) -> tuple[str, str, int] | None:
    """main, interactor and index in a function's reference; None for another reference."""
    if not xref.startswith(KEY):
        return None
    main, interactor, index = (part.replace("%2F", "/").replace("%25", "%") for part in xref[len(KEY) :].split("/"))
    return main, interactor, int(index)


def _named(pathway: Any) -> str:
    """A pathway by its name, which may be in a separate object."""
    return plain(pathway.get("name") if isinstance(pathway, dict) else pathway)


def _evidence(holder: Object) -> list[tuple[str, str]]:
    """(quote, PubMed id) of the evidence of a function or an interaction; a bare id if there is no quote."""
    pieces = set()
    for piece in _listed(holder.get("evidence")):
        if isinstance(piece, dict):
            quote = next((plain(piece.get(key)) for key in _QUOTES if plain(piece.get(key))), "")
            pieces.add((quote, plain(piece.get("pmid"))))
        else:
            pieces.add((plain(piece), ""))
    pieces |= {("", plain(pmid)) for pmid in _listed(holder.get("pmids"))}
    return sorted(pieces - {("", "")})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
