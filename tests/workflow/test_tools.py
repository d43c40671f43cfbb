"""The exports in tools whose packages the suite does not hold: opt-in (`-m trial`), in an environment of its own."""

import json
import subprocess
import sys

import pytest
import small_tree
from rootward.publish.exports import newick, obo, sssom

pytestmark = pytest.mark.trial
PACKAGES = ("ete3", "six", "numpy", "setuptools<80", "ete4", "sssom", "pronto")
ETE = """
import json, sys, ete3, ete4
one = ete3.Tree(sys.argv[1], format=1, quoted_node_names=True)
other = ete4.Tree(open(sys.argv[1]), parser=1)
print(json.dumps([{node.name: node.up.name for node in tree.traverse() if node.up} for tree in (one, other)]))
"""
PRONTO = """
import json, sys, pronto
print(json.dumps({term.id: term.name for term in pronto.Ontology(sys.argv[1]).terms()}))
"""


@pytest.fixture(scope="module")
def tools(tmp_path_factory):
    """Runs a program of the environment: its output."""
    folder = tmp_path_factory.mktemp("tools")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)

    def run(program, *arguments):
        done = subprocess.run([folder / "bin" / program, *arguments], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_ete3_and_ete4_read_the_tree(tools, tmp_path):
    rows = [row | {"name": f"n{row['name']}"} for row in small_tree.rows()]
    newick.write(rows, tmp_path / "a.nwk")
    plain = str.maketrans({"'": "\u2019", "\\": "/"})
    names = {row["pathway_id"]: small_tree.one_line(row["name"]).translate(plain) for row in rows}
    expected = {names[row["pathway_id"]]: names.get(row["parent_id"]) for row in rows}
    for found in json.loads(tools("python", "-c", ETE, str(tmp_path / "a.nwk"))):
        assert {name: above or None for name, above in found.items()} == expected


def test_sssom_parses_and_validates_the_mappings(tools, tmp_path):
    rows = [row | {"xrefs": [f"GO:000000{n}"]} for n, row in enumerate(small_tree.rows()[:5]) if row["name"].strip()]
    reference = {xref: {"name": row["name"], "aliases": []} for row in rows for xref in row["xrefs"]}
    assert sssom.write(rows, reference, tmp_path / "a.sssom.tsv") == len(rows)
    tools("sssom", "parse", str(tmp_path / "a.sssom.tsv"), "-o", str(tmp_path / "b.sssom.tsv"))
    tools("sssom", "validate", str(tmp_path / "a.sssom.tsv"))
    assert (tmp_path / "b.sssom.tsv").read_text().count("skos:exactMatch") == len(rows)


def test_pronto_reads_the_ontology(tools, tmp_path):
    rows = small_tree.rows()
    obo.write(rows, [], set(), tmp_path / "a.obo")
    names = json.loads(tools("python", "-c", PRONTO, str(tmp_path / "a.obo")))
    assert names == {row["pathway_id"]: small_tree.one_line(row["name"]) for row in rows}
