"""Ids carried from release to release: through names, merges, splits, and what comes back."""

from builders import grown
from hypothesis import given, settings
from hypothesis import strategies as st
from rootward.knowledge.names import pathway_id
from rootward.tree import ids, verify
from rootward.tree.ids import CURRENT, MERGED, RETIRED, Known, Release, carried, matched


def release(parents, placed=None, aliases=None, xrefs=None, known=()):
    """A release of a tree (child -> parent) with placements (pathway -> interactions)."""
    forest = grown(parents)
    for name, others in (aliases or {}).items():
        forest[pathway_id(name)].aliases = tuple(others)
    held = {pathway_id(name): set(interactions) for name, interactions in (placed or {}).items()}
    found = {pathway_id(name): listed for name, listed in (xrefs or {}).items()}
    rows = verify.finish(forest, {id_: len(some) for id_, some in held.items()}, found)
    return Release(rows, lambda wanted: {id_: held[id_] for id_ in wanted & held.keys()}, known)


def next_release(before, after):
    """The release after as it stands in its tables, and the ids that its pathways have."""
    kept, known = carried(before, after)
    rows = [
        row | {"pathway_id": kept[row["pathway_id"]], "parent_id": kept.get(row["parent_id"])} for row in after.rows
    ]
    old = {new: raw for raw, new in kept.items()}

    def held(wanted):
        found = after.held({old[id_] for id_ in wanted if id_ in old})
        return {kept[id_]: some for id_, some in found.items()}

    return Release(rows, held, known), {row["name"]: row["pathway_id"] for row in rows}


def known_of(release_, name):
    return next(one for one in release_.known if one.name == name)


BEFORE = {"Root": None, "A": "Root", "B": "A", "C": "A"}


def test_without_a_change_every_id_is_that_of_its_name():
    found, named = next_release(release(BEFORE), release(BEFORE))
    assert named == {name: pathway_id(name) for name in BEFORE}
    assert [one.status for one in found.known] == [CURRENT] * 4


def test_another_name_keeps_the_id_when_an_alias_tells():
    found, named = next_release(
        release(BEFORE), release({"Root": None, "A": "Root", "B2": "A", "C": "A"}, aliases={"B2": ["b"]})
    )
    assert named["B2"] == pathway_id("B")
    assert known_of(found, "B2") == Known(pathway_id("B"), "B2", former_names=("B",))


def test_another_name_keeps_the_id_when_the_reference_tells():
    before = release(BEFORE, xrefs={"B": ["reactome:R-HSA-1"]})
    _, named = next_release(before, release(BEFORE | {"X": "A"}, xrefs={"X": ["go:1", "reactome:R-HSA-1"]}))
    assert named["X"] == pathway_id("X")  # B is still there
    _, named = next_release(before, release({"Root": None, "X": "Root"}, xrefs={"X": ["go:1", "reactome:R-HSA-1"]}))
    assert named["X"] == pathway_id("B")


def test_another_name_keeps_the_id_when_it_holds_the_same():
    before = release(BEFORE, placed={"B": ["1", "2", "3", "4"], "C": ["5"]})
    _, named = next_release(before, release({"Root": None, "A": "Root", "X": "A"}, placed={"X": ["1", "2", "3"]}))
    assert named["X"] == pathway_id("B")
    # Two interactions, or half of what either holds, are no proof.
    for held in (["1", "2"], ["1", "2", "3", "6", "7", "8"]):
        _, named = next_release(before, release({"Root": None, "A": "Root", "X": "A"}, placed={"X": held}))
        assert named["X"] == pathway_id("X")


def test_inner_pathways_are_told_by_what_stands_below_them():
    tree = {"Root": None, "A": "Root", **dict.fromkeys("BCD", "A")}
    renamed = {"Root": None, "X": "Root", "Y": "X", "C": "X", "D": "X"}
    before = release(tree, placed={"B": ["1", "2", "3"]})
    _, named = next_release(before, release(renamed, placed={"Y": ["1", "2", "3"]}))
    assert (named["Y"], named["X"]) == (pathway_id("B"), pathway_id("A"))


