"""What calls cost, what a run may spend, and what the plan makes of it."""

import json
from datetime import date

import pytest
from builders import Named, given_job
from rootward.asking import planning
from rootward.asking.ask import Asker
from rootward.asking.budget import Budget, Spent
from rootward.asking.cache import AnswerCache, Call
from rootward.asking.engine import Engine
from rootward.asking.ledger import FAILED, Ledger
from rootward.asking.money import cost, most
from rootward.asking.planning import Estimate
from rootward.asking.work import Work
from rootward.curators.base import Answer, Lost
from rootward.curators.gemini.envelope import raw_reply
from rootward.curators.replies import RawReply
from rootward.publish.report import ledgers
from rootward.publish.report.summary import lines
from rootward.workflow.config import Config
from rootward.workflow.job import Job
from test_engine import Model, merges, parents, well

PRICE = {"input": 1.0, "output": 2.0, "cached": 0.1, "search": 14.0, "until": "2026-12-31"}


# --- a call ---


def test_a_call_costs_its_fresh_and_cached_input_its_output_and_its_searches():
    reply = RawReply("", "STOP", input_tokens=1000, cached_tokens=400, output_tokens=300, searches=2)
    assert cost(PRICE, reply) == pytest.approx((600 * 1 + 400 * 0.1 + 300 * 2) / 1e6 + 2 * 0.014)


def test_a_batch_discount_makes_no_search_cheaper():
    reply = RawReply("", "STOP", input_tokens=1000, output_tokens=300, searches=1)
    assert cost(PRICE, reply, 0.5) == pytest.approx((1000 + 600) / 2e6 + 0.014)


def test_without_a_price_of_its_own_cached_input_costs_as_much_as_fresh():
    reply = RawReply("", "STOP", input_tokens=1000, cached_tokens=1000)
    assert cost(PRICE | {"cached": None}, reply) == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("grounding", "queries"),
    [(None, 0), ({}, 0), ({"webSearchQueries": ["a", "b", "c"]}, 3), ({"webSearchQueries": 7}, 1), ({"x": 1}, 1)],
)
def test_the_queries_of_a_search_are_counted(grounding, queries):
    candidate = {"content": {"parts": [{"text": "so"}]}, "finishReason": "STOP", "groundingMetadata": grounding}
    reply = raw_reply(json.dumps({"candidates": [candidate]}), 1.0)
    assert reply.searches == queries
    assert reply.after(reply).searches == 2 * queries


def test_a_summary_names_searches_replies_of_no_use_escalations_and_what_failed_steps_have_paid():
    paid = {"calls": 10, "input_tokens": 5, "output_tokens": 5, "searches": 3, "dollars": 2.0}
    summary = {
        "curator": "gemini",
        "tree": {"pathways": 1, "roots": 1, "levels": 2},
        "interactions": {"placed": 1, "with_notes": 0, "fallback": 0, "duplicates": 0},
        "asked": {},
        "rejected": {"rows": 0, "by_reason": {}},
        "names": {"uses": 2, "unidentified": 0, "most_frequent": []},
        "decisions": {"hold": 0, "met_nothing": []},
        "paid": {
            "flash": paid | {"unusable": 4, "unusable_dollars": 0.5},
            "mine": paid | {"dollars": 0.0, "unusable": 2, "unusable_dollars": 0.0},
        },
        "escalated": {"parent": {"asked": 4, "changed": 3, "dollars": 0.017}},
        "paid_by_failed_steps": {"flash": paid},
        "other_versions": {},
    }
    text = "\n".join(lines(summary))
    assert "3 queries to Google Search" in text
    assert "US$ 0.50 of it for 4 unusable replies" in text
    assert "called  10 calls of mine" in text and "  2 unusable replies" in text  # what has no price costs nothing
    assert "escalated  4 × parent to a stronger model: 3 changed, 1 kept, US$ 0.02" in text
    assert "US$ 2.00 more for 10 calls of steps that failed" in text


