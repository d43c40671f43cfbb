import io
import json

import pytest
from rootward.publish import terminal, text
from rootward.publish.report import summary

SUMMARY = {
    "curator": "reactome",
    "tree": {"pathways": 48_000, "roots": 28, "levels": 12},
    "interactions": {"placed": 1_200_000, "duplicates": 0, "fallback": 7, "with_notes": 3},
    "names": {"uses": 0, "unidentified": 0, "most_frequent": []},
    "rejected": {"rows": 2, "by_reason": {"no protein in column 3 \x1b[31m" + "x" * 90: 2}},
    "decisions": {
        "hold": 3,
        "met_nothing": [{"line": n, "decision": "remove", "subject": "x" * 90, "object": ""} for n in range(2, 9)],
    },
    "asked": {"parent": {"questions": 1000}},
    "paid": {},
    "other_versions": {},
}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def row(level, name="A pathway of some length, as they are", total=7, direct=2):
    parent = f"{level - 1}" if level else None
    counts = {"n_total": total, "n_direct": direct}
    return {"pathway_id": f"{level}", "name": name, "parent_id": parent, "level": level, **counts}


@pytest.mark.parametrize("coloured", [False, True])
def test_the_summary_fits_80_columns(coloured):
    for line in summary.lines(SUMMARY, coloured):
        for style in terminal.STYLES.values():
            line = line.replace(f"\x1b[{style}m", "")
        line = line.replace("\x1b[0m", "")
        assert terminal.columns(line) <= 80 and "\x1b" not in line


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, "rows rejected", "0 rows rejected"),
        (1, "rows rejected", "1 row rejected"),
        (1, "replies partly unusable", "1 reply partly unusable"),
        (1, "answered from the cache", "1 answered from the cache"),
        (1200, "calls", "1,200 calls"),
    ],
)
def test_one_thing_is_told_in_the_singular(number, words, said):
    assert terminal.counted(number, words) == said


def test_the_summary_says_what_matters():
    said = "\n".join(summary.lines(SUMMARY))
    for words in ("48,000 pathways under 28 roots", "1,200,000 placed", "2 rows rejected", "results/explorer.html"):
        assert words in said


@pytest.mark.parametrize(
    ("stream", "environment", "wanted"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colours_only_on_a_terminal_that_wants_them(stream, environment, wanted):
    assert terminal.wants_colour(stream, environment) is wanted


def test_show_writes_no_colours_to_a_file(tmp_path, capsys):
    (tmp_path / "s.json").write_text(json.dumps(SUMMARY))
    summary.show(tmp_path / "s.json")
    assert "\x1b" not in capsys.readouterr().out


def test_no_line_of_the_tree_is_wider_than_80_columns_however_deep():
    names = {3: "界" * 60, 4: "e\u0301" * 70}  # wide letters, and letters that take no room
    rows = [row(level, names.get(level, "A name " * 12)) for level in range(200)]
    lines = [*text.heading(rows), *text.lines(rows)]
    assert max(map(terminal.columns, lines)) <= 80
    assert "level 150" in lines[-50]
    assert all("A name" in line for line in lines[-50:])


def test_the_tree_says_its_counts():
    rows = [row(0, "Root", 1234, 0), row(1, "Child", 1234, 34), {**row(1, "Sibling", 0, 0), "pathway_id": "s"}]
    assert list(text.lines(rows)) == [
        "Root  (1,234)",
        "├─ Child  (1,234, 34 here)",
        "└─ + 1 without an interaction: Sibling",
    ]


def test_names_cannot_steer_the_terminal():
    assert list(text.lines([row(0, "a\x1b[2Jb\u202ec\nd")])) == ["a [2Jb c d  (7, 2 here)"]
