"""What a dry-run says will be put back: what is kept under the key that a step will have, along the chain of steps."""

import json
from types import SimpleNamespace

import pytest
from rootward.workflow.config_check import load
from rootward.workflow.contents import Contents, file_hash
from rootward.workflow.foresight import to_be_restored
from rootward.workflow.results import Results
from rootward.workflow.store import Store


class Files(dict):
    """Named files, as Snakemake has them: iterated over, the paths."""

    def __iter__(self):
        return iter(self.values())


class Job:
    """A job of Snakemake's DAG that copies its input with a line of its own; run as its script would."""

    def __init__(self, name, folder, config, inputs, params=None):
        self.name, self.config = name, config
        self.rule = SimpleNamespace(script=f"../scripts/{name}.py", name=name)
        self.input, self.params, self.wildcards = Files(inputs), dict(params or {}), {}
        self.output = Files(out=str(folder / "results" / name))
        self.log = [str(folder / "results" / "logs" / f"{name}.log")]
        self.dag = SimpleNamespace(dependencies={})

    def runs(self):
        """Put back or computed: whether it was put back."""
        results = Results(self, self.name)
        if results.put_back() is not None:
            return True
        text = "".join(open(path).read() for path in self.input) + f"{self.name} {self.params}\n"
        with open(self.output["out"], "w") as file:
            file.write(text)
        results.keep([], is_sound=True)
        return False


@pytest.fixture
def chain(tmp_path):
    """Function that gives three jobs, each of which reads what the one before made. settings: of the second."""
    for name in ("results/logs", "results/made"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "rows.tsv").write_text("rows\n")
    config = load({}) | {"cache": {"steps": str(tmp_path / "steps"), "gigabytes": 1}}

    def jobs(**settings):
        made = []
        for name, params in (("first", {}), ("second", settings), ("third", {})):
            given = made[-1].output["out"] if made else str(tmp_path / "rows.tsv")
            made.append(Job(name, tmp_path, config, {"given": given}, params))
        for job, before in zip(made, [[], *([job] for job in made)], strict=False):
            job.dag.dependencies[job] = dict.fromkeys(before)
        return made

    return jobs


def foreseen(jobs, tmp_path, forced=()):
    store = Store(tmp_path / "steps", 1e9)
    found = to_be_restored(reversed(jobs), store, Contents(tmp_path / "results" / "made"), jobs[0].config, forced)
    return [job.name for job in jobs if job in found]


def test_what_was_never_made_is_not_foreseen(chain, tmp_path):
    assert foreseen(chain(), tmp_path) == []


def test_the_whole_chain_is_foreseen_when_its_results_are_gone_and_comes_as_foreseen(chain, tmp_path):
    assert [job.runs() for job in chain()] == [False] * 3
    for job in chain():
        (tmp_path / "results" / job.name).unlink()
    assert foreseen(chain(), tmp_path) == ["first", "second", "third"]
    assert [job.runs() for job in chain()] == [True] * 3


def test_a_setting_changed_back_is_foreseen_and_a_new_one_is_not(chain, tmp_path):
    for votes in (1, 3):
        assert [job.runs() for job in chain(votes=votes)] == [votes == 3, False, False]
    assert foreseen(chain(votes=1)[1:], tmp_path) == ["second", "third"]
    assert foreseen(chain(votes=5)[1:], tmp_path) == []


def test_changed_rows_are_no_rows_that_were_read(chain, tmp_path):
    assert [job.runs() for job in chain()] == [False] * 3
    (tmp_path / "rows.tsv").write_text("other rows\n")
    assert foreseen(chain(), tmp_path) == []


def test_what_comes_after_a_forced_step_is_not_foreseen(chain, tmp_path):
    assert [job.runs() for job in chain()] == [False] * 3
    assert foreseen(chain(), tmp_path, forced={"second"}) == ["first"]


def test_a_content_that_the_store_has_lost_is_not_foreseen(chain, tmp_path):
    assert [job.runs() for job in chain()] == [False] * 3
    (tmp_path / "steps" / "objects" / file_hash(tmp_path / "results" / "second")).unlink()
    assert foreseen(chain(), tmp_path) == ["first"]


def test_the_ledger_that_comes_back_is_that_of_a_step_that_paid_nothing(chain, tmp_path):
    """So that what reads the ledgers is foreseen by what it will read, not by what was paid then."""
    first, second = chain()[:2]
    first.output = Files(ledger=str(tmp_path / "results" / "first.json"))
    paid = {"questions": {"parent": {"questions": 2, "calls": 2}}, "models": {"flash": {"dollars": 1.0}}}
    results = Results(first, "first")
    (tmp_path / "results" / "first.json").write_text(json.dumps(paid))
    results.keep([], is_sound=True)
    second.input = Files(given=first.output["ledger"])
    assert first.runs() is True
    assert second.runs() is False
    for name in ("first.json", "second"):
        (tmp_path / "results" / name).unlink()
    assert foreseen([first, second], tmp_path) == ["first", "second"]
    assert (first.runs(), second.runs()) == (True, True)


def test_a_damaged_ledger_is_not_foreseen(chain, tmp_path):
    first = chain()[0]
    first.output = Files(ledger=str(tmp_path / "results" / "first.json"))
    results = Results(first, "first")
    (tmp_path / "results" / "first.json").write_text(json.dumps({"questions": {}, "models": {}}))
    results.keep([], is_sound=True)
    (tmp_path / "steps" / "objects" / file_hash(tmp_path / "results" / "first.json")).write_text("{")
    assert foreseen([first], tmp_path) == []
