import pytest
from builders import FALLBACK, ROOTS, TEN_ROOTS
from rootward.errors import UserError
from rootward.knowledge.names import pathway_id
from rootward.knowledge.roots import Root, read_roots


@pytest.fixture
def read(tmp_path):
    def read_content(content: str | bytes):
        path = tmp_path / "roots.tsv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_roots(path, FALLBACK)

    return read_content


def test_roots_are_read_with_their_references_sorted_by_name(read):
    roots = read("\ufeffname\txref\tincludes\r\n Metabolism \treactome:R-1\t\r\nCell\t\tCell Cycle|Apoptosis| \r\n\r\n")
    assert roots == [Root("Cell", "", ("Cell Cycle", "Apoptosis")), Root("Metabolism", "reactome:R-1")]
    assert roots[1].pathway_id == pathway_id("metabolism")


def test_names_alone_are_enough(read):
    assert read("name\nB\nA") == [Root("A"), Root("B")]


@pytest.mark.parametrize(("path", "count"), [(ROOTS, 28), (TEN_ROOTS, 10)])
def test_the_shipped_roots_are_valid(path, count):
    assert len(read_roots(path, FALLBACK)) == count


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", ": contains no roots"),
        ("name\n", ": contains no roots"),
        ("name\n \n\u200b\n", ": contains no roots"),
        ("root\nA\n", ":1: no column 'name' among root"),
        ("name\nCell cycle\nA\nCELL-CYCLE\n", ":4: root 'CELL-CYCLE' is listed twice"),
        ("name\nA\nunclassified\n", ":3: 'unclassified' is the fallback root; choose another name in fallback_root"),
        (b"name\nA\xff\n", ": cannot be read as roots"),
    ],
)
def test_roots_that_cannot_be_used_are_told_in_one_line(read, tmp_path, content, line):
    with pytest.raises(UserError) as error:
        read(content)
    assert str(error.value).startswith(f"{tmp_path}/roots.tsv{line}")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(UserError, match="cannot be read as roots .No such file"):
        read_roots(tmp_path / "roots.tsv", FALLBACK)


def test_the_line_told_is_the_line_in_the_file(read):
    with pytest.raises(UserError, match=r"roots.tsv:5: root 'A' is listed twice"):
        read("name\n\n\nA\nA\n")
