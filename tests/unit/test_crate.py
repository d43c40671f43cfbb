"""The RO-Crate of a run, read by the rocrate library."""

import json
from datetime import UTC, datetime

from rocrate.rocrate import ROCrate
from rootward.publish.report.crate import PROFILE, Made, crate

DAY = datetime(2026, 11, 26, tzinfo=UTC)
MADE = Made("0.2.0", "gemini", {"pyarrow": "1.0", "python": "3.11"}, ["gemini-3.8-flash"])
RESULTS = {"tree.txt": ("aa", 10), "exports/pathways.gmt": ("bb", 20)}
INPUTS = {"input": [("mine.tsv", ("cc", 30)), ("mine.tsv", ("dd", 40))], "prompt": [("parent.md", ("ee", 50))]}


def test_the_library_reads_results_inputs_and_what_made_them(tmp_path):
    for place in RESULTS:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    (tmp_path / "ro-crate-metadata.json").write_text(json.dumps(crate(RESULTS, INPUTS, MADE, DAY)))
    read = ROCrate(tmp_path)
    assert {entity.id: (entity["sha256"], entity["contentSize"]) for entity in read.data_entities} == {
        place: (digest, str(size)) for place, (digest, size) in RESULTS.items()
    }
    assert read.root_dataset["conformsTo"].id == PROFILE
    action = read.root_dataset["mentions"]
    assert {result.id for result in action["result"]} == set(RESULTS)
    assert [(one["name"], one["sha256"]) for one in action["object"]] == [
        ("mine.tsv", "cc"),
        ("mine.tsv", "dd"),
        ("parent.md", "ee"),
    ]
    assert action["instrument"]["version"] == "0.2.0"
    needed = {one["name"]: one.get("version") for one in action["instrument"]["softwareRequirements"]}
    assert needed == {"pyarrow": "1.0", "python": "3.11", "gemini-3.8-flash": None}


def test_the_same_run_is_the_same_crate():
    turned = dict(reversed(RESULTS.items()))
    assert json.dumps(crate(turned, INPUTS, MADE, DAY)) == json.dumps(crate(RESULTS, INPUTS, MADE, DAY))
