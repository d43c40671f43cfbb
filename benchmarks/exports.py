"""Seconds and peak memory of each export, on a made-up tree: `python benchmarks/exports.py [pathways] [interactions]`.

The bound is 60 s for all exports of 50,000 pathways together (the default, with 200,000 interactions placed 1.1 times).
Each export runs in a process of its own, as in the workflow: start-up and imports are in the figures.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
REFERENCE = SCRIPTS.parent / "resources" / "reactome"
sys.path.insert(0, str(SCRIPTS))
BOUND = 60.0
WORDS = ["regulation", "signaling", "receptor", "kinase", "repair", "transport", "cycle", "mitotic", "of", "by", "in"]


def make(folder: Path, n_pathways: int, n_interactions: int) -> None:
    """Write reorganized, placements and interactions of a random tree of 28 roots, about 12 levels deep."""
    import pyarrow.parquet as pq
    from rootward import tables
    from rootward.knowledge.names import pathway_id
    from rootward.tree import nodes, verify
    from rootward.tree.ids import Known
    from rootward.workflow.releases import write_ids

    chance = random.Random(1)
    symbols = pq.read_table(REFERENCE / "proteins.parquet", columns=["symbol", "uniprot"]).to_pylist()
    reactome = pq.read_table(REFERENCE / "pathways.parquet", columns=["id"])["id"].to_pylist()
    text = " ".join(chance.choice(WORDS) for _ in range(400_000)).split()
    forest: nodes.Forest = {}
    ids: list[str] = []
    for i in range(n_pathways):
        name = f"{' '.join(text[7 * i : 7 * i + 5])} {i}"
        parents = {} if i < 28 else {ids[chance.randrange(i)]: nodes.Edge("model", "Because.", call_id=f"call-{i}")}
        node = nodes.Node(
            pathway_id(name),
            name,
            origin="climbed" if parents else "root",
            parents=parents,
            aliases=(f"alias {i}",)[: i % 2],
        )
        forest[node.pathway_id] = node
        ids.append(node.pathway_id)
    interactions, placements, direct = [], [], {}
    for i in range(n_interactions):
        a, b = chance.choices(symbols, k=2)
        start = chance.randrange(300_000)
        statement = " ".join(text[start : start + 20])
        evidence = [{"text": statement, "pmid": str(10_000_000 + i)}]
        row = {"interaction_id": f"I{i:07d}", "protein_a": a["symbol"], "protein_b": b["symbol"], "source": "x.tsv:1"}
        row |= {"uniprot_a": a["uniprot"], "uniprot_b": b["uniprot"], "effect": "up-regulates", "mechanism": "binding"}
        interactions.append(row | {"statement": statement, "evidence": evidence, "notes": [], "bucket": 0})
        for at in {chance.choice(ids) for _ in range(2 if i % 10 == 0 else 1)}:
            direct[at] = direct.get(at, 0) + 1
            placement = {"interaction_id": row["interaction_id"], "pathway_id": at, "method": "model"}
            placements.append(placement | {"confidence": 0.9, "reasoning": "Because.", "call_id": f"call-{i}"})
    xrefs = {id_: [f"reactome:{chance.choice(reactome)}"] for id_ in ids[::3]}
    tables.write("reorganized", verify.finish(forest, direct, xrefs=xrefs), path=folder / "reorganized.parquet")
    write_ids([Known(id_, node.name) for id_, node in forest.items()], folder / "ids.tsv")
    tables.write("interactions", interactions, path=folder / "interactions.parquet")
    tables.write("placements", placements, path=folder / "placements.parquet")


def export(folder: Path, script: str, *formats: str) -> None:
    """Run one rule's function for some of its formats, and print the peak memory of this process in MiB."""
    from rootward.publish.exports.formats import FILES

    paths = {name: folder / f"{name}.parquet" for name in ("reorganized", "interactions", "placements")}
    paths |= {"proteins": REFERENCE / "proteins.parquet", "pathways": [REFERENCE / "pathways.parquet"]}
    paths["ids"] = folder / "ids.tsv"
    getattr(__import__(script), script)(paths, {name: folder / FILES[name] for name in formats})
    # Not getrusage: its maximum is inherited from the parent process.
    peak = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    print(int(peak[0].split()[1]) // 1024)


def _children() -> float:
    """CPU seconds of all processes started so far: what a busy machine does not change."""
    used = os.times()
    return used.children_user + used.children_system


def main(n_pathways: int = 50_000, n_interactions: int = 200_000) -> None:
    """Print one line per export and one per rule; exit code 1 when the rules together take longer than the bound."""
    from rootward.publish.exports.formats import FILES, RULES

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        make(folder, n_pathways, n_interactions=n_interactions)
        print(f"{n_pathways} pathways, {n_interactions} interactions")
        print(f"{'':20}{'seconds':>8}{'CPU s':>7}{'MiB':>6}{'MB file':>9}")
        total = 0.0
        for script, formats in RULES.items():
            for chosen in [*((name,) for name in formats), tuple(formats)]:
                start, busy = time.perf_counter(), _children()
                command = [sys.executable, __file__, "--export", str(folder), script, *chosen]
                environment = os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system"}  # as in rules/common.smk
                done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
                memory = done.stdout.strip()
                seconds, busy = time.perf_counter() - start, _children() - busy
                size = sum((folder / FILES[name]).stat().st_size for name in chosen) / 1e6
                name = script if len(chosen) == len(formats) else f"  {chosen[0]}"
                print(f"{name:20}{seconds:8.1f}{busy:7.1f}{memory:>6}{size:9.1f}", flush=True)
                total += seconds if len(chosen) == len(formats) else 0
    print(f"all exports, one after the other: {total:.1f} s (at most {BOUND:.0f} s for 50,000 pathways)")
    sys.exit(total > BOUND)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--export"]:
        export(Path(sys.argv[2]), *sys.argv[3:])
    else:
        main(*map(int, sys.argv[1:]))
