"""Rows per second and peak memory of reading PSI-MITAB, measured in a process of its own.

    python benchmarks/read_inputs.py [MEGABYTES] [COLUMNS] [FILE]        (default: 300 42 and a temporary file)

Writes (once) a synthetic file of that size over real accessions: rows as IntAct makes them, with aliases, cross
references and annotations, 600 bytes (15 columns) to 3 kilobytes (42) each, pairs drawn so that half of the rows repeat
one, one in five rows of another species, one in a hundred negative. Three figures are printed: the reader alone; the
reader and the collecting of its rows; and all of it to the finished table of interactions. Bars: 50,000 rows per second
on one core, 1.5 GB.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bars import Bars

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
REFERENCE = ROOT / "resources" / "reactome"
TYPES = (
    'psi-mi:"MI:0915"(physical association)',
    'psi-mi:"MI:0914"(association)',
    'psi-mi:"MI:0407"(direct interaction)',
    'psi-mi:"MI:0217"(phosphorylation reaction)',
)
MOUSE = "taxid:10090(mouse)|taxid:10090(Mus musculus)"
HUMAN = "taxid:9606(human)|taxid:9606(Homo sapiens)"


def write_mitab(path: Path, megabytes: int, columns: int) -> int:
    """Write a file of about that size; returns the number of rows."""
    import pyarrow.parquet as pq

    rng = random.Random(11)
    table = pq.read_table(REFERENCE / "proteins.parquet", columns=["uniprot", "symbol"]).to_pylist()
    alias = [
        f"psi-mi:{p['symbol'].lower()}_human(display_long)|uniprotkb:{p['symbol']}(gene name)|"
        f"psi-mi:{p['symbol']}(display_short)|uniprotkb:{p['symbol']} homolog(gene name synonym)"
        for p in table
    ]
    xref = [
        "|".join(f'go:"GO:{rng.randrange(10**7):07d}"(a cellular component or process)' for _ in range(10))
        for _ in table
    ]
    pairs: list[tuple[int, int]] = []
    rows = size = 0
    with open(path, "w", encoding="utf-8") as file:
        while size < megabytes * 1_000_000:
            block = []
            for _ in range(10_000):
                if pairs and rng.random() < 0.5:
                    a, b = rng.choice(pairs)
                else:  # the power of a uniform number makes few proteins meet often and most of them rarely
                    a, b = int(len(table) * rng.random() ** 3), int(len(table) * rng.random() ** 3)
                    pairs.append((a, b))
                species = MOUSE if rng.random() < 0.2 else HUMAN
                article = rng.randrange(25_000)
                cells = [
                    f"uniprotkb:{table[a]['uniprot']}",
                    f"uniprotkb:{table[b]['uniprot']}{'-2' if rng.random() < 0.05 else ''}",
                    f"intact:EBI-{a + 1000}",
                    f"intact:EBI-{b + 1000}",
                    alias[a],
                    alias[b],
                    'psi-mi:"MI:0018"(two hybrid)',
                    f"Author{article} et al. (2010)",
                    f"pubmed:{10_000_000 + article}|imex:IM-{article}",
                    HUMAN,
                    species,
                    TYPES[rng.randrange(4)],
                    'psi-mi:"MI:0469"(IntAct)',
                    f"intact:EBI-{5_000_000 + rows}|imex:IM-{article}-{rows % 97}",
                    f"intact-miscore:0.{rng.randrange(20, 99)}",
                ]
                if columns > 15:
                    cells += [
                        "-",
                        *['psi-mi:"MI:0499"(unspecified role)'] * 2,
                        'psi-mi:"MI:0496"(bait)',
                        'psi-mi:"MI:0498"(prey)',
                        *['psi-mi:"MI:0326"(protein)'] * 2,
                        xref[a],
                        xref[b],
                        *["-"] * 3,
                        f'figure legend:"Fig. {rows % 9}"|comment:"a remark of the curator\'s"',
                        HUMAN,
                        "-",
                        "2010/05/01",
                        "2014/10/01",
                        f"rogid:{a:027d}9606",
                        f"rogid:{b:027d}9606",
                        f"rigid:{rows:027d}",
                        "true" if rng.random() < 0.01 else "false",
                    ]
                    cells += ["-"] * (columns - 36)
                block.append("\t".join(cells) + "\n")
                rows += 1
            text = "".join(block)
            file.write(text)
            size += len(text)
    return rows


def measure(what: str, path: str) -> None:
    """Do one of the three things and print rows, seconds and peak memory; exit code 1 when a bar is missed."""
    from rootward.inputs.collect import chunks, gather, read_inputs
    from rootward.inputs.options import Options

    started = time.process_time()
    if what == "reader":
        rows = sum(len(chunk.line) + len(chunk.rejected) for chunk in chunks(path, Options()))
    elif what == "reader and collecting":
        rows = gather([path], Options(), reference=REFERENCE).n_rows
    else:
        rows = read_inputs([path], Options(), reference=REFERENCE).n_rows
    seconds = time.process_time() - started  # of all threads: per core
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    bars = Bars()
    bars.least(f"{what}: rows per second", rows / seconds, bar=50_000.0, note=f"{rows:,} rows in {seconds:.1f} s")
    bars.most(f"{what}: peak memory", peak, bar=1.5, unit="GB")
    bars.end()


def main(megabytes: int = 300, columns: int = 42, path: str | None = None) -> None:
    """Write the file where it is missing and measure each of the three things in a process of its own.

    Exit code 1 when one of them misses a bar.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(path or f"{folder}/synthetic.mitab.txt")
        if not file.exists():
            write_mitab(file, megabytes, columns=columns)
        print(f"{file.stat().st_size / 1e9:.2f} GB of PSI-MITAB")
        parts = ("reader", "reader and collecting", "reader to table")
        codes = [subprocess.run([sys.executable, __file__, "--measure", what, str(file)]).returncode for what in parts]
    sys.exit(any(codes))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
    else:
        main(*map(int, sys.argv[1:3]), *sys.argv[3:4])
