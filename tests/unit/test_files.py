import os
import subprocess
import sys

import pytest
from rootward.files import replacing, write_text


def test_what_was_written_takes_the_place_of_the_file(tmp_path):
    path = tmp_path / "deep" / "x.txt"
    for content in ("old", "new β"):
        write_text(path, content)
        assert path.read_text(encoding="utf-8") == content
    assert [file.name for file in path.parent.iterdir()] == ["x.txt"]


def test_until_the_block_ends_the_old_file_stands(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_an_error_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("old")

    def write_half():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_half()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["x.txt"]


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, living = tmp_path / f"x.txt.{ended.pid}.tmp", tmp_path / f"x.txt.{os.getppid()}.tmp"
    other = tmp_path / f"y.txt.{ended.pid}.tmp"
    for file in (left, living, other):
        file.write_text("half")
    write_text(tmp_path / "x.txt", "whole")
    assert {file.name for file in tmp_path.iterdir()} == {"x.txt", living.name, other.name}