def test_a_merged_pathway_is_replaced_through_later_merges():
    first, _ = next_release(release(BEFORE), release({"Root": None, "A": "Root", "C": "A"}, aliases={"C": ["B"]}))
    assert known_of(first, "B") == Known(pathway_id("B"), "B", MERGED, pathway_id("C"))
    second, _ = next_release(first, release({"Root": None, "A": "Root"}, aliases={"A": ["C"]}))
    assert {known_of(second, name).replaced_by for name in "BC"} == {pathway_id("A")}


def test_what_comes_back_has_its_id_again():
    first, _ = next_release(release(BEFORE), release({"Root": None, "A": "Root", "C": "A"}, aliases={"C": ["B"]}))
    second, named = next_release(first, release(BEFORE))
    assert named["B"] == pathway_id("B") and known_of(second, "B") == Known(pathway_id("B"), "B")


def test_a_new_pathway_never_gets_the_id_of_one_that_was_renamed():
    first, _ = next_release(release(BEFORE), release(BEFORE | {"B2": "A"}, aliases={}))
    renamed, _ = next_release(
        release(BEFORE), release({"Root": None, "A": "Root", "B2": "A", "C": "A"}, aliases={"B2": ["B"]})
    )
    found, named = next_release(renamed, release({"Root": None, "A": "Root", "B2": "A", "B": "A", "C": "A"}))
    assert named["B2"] == pathway_id("B") and named["B"] not in (pathway_id("B"), named["B2"])
    again, later = next_release(found, release({"Root": None, "A": "Root", "B2": "A", "B": "A", "C": "A"}))
    assert later == named and list(again.known) == list(found.known) and first.known


def test_the_largest_part_of_a_split_keeps_the_id_and_the_others_are_new():
    before = release(BEFORE, placed={"B": list("12345678")})
    after = {"Root": None, "A": "Root", "B one": "A", "B two": "A", "C": "A"}
    _, named = next_release(before, release(after, placed={"B one": list("12345"), "B two": list("678")}))
    assert named["B one"] == pathway_id("B") and named["B two"] == pathway_id("B two")
    found, named = next_release(before, release(after, placed={"B one": list("1234"), "B two": list("567")}))
    gone = known_of(found, "B")
    assert (gone.status, gone.consider) == (RETIRED, (pathway_id("B one"), pathway_id("B two")))


def test_one_id_is_one_pathway_once_ids_are_carried():
    before = release(BEFORE)
    assert matched(before, release({"Root": None, "A": "Root"}), same_ids=True) == {
        pathway_id(name): pathway_id(name) for name in ("Root", "A")
    }


NAMES = st.sampled_from("ABCDEFGH")
TREES = st.dictionaries(NAMES, st.sets(st.integers(0, 9).map(str)), min_size=1)


def of(contents, aliases):
    """A flat tree of those pathways."""
    others = {name: aliases.get(name, ()) for name in contents}
    placed = {name: {f"{name[-1]}{n}" for n in held} if held else set() for name, held in contents.items()}
    return release({"Root": None} | dict.fromkeys(contents, "Root"), placed, others)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TREES, st.dictionaries(NAMES, st.lists(NAMES, max_size=2))), min_size=2, max_size=5))
def test_over_any_releases_ids_are_unique_and_nothing_known_is_forgotten(releases):
    at = of(*releases[0])
    at, _ = next_release(at, at)
    for contents, aliases in releases[1:]:
        before = {one.pathway_id for one in at.known}
        at, named = next_release(at, of(contents, aliases))
        assert len(set(named.values())) == len(named)
        known = {one.pathway_id: one for one in at.known}
        assert before <= known.keys() and len(known) == len(at.known)
        assert {id_ for id_, one in known.items() if one.status == CURRENT} == set(named.values())
        assert all(known[one.replaced_by].status != MERGED for one in at.known if one.status == MERGED)
        assert ids.carried(at, at)[0] == {id_: id_ for id_ in named.values()}
