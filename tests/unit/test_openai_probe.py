"""The probe before a server that breaks without a reason: over `response_format`, by chance, or over everything."""

import json

import pytest
from fake_openai import FakeOpenAI
from fake_openai.schemas import is_plain
from rootward.curators.base import Lost
from rootward.curators.openai.connection import Connection
from rootward.curators.questions import ask_about
from rootward.curators.wire import HttpError
from test_openai import asked, calls, error_of, made

VAGUE = "Internal Server Error"  # vLLM, where the schema breaks its engine


@pytest.fixture
def fake(monkeypatch):
    with FakeOpenAI() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.mark.parametrize("thinking", [None, "low"])
def test_a_server_that_breaks_over_the_format_without_a_word_is_asked_without_it(fake, tmp_path, thinking):
    fake.configure(dialect="vllm", schemas="refuses", refusal_status=500, refusal=VAGUE)
    model = made(tmp_path, thinking=thinking)
    assert json.loads(asked(model).text)["parent"] == "Selective autophagy"
    assert calls(fake) == 4  # two that broke it, one without the format, and the question
    assert "response_format refused" in "".join(made(tmp_path, thinking=thinking).probe("parent"))


@pytest.mark.parametrize("count", [1, 2])
def test_a_server_that_takes_no_detailed_schema_still_enforces_the_plain_one(fake, tmp_path, count, monkeypatch):
    fake.configure(dialect="vllm", schemas="plain", context=8192)
    sent = broken(monkeypatch, at=range(0))
    model = made(tmp_path)
    children = [
        ask_about("intermediate", {"child": f"P{n}", "root": "Autophagy", "siblings": []}) for n in range(count)
    ]
    model.call(children, model.prompt(children))
    assert calls(fake) == 3  # the detailed schema of the probe, the plain one, and the questions
    forms = [body["response_format"]["json_schema"]["schema"] for body in sent]
    assert [is_plain(form) for form in forms] == [False, True, True]


def test_a_server_that_takes_no_choice_of_two_is_asked_without_and_goes_on_enforcing(fake, tmp_path, monkeypatch):
    fake.configure(dialect="vllm", context=8192)
    model = made(tmp_path)
    asked(model)
    fake.configure(schemas="plain")
    sent = broken(monkeypatch, at=range(0))
    question = ask_about("intermediate", {"child": "Mitophagy", "root": "Autophagy", "siblings": []})
    model.call([question], model.prompt([question]))
    assert [is_plain(body["response_format"]["json_schema"]["schema"]) for body in sent] == [False, True]


def broken(monkeypatch, at: range) -> list[dict]:
    """Calls that end in a 500 without a reason, by their number; the bodies of all that were sent."""
    sent, complete = [], Connection.complete

    def once(self, model, body):
        sent.append(body)
        if len(sent) - 1 in at:
            raise HttpError(500, VAGUE.encode(), None)
        return complete(self, model, body)

    monkeypatch.setattr(Connection, "complete", once)
    return sent


def test_one_500_in_the_probe_does_not_make_a_server_worse_than_it_is(fake, tmp_path, monkeypatch):
    sent = broken(monkeypatch, at=range(1))
    asked(made(tmp_path))
    assert ["response_format" in body for body in sent] == [True] * 3


@pytest.mark.parametrize("schemas", ["honours", "ignores"])
def test_a_server_that_is_broken_whatever_it_is_asked_is_lost_and_nothing_is_kept_of_it(
    fake, tmp_path, monkeypatch, schemas
):
    fake.configure(schemas=schemas)
    sent = broken(monkeypatch, at=range(schemas == "ignores", 99))
    error = error_of(made(tmp_path))
    assert isinstance(error, Lost) and VAGUE in str(error)
    assert len(sent) <= 3 and not list(tmp_path.glob("*.json"))
