import pytest
from builders import FALLBACK, FunctionCurator, grown, interaction, load_script, make_asker, placement, said, write
from rootward import tables
from rootward.knowledge.names import pathway_id
from rootward.tree import nodes

place_interactions = load_script("place_interactions").place_interactions

TREE = {
    "Autophagy": None,
    "Macroautophagy": "Autophagy",
    "Mitophagy": "Macroautophagy",
    "Lipophagy": "Macroautophagy",
    FALLBACK: None,
}
INTERACTIONS = [
    interaction("I1", "PINK1", "PRKN"),
    interaction("I2", "TP53", "HK1"),
    interaction("I3", "PINK1", "PRKN"),
    interaction("I4", "NOTAPROTEIN", "NOTHER"),
    interaction("I5", "PINK1", "PRKN"),
]
PLACED = [
    placement("I1", "Macroautophagy"),
    placement("I2", "Macroautophagy"),
    placement("I3", "Lipophagy", confidence=0.3),
    placement("I4", FALLBACK, confidence=0.0, method="fallback", call_id=None),
    placement("I5", "Mitophagy"),
]


@pytest.fixture
def place(tmp_path):
    """Run the rule: interaction -> name of its pathway, the placements, and the changes."""

    def run(ask, which="doubtful", placed=PLACED, interactions=INTERACTIONS):
        paths = {
            "interactions": write(tmp_path, "interactions", interactions),
            "deepened": write(tmp_path, "tree", nodes.to_rows(grown(TREE))),
            "merged": write(tmp_path, "placements", placed, "before"),
        }
        out = [str(tmp_path / f"{name}.parquet") for name in ("placed", "changes")]
        settings = {"fallback_root": FALLBACK, "which": which, "confidence": 0.5, "keep": "all"}
        made = {"placements": out[0], "changes": out[1]}
        place_interactions(**paths, **settings, **made, decisions=None, collapse_chains=False, ask=ask)
        names = {pathway_id(name): name for name in TREE}
        rows = tables.rows("placements", out[0])
        return {row["interaction_id"]: names[row["pathway_id"]] for row in rows}, rows, tables.rows("changes", out[1])

    return run


def test_interactions_move_to_the_child_that_fits_and_the_others_stay(place, ask):
    at, rows, changes = place(ask)
    assert at == {"I1": "Mitophagy", "I2": "Macroautophagy", "I3": "Mitophagy", "I4": FALLBACK, "I5": "Mitophagy"}
    assert (rows[0]["method"], rows[0]["confidence"]) == ("reference:child", 0.9)
    assert rows[1] == PLACED[1]
    assert [(c["action"], c["interaction_id"], c["before"], c["after"]) for c in changes] == [
        ("move", "I1", "Macroautophagy", "Mitophagy"),
        ("move", "I3", "Lipophagy", "Mitophagy"),
    ]


@pytest.mark.parametrize(("which", "asked"), [("doubtful", ["I1", "I2", "I3"]), ("all", ["I1", "I2", "I3", "I5"])])
def test_interactions_are_asked_about_with_their_path_and_children(place, which, asked):
    curator = FunctionCurator(lambda q: said(pathway=q.item["path"][-1]))
    _, rows, changes = place(make_asker(curator), which)
    items = {item["interaction_id"]: item for item in curator.items("place")}
    assert sorted(items) == asked
    assert items["I1"]["path"] == ["Autophagy", "Macroautophagy"]
    assert items["I1"]["children"] == ["Lipophagy", "Mitophagy"]
    assert items["I3"]["path"] == ["Autophagy", "Macroautophagy", "Lipophagy"]
    assert items["I3"]["children"] == []
    assert (rows, changes) == (PLACED, [])


def test_an_interaction_may_move_up_to_the_root(place):
    at, rows, _ = place(make_asker(FunctionCurator(lambda _: said(pathway="autophagy"))))
    assert at == dict.fromkeys(["I1", "I2", "I3"], "Autophagy") | {"I4": FALLBACK, "I5": "Mitophagy"}
    assert len(rows) == 5


@pytest.mark.parametrize(
    ("statement", "method", "at"),
    [
        ("PINK1 activates PRKN during macroautophagy.", "model", "Macroautophagy"),  # says nothing of mitochondria
        ("PINK1 activates PRKN in mitophagy.", "model", "Mitophagy"),
        ("", "model", "Mitophagy"),
        ("PINK1 activates PRKN during macroautophagy.", "reference:shared_pathway", "Mitophagy"),
    ],
)
def test_an_interaction_moves_up_from_a_leaf_that_its_statement_says_nothing_of(place, statement, method, at):
    curator = FunctionCurator(lambda q: said(pathway="Macroautophagy"))
    placed = [placement("I1", "Mitophagy", method=method)]
    found, _, changes = place(
        make_asker(curator), placed=placed, interactions=[interaction("I1", "PINK1", "PRKN", statement=statement)]
    )
    assert found == {"I1": at}
    assert bool(curator.asked) == bool(changes) == (at == "Macroautophagy")


def test_two_placements_of_one_interaction_that_meet_become_one(place):
    def to_mitophagy(question):
        return said(pathway="Mitophagy" if question.item["children"] else question.item["path"][-1])

    placed = [placement("I1", "Macroautophagy"), placement("I1", "Mitophagy")]
    at, rows, _ = place(make_asker(FunctionCurator(to_mitophagy)), placed=placed)
    assert at == {"I1": "Mitophagy"}
    assert len(rows) == 1


@pytest.mark.parametrize(("which", "placed"), [("none", PLACED), ("doubtful", PLACED[3:])])
def test_when_nothing_is_to_be_asked_everything_stays(place, which, placed):
    _, rows, changes = place(make_asker(None), which, placed)
    assert (rows, changes) == (placed, [])
