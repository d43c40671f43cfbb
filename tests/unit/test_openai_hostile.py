"""The curator `openai` before servers without manners: what is an answer is taken, all else is said in one line."""

import json

import hostile
import pytest
from fake_openai import FakeOpenAI
from rootward.curators.base import Fatal, Lost, Throttled
from rootward.curators.openai import OpenAI
from rootward.curators.openai.envelope import raw_reply
from rootward.curators.openai.limits import wait_in_words
from rootward.curators.replies import read
from test_openai import KEY, made, parents

CHILD = parents("Mitophagy")


@pytest.fixture(scope="module")
def relay():
    with FakeOpenAI() as fake, hostile.hostile(fake.address) as server:
        yield server


@pytest.fixture
def ask(relay, monkeypatch):
    """Asks one question of a server in a mood that was never met before."""
    for name, value in relay.environment().items():
        monkeypatch.setenv(name, value)

    def ask(mood: hostile.Mood, model: OpenAI | None = None):
        relay.be(mood)
        model = model or made()
        return model.call(CHILD, model.prompt(CHILD))

    return ask


@pytest.mark.parametrize("mood", hostile.GOOD)
def test_a_whole_answer_is_taken_however_it_comes(ask, relay, mood):
    reply = ask(hostile.GOOD[mood])
    assert [value["parent"] for value in read(CHILD, reply).values.values()] == ["Selective autophagy"]
    assert reply.input_tokens > 20
    assert relay.calls == 2


@pytest.mark.parametrize("mood", hostile.USELESS)
def test_a_model_that_answers_so_is_refused_in_one_line_after_five_calls_at_most(ask, relay, mood):
    with pytest.raises(Fatal, match="keeps to no JSON schema") as caught:
        ask(hostile.USELESS[mood])
    assert "\n" not in str(caught.value) and KEY not in str(caught.value)
    assert relay.calls <= 5


@pytest.mark.parametrize("mood", hostile.NO_ANSWER)
def test_what_is_no_answer_is_named_in_one_line_without_the_key(ask, relay, mood):
    reply, kind, words = hostile.NO_ANSWER[mood]
    with pytest.raises((Fatal, Lost, Throttled)) as caught:
        ask(reply)
    error = caught.value
    assert type(error).__name__ == kind
    assert words in f"{error} {getattr(error, 'wait', '')}"
    assert "\n" not in str(error) and KEY not in str(error)
    assert relay.calls <= 5


def test_a_broken_connection_is_no_hindrance_to_the_next_call(ask):
    model = made()
    for _ in range(2):
        with pytest.raises(Lost):
            ask(hostile.cut, model)
        assert ask(hostile.packed, model).finish_reason == "STOP"


@pytest.mark.parametrize(
    ("words", "wait"),
    [
        ("Please try again in 6m0s. Visit", 360),
        ("Please try again in 250ms.", 0.25),
        ("Please try again in 1.2s", 1.2),
        ("Try again in 60 seconds. Passed model=small", 60),
        ("Please retry after 1 second.", 1),
        ("retry after 20", 20),
        ("try again in a while", None),
        ("", None),
    ],
)
def test_the_wait_that_words_name(words, wait):
    assert wait_in_words(words) == (wait if wait is None else pytest.approx(wait))


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "a", "reasoning_content": "{}"}, "a"),
        ({"content": None, "reasoning_content": "So {}"}, ""),
        ({"content": None, "reasoning_content": ["{}"], "reasoning": {"a": 1}}, ""),
        ({"content": " ", "reasoning": " {} "}, "{}"),
        ({"content": None, "tool_calls": [{"function": {"arguments": [1]}}], "reasoning": "{}"}, "{}"),
        ({"content": [{"type": "thinking", "thinking": [{"text": "a"}]}, {"type": "text", "text": "b"}]}, "b"),
    ],
)
def test_thoughts_are_an_answer_only_where_there_is_none(message, text):
    body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()
    assert raw_reply(body, 1.0).text == text
