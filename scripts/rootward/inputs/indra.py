"""INDRA Statements as JSON: an array, as INDRA writes it, or one statement per line.

Schema: https://github.com/sorgerlab/indra/blob/master/indra/resources/statements_schema.json; what the statements mean:
https://indra.readthedocs.io/en/latest/modules/statements.html. A record here is a pair of a statement's agents: a
Complex of n members gives its n(n-1)/2 pairs, all other statements one pair, and those about one agent are set aside.
A modification (Phosphorylation, …) says what is done and not whether it helps: its effect is unknown. The species is
that of the experiments (`context`) where every piece of evidence names one, else that of the agent's gene.
"""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from rootward.inputs import text
from rootward.inputs.jsontext import Object, objects, plain
from rootward.inputs.options import Options
from rootward.inputs.records import MAX_RAW, Chunk
from rootward.inputs.start import Start

# Statement type -> (SIGNOR effect, mechanism); any other type is a modification with its own name.
_TYPES = {
    "Activation": ("up-regulates activity", ""),
    "Inhibition": ("down-regulates activity", ""),
    "GtpActivation": ("up-regulates activity", "gtp binding"),
    "IncreaseAmount": ("up-regulates quantity", ""),
    "DecreaseAmount": ("down-regulates quantity", ""),
    "Gef": ("up-regulates activity", "guanine nucleotide exchange factor"),
    "Gap": ("down-regulates activity", "gtpase-activating protein"),
    "Complex": ("form complex", "binding"),
}
# The keys of the agent that acts and of the one acted upon, by kind of statement.
_ROLES = (("subj", "obj"), ("enz", "sub"), ("gef", "ras"), ("gap", "ras"))
_GENE = {"HGNC": "9606", "MGI": "10090", "RGD": "10116"}
_PROTEIN = ("UP", "UPPRO", "HGNC", "MGI", "RGD", "EGID")
_CHEMICAL = ("CHEBI", "CHEMBL", "PUBCHEM", "DRUGBANK", "HMDB", "CAS", "LINCS", "HMS-LINCS", "LSPCI")
_FAMILY = ("FPLX", "PF", "IP", "NXPFA")
_SIGNOR = {"SIGNOR-C": "complex", "SIGNOR-PF": "family", "SIGNOR-FP": "protein"}
SHOWN = "INDRA JSON"
_STATEMENT = re.compile(
    r'"type"\s*:\s*"[A-Z][A-Za-z]+"[\s\S]*?"(?:subj|obj|enz|sub|members|agent|gef|gap|ras|evidence|belief)"\s*:'
)


def looks_like(start: Start) -> bool:
    """Whether JSON that begins like this holds INDRA statements."""
    return start.is_json and _STATEMENT.search(start.shown) is not None


def read(path: str, options: Options) -> Iterator[Chunk]:
    """Chunks of the statements' pairs."""
    text.check_text(path, text.head(path))
    chunk = Chunk(path)
    for line, statement in objects(path):
        if isinstance(statement, dict):
            _take(chunk, line, statement=statement)
        else:
            chunk.reject(line, "not an INDRA statement", raw=json.dumps(statement)[:MAX_RAW])
        if chunk.full:
            yield chunk
            chunk = Chunk(path)
    yield chunk


def _take(chunk: Chunk, line: int, statement: Object) -> None:
    kind = plain(statement.get("type"))
    if not kind:
        chunk.reject(line, "not an INDRA statement: it has no type", raw=_raw(statement))
        return
    pairs = _pairs(statement)
    if not pairs:
        named = kind if re.fullmatch("[A-Za-z]{1,40}", kind) else "statement"
        chunk.reject(line, f"{named} with fewer than two agents", raw=_raw(statement))
    if pairs and _is_negated(statement):
        chunk.reject(line, "negated: all of its evidence denies it", raw=_raw(statement))
        return
    evidence = _evidence(statement)
    context = _context(statement)
    effect, mechanism = _TYPES.get(kind, ("unknown", kind.casefold()))
    for a, b in pairs:
        position = len(chunk.line)
        chunk.line.append(line)
        for side, agent in (("a", a), ("b", b)):
            name, entity, species = _agent(agent)
            getattr(chunk, f"protein_{side}").append(name)
            getattr(chunk, f"kind_{side}").append(entity)
            getattr(chunk, f"taxon_{side}").append(context or species)
        chunk.undirected.append(kind == "Complex")
        chunk.effect.append(effect)
        chunk.mechanism.append(mechanism)
        chunk.confidence.append(plain(statement.get("belief")))
        chunk.xref.append(f"indra:{plain(statement.get('matches_hash')) or plain(statement.get('id'))}".rstrip(":"))
        chunk.statement.append(max((said for said, _ in evidence), key=lambda said: (len(said), said), default=""))
        said, pmid = evidence[0] if evidence else ("", "")
        chunk.text.append(said)
        chunk.pmid.append(pmid)
        chunk.further += [(position, said, pmid) for said, pmid in evidence[1:]]


