import json

from builders import grown, load_script, write
from rootward.knowledge.names import pathway_id
from rootward.tree.verify import finish

export_tree = load_script("export_tree").export_tree


def test_the_tree_is_written_as_text_and_nested(tmp_path):
    rows = finish(grown({"R": None, "A": "R", "B": "A", "C": "R"}), {pathway_id("B"): 2, pathway_id("C"): 1}, {})
    path = write(tmp_path, "reorganized", rows)
    export_tree(reorganized=path, text_path=str(tmp_path / "tree.txt"), nested_path=str(tmp_path / "tree.json"))
    lines = (tmp_path / "tree.txt").read_text(encoding="utf-8").splitlines()
    assert lines == [
        "4 pathways under 1 root, 3 levels, 3 placements",
        "In brackets: interactions placed at or below a pathway. A › B: A holds only B.",
        "",
        "R  (3)",
        "├─ A › B  (2)",
        "└─ C  (1)",
    ]
    (root,) = json.loads((tmp_path / "tree.json").read_text(encoding="utf-8"))
    assert [child["name"] for child in root["children"]] == ["A", "C"]
