"""Each kind of fault, one by one, through all steps of the workflow: every interaction is placed, and all is verified.

The steps run in this process, one after the other, as `plan` runs them; Snakemake adds nothing to what is asked.
"""

import json
import shutil

import pytest
from builders import REPOSITORY
from fake_gemini import FAULTS, FakeGemini
from rootward import tables
from rootward.asking.ask import Asker
from rootward.asking.cache import AnswerCache
from rootward.asking.engine import Engine
from rootward.asking.ledger import Ledger
from rootward.curators.base import Fatal
from rootward.curators.gemini import Gemini, templates
from rootward.workflow.config import Config
from rootward.workflow.steps import run, wanted

KEY = "AIzaSecret-0123456789"
# What no repetition mends: the run ends, and the same command goes on when it is settled.
FINAL = frozenset(
    {"429_per_day", "429_billing", "403_billing", "429_limit_0", "403_disabled", "429_long"},
)
SLOW = frozenset({"drip", "drip_head", "endless", "hang", "bomb", "huge_field"})  # each costs a time-out, or megabytes
# Refused content is final for its question, so that a fraction of all would be more than the error budget allows.
REFUSED = frozenset({"safety", "recitation", "blocked"})
# What has no room is asked again fewer times than other faults, since each time costs the most a call can.
DEAR = frozenset({"max_tokens"})
COMMON = {"reading": None, "shard": 0, "digest": "", "digests": [""]}


@pytest.fixture(scope="module")
def fake():
    with FakeGemini(retry_delay=0.05, spending_delay=0.05, pause=0.05, huge=20_000_000) as fake:
        yield fake


@pytest.fixture
def folder(fake, tmp_path, monkeypatch):
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", fake.url)
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.syspath_prepend(str(REPOSITORY / "scripts"))
    return tmp_path


ROWS = 120  # of the example


def grow(folder, timeout: float = 60.0) -> None:
    """All steps from rows of the example to the verified tree, each with what an earlier run has answered."""
    quick = {"timeout": timeout, "rpm": None, "tpm": None}
    checked = Config.model_validate({"curator": "gemini", "models": {"flash": quick}, "siblings": {"limit": 2}})
    config = checked.model_dump(mode="json")
    config["reference"] = str(REPOSITORY / "resources" / "reactome")
    prompts = templates((REPOSITORY / "config" / "prompts").glob("*.md"))
    gemini = Gemini(config["models"], config["questions"], prompts, config["api"])
    cache, ledger = AnswerCache(folder / "answers.sqlite", "wal"), Ledger()
    ask = Asker(Engine(gemini, cache, ledger, 15, 5), ledger, 0.02, 3)
    rows = (REPOSITORY / "config" / "interactions.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "rows.tsv").write_text("".join(rows[: ROWS + 1]), encoding="utf-8")
    given = COMMON | {"files": [str(folder / "rows.tsv")], "reading": config}
    given |= {"roots": str(REPOSITORY / "config" / "roots.tsv"), "reference": config["reference"], "previous": []}
    config |= {"decisions": None}
    names = wanted(config)
    try:
        run(
            names,
            config=config,
            given=given | {"spellings": config["reference"]},
            ask=ask,
            folder=folder / "results",
            changed={},
        )
    finally:
        cache.close()


def tree_of(folder) -> dict[str, str]:
    rows = tables.rows("reorganized", folder / "results" / "reorganized.parquet")
    return {row["name"]: " > ".join(row["path"]) for row in rows}


def is_whole(folder) -> bool:
    """Whether everything is placed and every invariant holds."""
    verification = json.loads((folder / "results" / "verification.json").read_text(encoding="utf-8"))
    read = {row["interaction_id"] for row in tables.rows("interactions", folder / "results" / "interactions.parquet")}
    placed = {row["interaction_id"] for row in tables.rows("placements", folder / "results" / "placements.parquet")}
    return all(check["holds"] for check in verification.values()) and len(read) > 20 and placed == read


@pytest.fixture(scope="module")
def right(fake, tmp_path_factory):
    """The tree without any fault."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOOGLE_GEMINI_BASE_URL", fake.url)
        patch.setenv("GEMINI_API_KEY", KEY)
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.syspath_prepend(str(REPOSITORY / "scripts"))
        fake.reset()
        folder = tmp_path_factory.mktemp("right")
        grow(folder)
    assert is_whole(folder)
    return folder


def test_an_evil_envelope_on_every_fourth_request_leaves_the_right_tree(fake, folder, right):
    fake.reset(faults={"odd_envelope": 0.15, "redirect": 0.05, "500_null": 0.05})
    grow(folder)
    assert is_whole(folder)
    assert tree_of(folder) == tree_of(right)
    assert fake.stats()["duplicates"] == 0
    assert not [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


@pytest.mark.parametrize("tail", [4096, *(pytest.param(size, marks=pytest.mark.trial) for size in (1, 16384))])
def test_a_cut_tail_of_the_cache_leaves_the_same_tree_for_few_questions(fake, folder, right, tail):
    cut(right, folder, lambda content: content[:-tail])
    asked = asked_again(fake, folder, right)
    assert asked <= 0.2


@pytest.mark.trial
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_flipped_bit_of_the_cache_leaves_the_same_tree_for_few_questions(fake, folder, right, share):
    def flipped(content: bytearray) -> bytearray:
        content[int(len(content) * share)] ^= 16
        return content

    cut(right, folder, flipped)
    assert asked_again(fake, folder, right) <= 0.05


def cut(right, folder, damage) -> None:
    content = bytearray((right / "answers.sqlite").read_bytes())
    (folder / "answers.sqlite").write_bytes(damage(content))


def asked_again(fake, folder, right) -> float:
    """The share of all items that are asked again on a damaged cache, whose tree must be the right one."""
    fake.reset()
    shutil.rmtree(folder / "results", ignore_errors=True)
    grow(folder)
    assert is_whole(folder)
    assert tree_of(folder) == tree_of(right)
    again = sum(kind["items"] for kind in fake.stats()["questions"].values())
    with_all = AnswerCache(right / "answers.sqlite", "wal")
    everything = sum(row["answers"] for row in with_all.statistics())
    with_all.close()
    return again / everything


def ends_of(folder, timeout: float) -> list[str]:
    """What ended a run before it was done, each time; the same command is given until it is."""
    ends = []
    while True:
        try:
            grow(folder, timeout)
            return ends
        except Fatal as error:
            ends.append(str(error))


@pytest.mark.trial
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_fault_ends_with_all_placed_and_verified(fake, folder, right, fault):
    # With 0.25 every thousandth question would be spoilt five times by chance, and fail as it should.
    share = 0.0 if fault in FINAL | SLOW | REFUSED else 0.1 if fault in DEAR else 0.15
    fake.reset(first_n={fault: 3}, faults={fault: share} if share else {})
    ends = ends_of(folder, timeout=3.0 if fault in SLOW else 60.0)
    assert bool(ends) == (fault in FINAL), ends
    assert not any("\n" in end for end in ends)
    stats = fake.stats()
    assert sum(stats["faults"].values()) >= 3
    assert is_whole(folder)
    if fault not in SLOW:  # what comes after the time-out is asked again
        assert stats["duplicates"] == 0
    if fault not in REFUSED:
        assert tree_of(folder) == tree_of(right)