def test_replies_of_no_use_are_entered_with_what_they_cost(tmp_path):
    bad = RawReply("", "STOP", "flash", 1000, 0, 500, 0.001)
    answers = iter([bad, bad])
    ledger = Ledger()
    model = Model(lambda questions: next(answers, None) or well(questions))
    Engine(model, AnswerCache(tmp_path / "a.sqlite", "wal"), ledger, 1, 5).answer(parents("x"))
    assert ledger.models["flash"] == {
        **{"calls": 3, "input_tokens": 3000, "output_tokens": 1500, "dollars": pytest.approx(0.006)},
        **{"unusable": 2, "unusable_dollars": pytest.approx(0.004)},
    }


# --- a step that fails ---


def fail(given, message: str) -> None:
    with Job(given) as job:
        job._ledger.pay("flash", None, input_tokens=1, output_tokens=1, dollars=0.25)
        raise RuntimeError(message)


def test_what_a_failed_step_has_paid_is_kept_and_its_log_goes_on(tmp_path):
    path, log = tmp_path / "ledger" / "climb_L1.json", tmp_path / "results" / "logs" / "climb_L1.log"
    given = given_job(tmp_path, log=[str(log)], output=Named(ledger=str(path)))
    for n in range(2):
        with pytest.raises(SystemExit):
            fail(given, f"attempt {n}")
    assert not path.exists()
    kept = ledgers.of_failed_steps([str(path)])
    assert kept
    assert ledgers.read(kept).paid["flash"]["dollars"] == 0.25 * len(kept)
    assert {(tmp_path / "ledger" / FAILED)} == {path_.parent for path_ in (tmp_path / "ledger").rglob("*.json")}
    assert "attempt 0" in log.read_text()
    assert "attempt 1" in log.read_text()


# --- a budget ---


@pytest.fixture
def budget(tmp_path):
    """Makes a budget of so many dollars, of a run."""
    return lambda dollars, run="run": Budget(dollars, tmp_path / "a.sqlite", run)


def spend(budget: Budget, most: float, paid: float) -> None:
    with budget.call(most) as entered:
        entered.append(paid)


def test_a_call_starts_only_while_the_most_it_can_cost_is_left(budget):
    mine = budget(1.0)
    spend(mine, 0.6, 0.3)
    spend(mine, 0.6, 0.3)
    with pytest.raises(Spent, match=r"0\.60 spent, one may cost 0\.60"):
        spend(mine, 0.6, 0.1)
    spend(mine, 0.4, 0.4)


def test_the_processes_of_a_run_spend_together_and_another_run_for_itself(budget):
    spend(budget(1.0), 0.7, 0.7)
    with pytest.raises(Spent):
        spend(budget(1.0), 0.4, 0.4)
    spend(budget(1.0, "another run"), 0.4, 0.4)


def test_a_call_of_which_nobody_knows_counts_as_the_most(budget):
    with pytest.raises(RuntimeError), budget(1.0).call(0.7):
        raise RuntimeError
    spend(budget(1.0), 0.9, 0.9)  # it cost nothing
    killed = budget(1.0, "killed")
    killed._take(0.7)
    with pytest.raises(Spent):
        spend(budget(1.0, "killed"), 0.4, 0.4)


class Priced(Model):
    """A model whose calls cost 0.002 dollars: 1000 tokens in, 500 out; and 0.0012 at most, plus the prompt."""

    def settings(self, kind):
        return super().settings(kind) | {"max_output_tokens": 600}


NAMES = [f"n{number}" for number in range(50)]


@pytest.mark.parametrize("dollars", [0.001, 0.005, 0.02, 0.035])
def test_a_run_never_spends_more_and_goes_on_from_there(tmp_path, budget, dollars):
    def reply(questions):
        return RawReply(well(questions).text, "STOP", "flash", 1, 0, 400, 0.001)

    ledger, cache = Ledger(), AnswerCache(tmp_path / "a.sqlite", "wal")
    with pytest.raises(Spent) as spent:
        Engine(Priced(reply), cache, ledger, 15, 5, budget=budget(dollars, "1")).answer(parents(*NAMES * 2))
    assert "\n" not in str(spent.value)
    paid = ledger.models.get("flash", {"dollars": 0, "calls": 0})
    assert paid["dollars"] <= dollars
    again = Priced(reply)
    answers = Engine(again, cache, Ledger(), 15, 5, budget=budget(1.0, "2")).answer(parents(*NAMES))
    assert all(isinstance(answer, Answer) for answer in answers)
    assert len(again.calls) == 50 - paid["calls"]


