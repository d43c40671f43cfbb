import json

import pytest
from builders import grown
from rootward.knowledge.names import pathway_id
from rootward.publish import text
from rootward.publish.exports import nested
from rootward.publish.report import summary
from rootward.tree.verify import finish


def rows_of(tree, placed, **origins):
    return finish(grown(tree, **origins), {pathway_id(name): n for name, n in placed.items()}, {})


TREE = {"Small": None, "Large": None, "A": "Large", "B": "Large", "C": "A", "D": "A", "new": "A", "E": "Small"}
ROWS = rows_of(TREE, {"A": 2, "B": 1, "C": 5, "D": 5, "E": 3}, sibling=["new"])


def chain(depth: int):
    names = [f"L{n}" for n in range(depth)]
    return rows_of(dict(zip(names, [None, *names[:-1]], strict=True)), {names[-1]: 1})


def ladder(depth: int):
    """A chain of which every pathway holds an interaction of its own."""
    names = [f"L{n}" for n in range(depth)]
    return rows_of(dict(zip(names, [None, *names[:-1]], strict=True)), dict.fromkeys(names, 1))


# --- text ---


def test_the_text_shows_the_fullest_branch_first_with_its_counts():
    assert list(text.lines(ROWS)) == [
        "Large  (13)",
        "├─ A  (12, 2 here)",
        "│  ├─ C  (5)",
        "│  ├─ D  (5)",
        "│  └─ + 1 without an interaction: new",
        "└─ B  (1)",
        "Small › E  (3)",
    ]


def test_children_without_an_interaction_share_a_line_and_a_root_without_any_has_its_own():
    tree = {"R": None, "A": "R", "B": "R", "Z": "R", "below B": "B", "Empty": None}
    rows = rows_of(tree, {"A": 1}, sibling=["B", "Z", "below B"])
    assert list(text.lines(rows)) == [
        "R  (1)",
        "├─ A  (1)",
        "└─ + 2 without an interaction: B, Z",
        "Empty  (none yet)",
    ]


def test_a_chain_that_holds_nothing_of_its_own_is_one_line_and_ends_where_something_is_held():
    tree = {"R": None, "A": "R", "B": "A", "C": "B", "D": "C"}
    assert list(text.lines(rows_of(tree, {"B": 1, "D": 2}))) == ["R › A › B  (3, 1 here)", "└─ C › D  (2)"]


def test_of_a_chain_too_long_for_a_line_the_last_names_are_shown():
    names = [letter * 30 for letter in "ABCD"]
    rows = rows_of(dict(zip(names, [None, *names[:-1]], strict=True)), {names[-1]: 1})
    assert list(text.lines(rows)) == [f"… › {names[-2]} › {names[-1]}  (1)"]


def test_the_order_of_rows_does_not_show(tmp_path):
    for name, rows in (("a", ROWS), ("b", ROWS[::-1])):
        text.write(rows, tmp_path / f"{name}.txt")
        nested.write(rows, tmp_path / f"{name}.json")
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_the_file_says_how_much_it_shows_and_leaves_nothing_beside_it(tmp_path):
    text.write(ROWS, tmp_path / "tree.txt")
    first, second, blank, *lines = (tmp_path / "tree.txt").read_text(encoding="utf-8").splitlines()
    assert first == "8 pathways under 2 roots, 3 levels, 16 placements"
    assert second == "In brackets: interactions placed at or below a pathway. A › B: A holds only B."
    assert blank == ""
    assert lines == list(text.lines(ROWS))
    assert [path.name for path in tmp_path.iterdir()] == ["tree.txt"]


@pytest.mark.parametrize("length", [70, 74, 75, 200])
def test_no_line_is_wider_than_80_columns(length):
    name = "x" * length
    lines = list(text.lines(rows_of({"R": None, "A": "R", "B": "A", name: "B"}, {name: 1, "A": 12345, "R": 1})))
    assert all(len(line) <= 80 for line in lines)
    shown = next(line for line in lines if "xx" in line)
    assert shown.endswith("x…  (1)") if length > 67 else name in shown


def test_a_name_that_just_fits_is_shown_whole():
    fits, too_long = "x" * 75, "x" * 76
    assert list(text.lines(rows_of({fits: None}, {fits: 1}))) == [f"{fits}  (1)"]
    assert list(text.lines(rows_of({too_long: None}, {too_long: 1}))) == ["x" * 74 + "…  (1)"]


def test_no_line_of_a_deep_tree_is_wider_than_80_columns():
    assert max(map(len, text.lines(ladder(40)))) <= 80
    assert max(map(len, text.lines(chain(40)))) <= 80


def test_a_tree_of_3000_levels_is_shown_whole():
    lines = list(text.lines(ladder(3000)))
    assert len(lines) == 3000
    assert lines[-1].endswith("└─ L2999  (1)")


