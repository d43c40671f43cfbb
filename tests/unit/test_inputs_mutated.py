"""Files of every format, damaged in 1,400 ways: each is read with its rows accounted for, or refused in one line."""

import random
import signal
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from builders import REFERENCE
from cases import expected
from reading import ROOT
from rootward.errors import UserError
from rootward.inputs import collect
from rootward.inputs.options import Options
from rootward.knowledge.proteins import ProteinNames

pytestmark = pytest.mark.trial
CASES = ROOT / "tests" / "data" / "cases"
N_FILES = 1_400
SECONDS = 60  # after which a file of a few lines is in a loop: the alarm ends the tests
STRANGE = [
    *map(bytes.fromhex, ["22", "09", "0a", "0d", "00", "fffe", "efbbbf", "2c", "3b", "7c", "7b", "5d", "5c"]),
    b"NA",
    b"1e9",
]


@pytest.fixture(scope="module", autouse=True)
def _names_are_looked_up_in_one_table():
    names = ProteinNames(REFERENCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collect, "ProteinNames", lambda _: names)
        yield


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A file cut, with bytes lost, doubled, exchanged or strange, or with lines shuffled or doubled."""
    for _ in range(rng.randrange(1, 6)):
        data = rng.choice(WAYS)(data, rng)
    return data


def _places(data: bytes, rng: random.Random) -> list[int]:
    return sorted(rng.randrange(len(data) + 1) for _ in range(2))


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: _places(data, rng)[0]]


def _without(data: bytes, rng: random.Random) -> bytes:
    at, end = _places(data, rng)
    return data[:at] + data[end:]


def _again(data: bytes, rng: random.Random) -> bytes:
    at, end = _places(data, rng)
    return data[:end] + data[at:]


def _strange(data: bytes, rng: random.Random) -> bytes:
    at, _ = _places(data, rng)
    return data[:at] + rng.choice(STRANGE) + data[at:]


def _exchanged(data: bytes, rng: random.Random) -> bytes:
    at, _ = _places(data, rng)
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def _everywhere(data: bytes, rng: random.Random) -> bytes:
    return data.replace(rng.choice([b"\t", b",", b"\n", b'"']), rng.choice(STRANGE))[:1_000_000]


def _shuffled(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join(rng.sample(lines, len(lines)))


def _doubled(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join([*lines[: len(lines) // 2], *rng.choices(lines, k=30)])


def _wide(data: bytes, rng: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode("utf-16")


WAYS = [_cut, _without, _again, _strange, _exchanged, _everywhere, _shuffled, _doubled, _wide]


def files() -> Iterator[tuple[int, Path, bytes]]:
    """(seed, the file it was made of, its bytes) of each mutated file."""
    sources = [CASES / name for name in sorted(expected(CASES))]
    for seed in range(N_FILES):
        source = sources[seed % len(sources)]
        yield seed, source, mutated(source.read_bytes(), random.Random(seed))


def read(path: Path) -> collect.Collected | str:
    """What is collected from a file, or the line that refuses it."""
    signal.alarm(SECONDS)
    try:
        return collect.read_inputs([str(path)], Options(), REFERENCE)
    except UserError as error:
        return str(error)
    finally:
        signal.alarm(0)


@pytest.mark.parametrize("hundred", range(N_FILES // 100))
def test_no_damage_loses_a_row_or_shows_a_traceback(hundred, tmp_path):
    n_read = 0
    for seed, source, data in islice(files(), hundred * 100, (hundred + 1) * 100):
        path = tmp_path / f"{seed}{source.suffix}"
        path.write_bytes(data)
        found = read(path)
        if isinstance(found, str):
            assert found.startswith(str(path)), (seed, found)
            assert "\n" not in found, seed
            continue
        accepted = sum(found.interactions["n_rows"].to_pylist())
        assert accepted + sum(row.n_rows for row in found.rejected) == found.n_rows, seed
        said = [*found.said, *(row.reason for row in found.rejected)]
        assert all("\n" not in line for line in said), seed
        n_read += 1
    assert n_read > 20