def test_or_the_rest_is_answered_offline_and_said(tmp_path, budget, caplog):
    class Offline:
        def answer(self, questions, on_progress=None, follow_up=None):
            return [Answer({"parent": "known", "reasoning": ""}, "reference:exact", "R1") for _ in questions]

    ledger = Ledger()
    model = Priced(lambda questions: RawReply(well(questions).text, "STOP", "flash", 1, 0, 400, 0.001))
    engine = Engine(
        model, AnswerCache(tmp_path / "a.sqlite", "wal"), ledger, 15, 5, budget=budget(0.02), stand_in=lambda: Offline()
    )
    asker = Asker(engine, ledger)
    methods = [answer.method for answer in asker.ask_many(parents(*NAMES))]
    assert ledger.models["flash"]["dollars"] <= 0.02
    assert 0 < methods.count("model") < 50
    assert methods.count("model") + methods.count("reference:exact") == 50
    assert ledger.counts["parent"]["offline"] == methods.count("reference:exact")
    assert {answer.method for answer in asker.ask_many(parents("later"))} == {"reference:exact"}


def test_a_lost_call_counts_as_if_it_had_been_billed(tmp_path, budget):
    def lose(questions):
        raise Lost("timed out")

    with pytest.raises(Spent):
        Engine(Priced(lose), AnswerCache(tmp_path / "a.sqlite", "wal"), Ledger(), 1, 5, budget=budget(0.003)).answer(
            parents("x", "y")
        )


def test_a_budget_and_batch_jobs_do_not_go_together():
    with pytest.raises(ValueError, match="dollars cannot be limited with mode: batch"):
        Config.model_validate({"mode": "batch", "budget": {"dollars": 1}})


def test_the_most_a_call_can_cost_has_its_room_and_its_searches():
    settings = {"price": PRICE, "max_output_tokens": 100}
    assert most(settings, input_tokens=1000, room=4, queries=20) == pytest.approx((1000 + 800) / 1e6 + 0.28)


# --- the plan ---


class Searching(Model):
    def question(self, kind):
        return super().question(kind) | {"search": True}

    def settings(self, kind):
        return super().settings(kind) | {"price": PRICE, "rpd": None}


def planned(model: Model, cache: AnswerCache) -> planning.Step:
    estimate = Estimate(model, cache)
    return estimate.step("merge", 6, 0, [Work({q.item_id: q}) for q in merges(6)], exact=True)


def test_the_plan_counts_both_calls_of_a_search_and_its_fees(tmp_path):
    step = planned(Searching(), AnswerCache(tmp_path / "a.sqlite", "wal"))
    assert step.calls == 12
    assert step.dollars > 6 * planning.QUERIES * 0.014


def test_output_is_planned_as_the_caches_own_calls_had_it(tmp_path):
    cache = AnswerCache(tmp_path / "a.sqlite", "wal")

    class Plain(Searching):
        def question(self, kind):
            return Model.question(self, kind)

    assert planned(Plain(), cache).output_tokens == 6 * planning.OUTPUT_TOKENS_OTHERWISE
    cache.store(Call("parent", "flash", None, "p", "r", 10, 0, 700, 1.0, 0.0), {"0" * 32: ("x", {})})
    assert planned(Plain(), cache).output_tokens == 6 * 700  # of the same model
    cache.store(Call("merge", "flash", None, "p", "r", 10, 0, 500, 1.0, 0.0), {"1" * 32: ("x", {})})
    assert planned(Plain(), cache).output_tokens == 6 * 500


def test_a_price_whose_date_is_over_is_said(tmp_path):
    estimate = Estimate(Searching(), AnswerCache(tmp_path / "a.sqlite", "wal"))
    estimate.step("merge", 1, 0, [Work({q.item_id: q}) for q in merges(1)], exact=True)
    assert estimate.remarks(date(2026, 12, 31)) == []
    assert estimate.remarks(date(2027, 1, 1)) == [
        "the price of flash was valid until 2026-12-31 and may have changed (models.flash.price)"
    ]