def test_a_tree_of_nothing_is_shown(tmp_path):
    text.write([], tmp_path / "tree.txt")
    nested.write([], tmp_path / "tree.json")
    assert (
        (tmp_path / "tree.txt")
        .read_text(encoding="utf-8")
        .startswith("0 pathways under 0 roots, 0 levels, 0 placements\n")
    )
    assert json.loads((tmp_path / "tree.json").read_text(encoding="utf-8")) == []


# --- nested ---


def test_the_nested_tree_holds_every_pathway_under_its_parent(tmp_path):
    nested.write(ROWS, tmp_path / "tree.json")
    large, small = json.loads((tmp_path / "tree.json").read_text(encoding="utf-8"))
    assert (large["name"], small["name"]) == ("Large", "Small")
    assert [child["name"] for child in large["children"]] == ["A", "B"]
    assert [child["name"] for child in large["children"][0]["children"]] == ["C", "D", "new"]
    assert small["children"] == [
        {field: next(row for row in ROWS if row["name"] == "E")[field] for field in nested.FIELDS} | {"children": []}
    ]


def test_a_tree_of_3000_levels_is_nested_whole(tmp_path):
    """Deeper than Python's json can read: the nesting is counted in the text."""
    nested.write(chain(3000), tmp_path / "tree.json")
    written = (tmp_path / "tree.json").read_text(encoding="utf-8")
    assert [f'"name": "L{n}"' in written for n in range(3000)] == [True] * 3000
    assert written.count('"children": [') == 3000
    assert written.rstrip().endswith("]}" * 3000 + "]")


# --- summary ---

SUMMARY = {
    "curator": "reactome",
    "tree": {"pathways": 8, "roots": 2, "leaves": 5, "levels": 3, "origins": {}, "edges_by_method": {}},
    "interactions": {"read": 16, "duplicates": 2, "placed": 16, "by_method": {}, "fallback": 0, "with_notes": 0},
    "rejected": {"rows": 0, "by_reason": {}},
    "names": {"uses": 0, "unidentified": 0, "most_frequent": []},
    "changes": {},
    "decisions": {"hold": 0, "met_nothing": []},
    "asked": {"parent": {"questions": 5}, "merge": {"questions": 2, "unknown": 1}},
    "paid": {},
    "other_versions": {},
}


def test_the_summary_says_what_came_of_the_run():
    assert summary.lines(SUMMARY) == [
        "         tree  8 pathways under 2 roots, 3 levels",
        " interactions  16 placed",
        "               2 duplicates merged while reading",
        "        asked  7 questions to reactome",
        "      look at  results/explorer.html (in a browser)",
        "        or at  results/tree.txt, results/reorganized.parquet",
    ]


def test_the_summary_says_what_went_wrong_in_80_columns():
    reasons = {"x" * 500: 123_456, "protein_a is empty": 2, "third": 1, "fourth": 1}
    wrong = SUMMARY | {
        "interactions": SUMMARY["interactions"] | {"placed": 10**6, "fallback": 123_456, "with_notes": 123_456},
        "rejected": {"rows": 123_460, "by_reason": reasons},
    }
    lines = summary.lines(wrong)
    assert all(len(line) <= 80 for line in lines)
    assert any(line.strip() == "2 × protein_a is empty" for line in lines)
    assert not any("fourth" in line for line in lines)
    assert any("could not be identified" in line for line in lines)
    assert any("fallback root" in line for line in lines)


PAID = {
    "curator": "gemini",
    "asked": {
        "parent": {"questions": 120_000, "hits": 100_000, "throttled": 40, "calls": 20_000},
        "merge": {"questions": 30_000, "lost": 12, "unusable": 30, "failures": 3},
    },
    "paid": {
        "gemini-3.1-pro-preview": {
            "calls": 9_000,
            "input_tokens": 150_000_000,
            "output_tokens": 20_000_000,
            "dollars": 540,
        }
    },
    "other_versions": {"gemini-3.1-pro-preview": ["gemini-3.1-pro-preview-11-2026"]},
}


def test_the_summary_says_what_was_asked_and_paid():
    text = "\n".join(summary.lines(SUMMARY | PAID))
    for words in (
        "150,000 questions to gemini",
        "100,000 answered from the cache",
        "40 times throttled (429)",
        "12 calls lost and retried",
        "30 replies partly unusable",
        "3 questions failed",
        "US$ 540.00 for 9,000 calls of gemini-3.1-pro-preview",
        "150,000,000 tokens in, 20,000,000 out",
    ):
        assert words in text
    assert "gemini-3.1-pro-preview was answered by gemini-3.1-pro-preview-11" in text


def test_what_was_asked_and_paid_fits_80_columns():
    assert max(map(len, summary.lines(SUMMARY | PAID))) <= 80


def test_the_summary_is_shown_from_its_file(tmp_path, capsys):
    (tmp_path / "run_summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    summary.show(tmp_path / "run_summary.json")
    assert "8 pathways under 2 roots" in capsys.readouterr().out
