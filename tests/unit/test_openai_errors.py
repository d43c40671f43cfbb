"""What OpenAI-compatible servers say when they do not answer, each in its own words, and what their headers say."""

import pytest
from fake_openai import dialects
from fake_openai.config import DIALECTS
from rootward.curators.base import BadRequest, Fatal, Lost, Throttled
from rootward.curators.openai.envelope import raw_reply
from rootward.curators.openai.errors import explained
from rootward.curators.openai.limits import Limits, wait_named
from rootward.curators.wire import HttpError

SMALL = {"id": "small", "provider": "openai", "base_url": "http://host:1/v1", "key": "OPENAI_API_KEY"}


def said(reply, **headers) -> Exception:
    return explained(HttpError(reply.status, reply.body, None, headers), SMALL, 60)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Fatal),
        (403, Fatal),
        (404, Fatal),
        (413, BadRequest),
        (422, BadRequest),
        (429, Throttled),
    ]
    + [(status, Lost) for status in (408, 500, 502, 503, 504, 529)],
)
def test_statuses_are_told_apart_whatever_the_server(dialect, status, kind):
    error = said(dialects.error(dialect, status, "It went\nwrong."))
    assert type(error) is kind
    assert "\n" not in str(error)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_model_that_is_not_served_and_an_empty_account_end_the_run(dialect):
    assert "serves no model 'small'" in str(said(dialects.no_model(dialect, "small")))
    error = said(dialects.no_money(dialect))
    assert isinstance(error, Fatal) and "kept" in str(error)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>Bad gateway</html>", b"null", b"[1]", b'{"detail": "Not Found"}', b'{"error": "text"}', b"\xff"],
)
def test_a_body_of_any_shape_is_one_line(content):
    error = explained(HttpError(422, content, None), SMALL, 60)
    assert isinstance(error, BadRequest) and "\n" not in str(error)


def test_an_error_that_comes_with_status_200_is_one():
    with pytest.raises(HttpError) as caught:
        raw_reply(b'{"error": {"message": "Rate limit", "code": 429}}', 1.0)
    assert isinstance(explained(caught.value, SMALL, 60), Throttled)


# --- limits, as headers say them ---

PAST = "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 360),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "12ms"}, 0.012),
        ({"x-ratelimit-remaining-requests": "5", "x-ratelimit-reset-requests": "6m0s"}, None),
        ({"x-ratelimit-remaining-tokens": "-1", "x-ratelimit-reset-tokens": "0"}, None),
        (
            {"anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": "2020-01-01T00:00:00Z"},
            None,
        ),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
    ],
)
def test_the_wait_that_a_refusal_names(headers, wait):
    assert wait_named(headers) == (wait if wait is None else pytest.approx(wait))


def test_a_longer_wait_than_allowed_ends_the_run_and_says_so():
    reply = dialects.error("openai", 429, "Rate limit reached")
    assert "asks to wait 600 s" in str(said(reply, **{"retry-after": "600"}))
    assert said(reply, **{"retry-after": "6"}).wait == 6


def test_what_is_left_is_counted_down_by_what_starts():
    limits = Limits(60)
    limits.note({"x-ratelimit-remaining-tokens": "100", "x-ratelimit-reset-tokens": "30s"})
    limits.take(80)
    with pytest.raises(Throttled) as caught:
        limits.take(80)
    assert caught.value.unit == "tokens"
