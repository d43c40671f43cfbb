"""Map the proposed pathway names to one vocabulary, once per distinct name."""

from collections import Counter

from rootward import tables
from rootward.asking.ask import Asker
from rootward.asking.decided import above, read
from rootward.curators.base import Answer, Failure
from rootward.curators.questions import ask_about
from rootward.knowledge.names import normalise, pathway_id
from rootward.knowledge.nearest import NameIndex
from rootward.workflow.job import Job

EXAMPLES = 3  # statements shown with a name


def refine_terms(
    *,
    assigned: list[str],
    interactions: str,
    decisions: str | None,
    fallback_root: str,
    candidates: int,
    threshold: float,
    refined: str,
    ask: Asker,
) -> None:
    """assigned -> refined: one row per distinct proposed name with its standard name. The fallback root does not count
    as a proposal.
    """
    import pyarrow as pa

    table = pa.concat_tables(tables.read("assigned", path, columns=["interaction_id", "pathway"]) for path in assigned)
    spelled = _one_spelling(Counter(table["pathway"].to_pylist()), fallback_root)
    names = sorted(spelled)
    near = nearest_names(names, candidates, threshold=threshold)
    examples = _examples(table, interactions)
    questions = [
        ask_about(
            "refine_term",
            {
                "name": name,
                "candidates": near[name],
                "n_interactions": spelled[name],
                "examples": examples.get(name, []),
            },
        )
        for name in names
    ]
    answers = above(ask, read(decisions)).ask_many(questions)
    standard = settle({name: _standard(name, answer) for name, answer in zip(names, answers, strict=True)})
    rows = [
        {"name": name, "standard_name": standard[name], "n_interactions": spelled[name], **_decided(answer)}
        for name, answer in zip(names, answers, strict=True)
    ]
    tables.write("refined", rows, path=refined)


def _one_spelling(counts: Counter, fallback_root: str) -> dict[str, int]:
    """The distinct proposed names, each in its most frequent spelling, with the number of interactions."""
    spellings: dict[str, Counter] = {}
    for name, count in counts.items():
        spellings.setdefault(pathway_id(name), Counter())[name] += count
    spellings.pop(pathway_id(fallback_root), None)
    return {min(names, key=lambda n: (-names[n], n)): names.total() for names in spellings.values()}


def nearest_names(names: list[str], count: int, threshold: float) -> dict[str, list[str]]:
    """For each name the most similar others in use, best first."""
    hits = NameIndex(names).nearest(names, count + 1, threshold=threshold)
    return {
        name: [names[j] for j, _ in near if names[j] != name][:count] for name, near in zip(names, hits, strict=True)
    }


def _examples(table, interactions: str) -> dict[str, list[str]]:
    """The first statements (by interaction_id) of each proposed name."""
    statements = tables.read("interactions", interactions, columns=["interaction_id", "statement"])
    joined = table.join(statements, "interaction_id").sort_by("interaction_id")
    examples: dict[str, list[str]] = {}
    for name, statement in zip(joined["pathway"].to_pylist(), joined["statement"].to_pylist(), strict=True):
        known = examples.setdefault(name, [])
        if statement and len(known) < EXAMPLES:
            known.append(statement)
    return examples


def settle(standard: dict[str, str]) -> dict[str, str]:
    """Follow standard names that have a standard name themselves; a circle ends at its first name in normalised
    order.
    """
    by_id = {pathway_id(name): name for name in standard}
    settled = {}
    for name in standard:
        walk, at = [name], name
        while True:
            target = standard[at]
            following = by_id.get(pathway_id(target))
            if following is None or following == at:
                settled[name] = target
                break
            if following in walk:
                settled[name] = min(walk[walk.index(following) :], key=lambda n: (normalise(n), n))
                break
            walk.append(following)
            at = following
    return settled


def _standard(name: str, answer: Answer | Failure) -> str:
    return name if isinstance(answer, Failure) else answer.value["standard_name"]


def _decided(answer: Answer | Failure) -> dict:
    if isinstance(answer, Failure):
        return {"method": "fallback", "reasoning": answer.message, "call_id": None}
    return {"method": answer.method, "reasoning": answer.value["reasoning"], "call_id": answer.call_id}


if __name__ == "__main__":
    Job(snakemake).run(refine_terms)
