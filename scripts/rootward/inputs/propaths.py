"""ProPaths snapshots: JSON with one main protein and its interactors, each with the functions the pair serves.

`snapshot_json` (or the document itself) holds `main` and `interactors`; an interactor has `primary` (its name), `arrow`
(activates, inhibits, binds, regulates), `direction` (main_to_primary, primary_to_main, bidirectional), perhaps `intent`
(the mechanism), and `functions`, a list of {function, pathway, pmids, evidence: [{relevant_quote, pmid}]}. Every
function is an interaction of its own; an interactor without functions is one.
"""

import re
from collections.abc import Iterator
from typing import Any

from rootward.errors import UserError
from rootward.inputs import text
from rootward.inputs.jsontext import Document, Object, plain
from rootward.inputs.options import Options
from rootward.inputs.records import Chunk
from rootward.inputs.start import Start

SHOWN = "ProPaths JSON"
_SNAPSHOT = re.compile(r'\A\s*\{[\s\S]*"(?:snapshot_json|interactors)"\s*:')
_QUOTES = ("relevant_quote", "quote", "text", "key_finding")


def looks_like(start: Start) -> bool:
    """Whether JSON that begins like this is a snapshot."""
    return start.is_json and _SNAPSHOT.search(start.shown) is not None


def read(path: str, options: Options) -> Iterator[Chunk]:
    """The snapshot's interactions as one chunk. Raises UserError where the main protein or the list is missing."""
    text.check_text(path, text.head(path))
    document = Document(path)
    root = document.members(0)
    snapshot = document.members(root["snapshot_json"]) if "snapshot_json" in root else root
    if "main" not in snapshot or "interactors" not in snapshot:
        raise UserError(f"{path}: not a ProPaths snapshot: snapshot_json needs main and interactors")
    main = document.value(snapshot["main"])
    main = plain(main.get("primary") if isinstance(main, dict) else main)
    chunk = Chunk(path)
    for at in document.items(snapshot["interactors"]):
        interactor, line = document.value(at), document.line(at)
        if not isinstance(interactor, dict):
            chunk.reject(line, "not an interactor: not a JSON object", plain(interactor))
            continue
        functions = document.members(at).get("functions")
        places = document.items(functions) if functions is not None else []
        if not places:
            _take(chunk, line, main, interactor, {})
        for place in places:
            function = document.value(place)
            if isinstance(function, dict):
                _take(chunk, document.line(place), main, interactor, function)
            else:
                chunk.reject(document.line(place), "not a function: not a JSON object", plain(function))
    yield chunk


def _take(chunk: Chunk, line: int, main: str, interactor: Object, function: Object) -> None:
    primary = plain(interactor.get("primary"))
    arrow = plain(interactor.get("arrow")) or plain(function.get("arrow"))
    towards = plain(interactor.get("direction")) or plain(function.get("interaction_direction"))
    a, b = (primary, main) if towards == "primary_to_main" else (main, primary)
    topic, pathway = plain(function.get("function")), plain(function.get("pathway"))
    evidence = _evidence(function) or _evidence(interactor)
    said, pmid = evidence[0] if evidence else ("", "")
    position = len(chunk.line)
    chunk.line.append(line)
    chunk.protein_a.append(a)
    chunk.protein_b.append(b)
    chunk.undirected.append(towards == "bidirectional")
    chunk.effect.append(arrow)
    chunk.mechanism.append(plain(interactor.get("intent")))
    chunk.topic.append(topic or pathway)
    chunk.statement.append(f"{topic} (pathway: {pathway})" if topic and pathway else topic or pathway)
    chunk.text.append(said)
    chunk.pmid.append(pmid)
    chunk.confidence.append(plain(function.get("confidence")) or plain(interactor.get("confidence")))
    chunk.further += [(position, said, pmid) for said, pmid in evidence[1:]]


def _evidence(holder: Object) -> list[tuple[str, str]]:
    """(quote, PubMed id) of what a function or an interactor rests on; a bare id for those without a quote."""
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
