import pytest
from builders import FALLBACK, UNKNOWN, FunctionCurator, assigned, interaction, load_script, make_asker, said, write
from rootward import tables

script = load_script("refine_terms")

PROPOSED = {
    "I1": "EGFR signalling pathway",
    "I2": "EGFR Signalling Pathway",
    "I3": "EGFR signalling pathway",
    "I4": "Quux resonance",
    "I5": FALLBACK,
}


@pytest.fixture
def refine(tmp_path):
    """Run the rule on proposals (interaction -> name); its rows by name."""

    def run(ask, proposed=PROPOSED, candidates=5, threshold=0.5):
        statements = [interaction(id_, statement=f"statement of {id_}") for id_ in proposed]
        rows = [assigned(id_, name) for id_, name in proposed.items()]
        halves = [write(tmp_path, "assigned", part, f"assigned_{n}") for n, part in enumerate((rows[:2], rows[2:]))]
        interactions = write(tmp_path, "interactions", statements)
        out = str(tmp_path / "refined.parquet")
        script.refine_terms(
            assigned=halves,
            interactions=interactions,
            decisions=None,
            fallback_root=FALLBACK,
            candidates=candidates,
            threshold=threshold,
            refined=out,
            ask=ask,
        )
        return {row["name"]: row for row in tables.rows("refined", out)}

    return run


def test_each_distinct_name_is_decided_once_in_its_most_used_spelling(refine, ask):
    rows = refine(ask)
    assert {name: (row["standard_name"], row["n_interactions"], row["method"]) for name, row in rows.items()} == {
        "EGFR signalling pathway": ("Signaling by EGFR", 3, "reference:gist"),
        "Quux resonance": ("Quux resonance", 1, "reference:as_given"),
    }


def test_a_name_is_asked_with_its_neighbours_and_examples_and_never_with_itself(refine):
    curator = FunctionCurator(lambda _: UNKNOWN)
    refine(make_asker(curator), {"I1": "Quux signaling", "I2": "Quux signalling", "I3": "Apoptosis", "I4": "Apoptosis"})
    items = {item["name"]: item for item in curator.items("refine_term")}
    assert items["Quux signaling"]["candidates"] == ["Quux signalling"]
    assert items["Apoptosis"]["candidates"] == []
    assert items["Apoptosis"]["examples"] == ["statement of I3", "statement of I4"]
    assert items["Apoptosis"]["n_interactions"] == 2


def test_the_number_of_candidates_and_of_examples_is_limited(refine):
    curator = FunctionCurator(lambda _: UNKNOWN)
    names = {f"I{n}": f"Quux{' pathway' * n} signaling" for n in range(8)} | {f"J{n}": "Apoptosis" for n in range(8)}
    refine(make_asker(curator), names, candidates=2)
    items = {item["name"]: item for item in curator.items("refine_term")}
    assert {len(item["candidates"]) for item in items.values()} == {0, 2}
    assert len(items["Apoptosis"]["examples"]) == script.EXAMPLES
    curator.asked.clear()
    refine(make_asker(curator), names, candidates=0)
    assert {len(item["candidates"]) for item in curator.items("refine_term")} == {0}


def test_a_name_nobody_knows_keeps_itself_and_says_so(refine):
    (row,) = refine(make_asker(FunctionCurator(lambda _: UNKNOWN)), {"I1": "Quux"}).values()
    assert (row["standard_name"], row["method"], row["call_id"]) == ("Quux", "fallback", None)
    assert row["reasoning"] == UNKNOWN.message


def test_when_nothing_could_be_placed_there_is_nothing_to_refine(refine, ask):
    assert refine(ask, {"I1": FALLBACK, "I2": FALLBACK}) == {}


def test_a_standard_name_with_a_standard_name_is_followed(refine):
    chain = {"Quux": "Resonance", "Resonance": "Apoptosis"}
    curator = FunctionCurator(lambda q: said(standard_name=chain.get(q.item_id, q.item_id)))
    rows = refine(make_asker(curator), {"I1": "Quux", "I2": "Resonance"})
    assert {row["standard_name"] for row in rows.values()} == {"Apoptosis"}


@pytest.mark.parametrize(
    ("standard", "settled"),
    [
        ({"a": "a"}, {"a": "a"}),
        ({"a": "A"}, {"a": "A"}),
        ({"a": "b", "b": "a"}, {"a": "a", "b": "a"}),
        ({"a": "b", "b": "c", "c": "b"}, {"a": "b", "b": "b", "c": "b"}),
        ({"a": "b", "b": "c", "c": "a", "d": "c"}, dict.fromkeys("abcd", "a")),
        ({"a": "B", "b": "new"}, {"a": "new", "b": "new"}),
        ({"a": "new", "b": "New"}, {"a": "new", "b": "New"}),
    ],
)
def test_circles_of_standard_names_end_at_one_name(standard, settled):
    assert script.settle(standard) == settled
    assert script.settle(dict(reversed(standard.items()))) == settled
