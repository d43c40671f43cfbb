"""What OpenAI-compatible servers say when they do not answer, each in its own words, and what their headers say."""

import pytest
from fake_openai import dialects
from fake_openai.config import DIALECTS
from rootward.curators.base import BadRequest, Fatal, Lost, Throttled
from rootward.curators.openai.abilities import Abilities
from rootward.curators.openai.envelope import raw_reply
from rootward.curators.openai.errors import ErrorBody, explained
from rootward.curators.openai.limits import Limits, wait_named
from rootward.curators.wire import HttpError, Redirected

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
    for name in ("small", "Qwen/Qwen2.5-7B"):
        assert "serves no model 'small'" in str(said(dialects.no_model(dialect, name)))
    error = said(dialects.no_money(dialect))
    assert isinstance(error, Fatal) and "kept" in str(error)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>Bad gateway</html>", b"null", b"[1]", b'{"detail": "Not Found"}', b'{"error": "text"}', b"\xff"],
)
def test_a_body_of_any_shape_is_one_line(content):
    error = explained(HttpError(422, content, None), SMALL, 60)
    assert isinstance(error, BadRequest) and "\n" not in str(error)


def test_a_page_is_read_without_its_marks():
    page = b"<html><head><style>p {color: red}</style><title>502 Bad Gateway</title></head><body><!-- -->nginx</body>"
    assert str(explained(HttpError(502, page, None), SMALL, 60)) == "502: 502 Bad Gateway nginx"


def test_a_redirect_ends_the_run_and_says_where_it_leads():
    error = explained(Redirected("301: a redirect to example.org, which is not followed"), SMALL, 60)
    assert isinstance(error, Fatal) and "example.org" in str(error)


def test_a_key_that_is_refused_with_400_is_a_key():
    error = said(dialects.error("litellm", 400, "Authentication Error, No api key passed in."))
    assert "wants a key: set OPENAI_API_KEY" in str(error)


# Words of OpenAI, vLLM (three versions), llama.cpp (two), Anthropic (two), TGI, Mistral, SGLang, LM Studio and Gemini.
TOO_LONG = [
    ("This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.", 8192),
    (
        "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 "
        "tokens and your request has 1000 input tokens (8192 > 4096 - 1000).",
        4096,
    ),
    ("The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that …", 4096),
    ("This model's maximum context length is 3 tokens. However, your request has 8 input tokens.", None),
    ('exceeds the available context size, try increasing it", "n_prompt_tokens": 9000, "n_ctx": 4096', 4096),
    ("request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it", 4096),
    ("prompt is too long: 210000 tokens > 200000 maximum", 200000),
    ("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length", 200000),
    ("`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens", 4096),
    ("Prompt contains 40000 tokens, too large for model with 32768 maximum context length", 32768),
    ("The input (5000 tokens) is longer than the model's context length (4096 tokens).", 4096),
    ("the model is loaded with context length of only 4096 tokens, which is not enough", 4096),
    ("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", 1048576),
    ("Your input exceeds the context window of this model.", None),
    ("The model `8192` is unknown", None),
]


@pytest.mark.parametrize(("words", "context"), TOO_LONG)
def test_the_context_that_a_refusal_names(words, context):
    assert ErrorBody(words, words).context == context


@pytest.mark.parametrize(
    ("words", "most"),
    [
        ("max_tokens is too large: 6000. This model supports at most 4096 completion tokens, whereas …", 4096),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", 8192),
        ("Range of max_tokens should be [1, 8192]", 8192),
        ("max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude", 64000),
    ],
)
def test_the_longest_answer_that_a_refusal_names(words, most):
    said_so = ErrorBody(words, words)
    assert (said_so.output, said_so.context) == (most, None)
    assert Abilities().after(400, said_so).output == most
    assert Abilities().after(429, said_so) == Abilities()


@pytest.mark.parametrize("code", [429, '"429"'])
def test_an_error_that_comes_with_status_200_is_one(code):
    with pytest.raises(HttpError) as caught:
        raw_reply(b'{"error": {"message": "Rate limit", "code": %s}}' % str(code).encode(), 1.0)
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
