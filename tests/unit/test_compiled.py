"""References kept between processes: the same answers, and never a file that is not to be trusted."""

import shutil

import pytest
from builders import REFERENCE
from rootward.errors import UserError
from rootward.knowledge import compiled
from rootward.knowledge.lexicon import Lexicon
from rootward.knowledge.likelihood import Likelihood, Stated
from rootward.knowledge.reference import Reference

PAIRS = [("SQSTM1", "MAP1LC3B"), ("WDR81", "SQSTM1"), ("HK1", "PFKL")]


@pytest.fixture
def kept(tmp_path):
    """The folder where this process keeps references, as long as the test runs."""
    folder = tmp_path / "steps"
    compiled.keep_in(folder)
    compiled._content.cache_clear()
    yield folder / "references"
    compiled.keep_in(None)
    compiled._content.cache_clear()


@pytest.fixture
def folder(tmp_path):
    """A reference of the user's own."""
    return shutil.copytree(REFERENCE, tmp_path / "mine")


@pytest.fixture
def count(monkeypatch):
    """How often a reference was read from its tables."""
    made = []
    index = Reference.index
    monkeypatch.setattr(Reference, "index", lambda self: (made.append(self), index(self)))
    return lambda: len(made)


def test_what_was_kept_answers_as_what_was_read(kept):
    compiled.read_lexicon(compiled.read_reference(REFERENCE))
    again, references = compiled.read_reference(REFERENCE), Reference(REFERENCE)
    lexicon = compiled.read_lexicon(again)
    assert {path.name.split("-")[0] for path in kept.iterdir()} == {"lexicon", "members", "reference"}
    assert lexicon.lattice.reference is again
    assert again.pathways == references.pathways
    assert again.sizes == references.sizes
    for name in ("Autophagy", "macroautophagy", "The Unfolded Protein Response pathway", "no such thing"):
        found, as_read = again.find(name), references.find(name)
        assert (found and found[0].id) == (as_read and as_read[0].id)
    ours, theirs = Likelihood(lexicon, PAIRS, 0.5), Likelihood(Lexicon(references), PAIRS, 0.5)
    for a, b in PAIRS:
        for statement in ("", f"{a} recruits {b} in mitophagy", "ERAD of misfolded proteins"):
            stated = [Stated(a, b, statement, "ubiquitination")]
            one, other = ours.weigh(stated), theirs.weigh(stated)
            assert ours.decide(one) == theirs.decide(other)
            assert one[0].masses.tolist() == other[0].masses.tolist()


def test_read_from_the_tables_once(kept, folder, count):
    first, second = compiled.read_reference(folder), compiled.read_reference([folder])
    assert count() == 1
    assert first.pathways == second.pathways


def test_a_changed_table_is_another_reference(kept, folder, count):
    compiled.read_reference(folder)
    (folder / "relations.parquet").write_bytes((folder / "relations.parquet").read_bytes() + b"\0")
    compiled._content.cache_clear()  # as the next process
    with pytest.raises(UserError, match="cannot be read"):
        compiled.read_reference(folder)


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-100], lambda content: b"", lambda c: c[:50] + b"x" + c[51:]]
)
@pytest.mark.parametrize(("kind", "times"), [("reference", 2), ("members", 1)])
def test_a_damaged_file_is_made_again(kept, folder, count, kind, times, damage):
    compiled.read_reference(folder)
    (path,) = kept.glob(f"{kind}-*")
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    again = compiled.read_reference(folder)
    assert again.find("Autophagy") and again.members.pathways_of("SQSTM1")
    assert count() == times
    assert path.read_bytes() != damage(whole)
    compiled.read_reference(folder)
    assert count() == times


def test_members_are_read_when_they_are_asked_for(kept, folder, count):
    compiled.read_reference(folder)
    reference = compiled.read_reference(folder)
    assert "members" not in vars(reference)
    assert reference.members.pathways_of("SQSTM1") == Reference(folder).members.pathways_of("SQSTM1") != frozenset()
    assert count() == 1


def test_a_reference_may_be_moved(kept, folder, tmp_path):
    compiled.read_reference(folder)
    moved = folder.rename(tmp_path / "moved")
    reference = compiled.read_reference(moved)
    assert reference.folders == [str(moved)]
    for path in kept.glob("members-*"):
        path.unlink()
    assert reference.members.pathways_of("SQSTM1")


def test_the_file_of_another_user_is_not_read(kept, folder, count, monkeypatch):
    monkeypatch.setattr(compiled.os, "getuid", lambda: 123_456)  # whose file ours is not
    compiled.read_reference(folder)
    compiled.read_reference(folder)
    assert count() == 2


def test_only_the_newest_stay(kept, folder):
    kept.mkdir(parents=True)
    for n in range(5):
        (kept / f"reference-{compiled.os.getuid()}-{n:024}.pickle").write_bytes(b"")
    compiled.read_reference(folder)
    assert len(list(kept.glob("reference-*"))) == compiled.KEPT
    assert compiled._path("reference", (str(folder),)) in kept.iterdir()


def test_a_folder_that_cannot_be_written_to_costs_only_time(kept, folder):
    kept.parent.write_text("no folder")
    assert compiled.read_reference(folder).find("Autophagy")


def test_a_missing_reference_is_said_as_ever(kept, tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        compiled.read_reference(tmp_path / "nowhere")
