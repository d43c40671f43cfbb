"""Whole trees in one process: the steps from climbing to pruning, on answers that are functions."""

from collections import Counter

from builders import FALLBACK, UNKNOWN, FunctionCurator, interaction, make_asker, placement, roots_file, said, write
from nasty import ROOTS
from rootward import tables
from rootward.knowledge.names import pathway_id, same_words
from rootward.tree import nodes, verify
from rootward.workflow.config_check import load
from rootward.workflow.steps import STEPS, run


class Answers(FunctionCurator):
    """Parents by normalised name as cached; other questions by plain rules."""

    def __init__(self, parents, **rules):
        self._parents = {pathway_id(child): parent for child, parent in parents}
        self._rules = rules
        super().__init__(self._answer)

    def _answer(self, question):
        kind, item = question.kind.name, question.item
        if kind in self._rules:
            value = self._rules[kind](item, question.shared)
        elif kind == "parent":
            parent = self._parents.get(pathway_id(item["child"]))
            value = {"parent": parent} if parent else None
        elif kind == "choose_root":
            value = {"root": sorted(question.shared["roots"])[len(item["pathway"]) % len(question.shared["roots"])]}
        elif kind == "siblings":
            value = {"siblings": [{"name": f"{item['parent']} sibling", "reasoning": "x"}]}
        elif kind == "merge":
            same = same_words(item["a"]) == same_words(item["b"])
            value = {"same": same, "canonical": min(item["a"], item["b"]) if same else None}
        elif kind == "best_parent":
            value = {"parent": min(item["candidates"])}
        elif kind == "intermediate":
            insert = len(item["child"]) % 3 == 0
            value = {"insert": insert, "name": f"{item['root']} of {item['child']:.20}" if insert else None}
        elif kind == "place":
            value = {"pathway": item["path"][-1]}
        elif kind == "check_edge":
            value = {"is_a": True}
        if value is None or question.kind.problem(question, {"reasoning": ""} | value):
            return UNKNOWN
        try:  # what is no valid reply never reaches a step: `replies.read` refuses it
            value = question.kind.reply.model_validate({"reasoning": "because"} | value).model_dump()
        except ValueError:
            return UNKNOWN
        return said(call_id=kind, **(value if kind != "siblings" else {"siblings": value["siblings"]}))


GROWN = ("climb", "join_levels", "discover_siblings", "merge_duplicates")
NAMES = list(STEPS)
REORGANIZED = NAMES[NAMES.index(GROWN[-1]) + 1 : NAMES.index("verify_tree")]
TREE, PLACED = (STEPS["verify_tree"].reads[table].name for table in ("tree", "placed"))


def grown_tree(folder, curator, leaves, order=None, climb=None, **options):
    """Run all steps on leaves with one interaction each: rows of `reorganized`, and the placements. The folder may
    hold decisions.
    """
    folder.mkdir(exist_ok=True)
    ids = {pathway_id(name): name for name in sorted(leaves, reverse=True)}
    leaf_rows = [{"pathway_id": id_, "name": name, "n_interactions": 1, "proteins": []} for id_, name in ids.items()]
    members = [placement(f"I{id_}", name) for id_, name in ids.items()]
    if order is not None:
        order.shuffle(leaf_rows)
        order.shuffle(members)
    write(folder, "leaves", leaf_rows)
    write(folder, "memberships", members)
    steps(GROWN, folder, make_asker(curator), climb=climb or {})
    return reorganized(folder, make_asker(curator), **options)


def steps(names, folder, ask, climb=None, depth=12, keep="all", collapse=False, ask_which="all"):
    """Run steps in a folder, under the roots of this file."""
    config = load(
        {
            "climb": climb or {},
            "siblings": {"limit": 2, "keep": keep},
            "deepen": {"max_depth": depth},
            "prune": {"collapse_chains": collapse},
            "place": {"ask": ask_which},
        }
    )
    given = {"roots": roots_file(folder, *ROOTS), "spellings": None}
    run(names, config=config, given=given, ask=ask, folder=folder, changed={})


def reorganized(folder, ask, keep="all", **options):
    """All phases after the first: rows of the finished tree, and the placements."""
    placed = tables.rows("placements", folder / "reorganized" / "1_merged.placements.parquet")
    described = [interaction(row["interaction_id"], statement="A is part of apoptosis.") for row in placed]
    write(folder, "interactions", described)
    steps(REORGANIZED, folder, ask, keep=keep, **options)
    forest = nodes.from_rows(tables.rows("tree", folder / TREE))
    placements = tables.rows("placements", folder / PLACED)
    direct = Counter(row["pathway_id"] for row in placements)
    found = verify.finish(forest, direct, {})
    root_ids = {pathway_id(name) for name in (*ROOTS, FALLBACK)}
    unplaced = {row["interaction_id"] for row in placed} - {row["interaction_id"] for row in placements}
    broken = verify.violations(found, direct, unplaced, [], root_ids, keep == "all")
    assert {check: rows for check, rows in broken.items() if rows} == {}
    return found, placements