def _pairs(statement: Object) -> list[tuple[Object, Object]]:
    """The pairs of agents in a statement; for a Conversion, its agent with each of the converted ones."""
    members = statement.get("members")
    if isinstance(members, list):
        return list(combinations(filter(_named, members), 2))
    for acting, acted in _ROLES:
        if _named(statement.get(acting)) and _named(statement.get(acted)):
            return [(statement[acting], statement[acted])]
    converted = [statement.get("obj_from"), statement.get("obj_to")]
    agents = [agent for listed in converted if isinstance(listed, list) for agent in filter(_named, listed)]
    return [(statement["subj"], agent) for agent in agents] if _named(statement.get("subj")) else []


def _named(agent: Any) -> bool:
    return isinstance(agent, dict) and bool(plain(agent.get("name")).strip())


def _agent(agent: Object) -> tuple[str, str, str]:
    """Name, kind and taxon id of an agent. An agent without grounding is taken for a protein by its name."""
    refs = agent.get("db_refs")
    refs = refs if isinstance(refs, dict) else {}
    name = plain(agent["name"])
    if any(namespace in refs for namespace in _PROTEIN):
        species = next((taxon for namespace, taxon in _GENE.items() if namespace in refs), "")
        return plain(refs.get("UP")) or name, "protein", species
    signor = re.sub(r"\d+$", "", plain(refs.get("SIGNOR")))
    if signor in _SIGNOR:
        return name, _SIGNOR[signor], ""
    for kind, namespaces in (("family", _FAMILY), ("chemical", _CHEMICAL)):
        if any(namespace in refs for namespace in namespaces):
            return name, kind, ""
    return name, next((plain(namespace) for namespace in sorted(refs) if namespace != "TEXT"), "protein"), ""


def _evidence(statement: Object) -> list[tuple[str, str]]:
    """(sentence, PubMed id) of each piece of evidence that has at least one of them and supports the statement,
    sorted.
    """
    pieces = set()
    for piece in _listed(statement.get("evidence")):
        if _negates(piece):
            continue
        refs = piece.get("text_refs")
        pmid = plain(piece.get("pmid")) or plain(refs.get("PMID") if isinstance(refs, dict) else "")
        pieces.add((plain(piece.get("text")), pmid))
    return sorted(pieces - {("", "")})


def _negates(piece: dict[str, Any]) -> bool:
    """Whether a piece of evidence says that the statement does not hold."""
    epistemics = piece.get("epistemics")
    return isinstance(epistemics, dict) and epistemics.get("negated") is True


def _is_negated(statement: dict[str, Any]) -> bool:
    pieces = _listed(statement.get("evidence"))
    return bool(pieces) and all(map(_negates, pieces))


def _context(statement: Object) -> str:
    """The taxon ids of the experiments, if each piece of evidence names one."""
    found = set()
    for piece in _listed(statement.get("evidence")):
        at: Any = piece
        for key in ("context", "species", "db_refs", "TAXONOMY"):
            at = at.get(key) if isinstance(at, dict) else None
        taxon = plain(at)
        if not re.fullmatch(r"-?\d+", taxon):
            return ""
        found.add(taxon)
    return " ".join(sorted(found))


def _listed(value: Any) -> list[Object]:
    return [piece for piece in value if isinstance(piece, dict)] if isinstance(value, list) else []


def _raw(statement: Object) -> str:
    shown = {key: value for key, value in statement.items() if key not in ("evidence", "supports", "supported_by")}
    return plain(json.dumps(shown, ensure_ascii=False)[:MAX_RAW])
