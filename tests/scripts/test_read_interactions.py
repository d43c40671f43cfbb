from builders import load_script
from rootward import tables

read_interactions = load_script("read_interactions").read_interactions

CONTENT = """interaction_id\tprotein_a\tprotein_b\teffect\tstatement
I1\tHSPA5\tERN1\tinhibits\tHSPA5 holds ERN1.
I2\tp53\tMDM2\t\t
I2\tTP53\tMDM2\t\tTP53 induces MDM2.
I3\t\tMDM2\t\t
I4\tEGFR\tGRB2\tsurprises\t
"""


def test_rows_become_interactions_and_the_others_are_kept_with_their_reason(tmp_path, small_reference):
    names = ("x.tsv", "interactions.parquet", "rejected.parquet", "proteins.parquet")
    source, out, rejected, proteins = (str(tmp_path / name) for name in names)
    (tmp_path / "x.tsv").write_text(CONTENT, encoding="utf-8")
    read_interactions(
        files=[source], reading={}, reference=small_reference, interactions=out, rejected=rejected, proteins=proteins
    )
    rows = tables.rows("interactions", out)
    assert [(r["interaction_id"], r["protein_a"], r["effect"], r["source"]) for r in rows] == [
        ("I1", "HSPA5", "down-regulates", f"{source}:2"),
        ("I2", "TP53", "unknown", f"{source}:3"),
        ("I4", "EGFR", "unknown", f"{source}:6"),  # a strange word costs a word, not a row
    ]
    assert rows[2]["notes"][-1] == "unknown effect 'surprises'"
    assert tables.rows("rejected", rejected) == [
        {"source": f"{source}:5", "reason": "protein_a is empty", "raw": "I3 MDM2", "n_rows": 1},
    ]
    named = {row["name"]: row for row in tables.rows("proteins", proteins)}
    assert named["p53"] == {
        "name": "p53",
        "kind": "",
        "species": "9606",
        "symbol": "TP53",
        "uniprot": "P04637",
        "human": None,
        "how": "alias",
        "note": None,
        "n_rows": 1,
    }
    assert {name: row["n_rows"] for name, row in named.items() if row["symbol"] == "MDM2"} == {"MDM2": 3}
    assert (named["HSPA5"]["how"], named["HSPA5"]["note"]) == ("unknown", "not in the symbol table")
    assert (named[""]["symbol"], named[""]["note"]) == (None, "is empty")


def test_when_nothing_is_rejected_the_table_of_rejections_is_empty(tmp_path, small_reference):
    (tmp_path / "x.tsv").write_text("protein_a\tprotein_b\nTP53\tMDM2\n", encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("x.tsv", "interactions.parquet", "rejected.parquet", "p.parquet")]
    named = dict(zip(("interactions", "rejected", "proteins"), paths[1:], strict=True))
    read_interactions(files=paths[:1], reading={}, reference=small_reference, **named)
    assert tables.is_empty(paths[2])
