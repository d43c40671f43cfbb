"""How the fake Gemini server fails: faults, keys, limits; and how it searches."""

import json
import time

import httpx2
import pytest
from google.genai import errors, types
from small_server import MODEL, PARENT, ROOTS, TWO_TERMS, answer, ask, new_client, prompt

# --- faults ---


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ("429", 429, "RESOURCE_EXHAUSTED"),
        ("429_bare", 429, "RESOURCE_EXHAUSTED"),
        ("429_per_day", 429, "RESOURCE_EXHAUSTED"),
        ("429_billing", 429, "RESOURCE_EXHAUSTED"),
        ("403_billing", 403, "PERMISSION_DENIED"),
        ("500", 500, "INTERNAL"),
        ("502", 502, "Bad Gateway"),
        ("503", 503, "UNAVAILABLE"),
    ],
)
def test_http_errors(fake, client, fault, code, status):
    fake.configure(first_n={fault: 1})
    with pytest.raises(errors.APIError) as caught:
        ask(client, "parent", PARENT)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert isinstance(caught.value, errors.ClientError if code < 500 else errors.ServerError)
    assert ask(client, "parent", PARENT).text
    stats = fake.stats()
    assert stats["by_status"] == {str(code): 1, "200": 1}
    assert stats["faults"] == {fault: 1}
    assert len(stats["times_429"]) == (code == 429)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("drop", httpx2.RemoteProtocolError),
        ("drop_half", httpx2.RemoteProtocolError),
        ("half_body", json.JSONDecodeError),
    ],
)
def test_broken_connections(fake, client, fault, error):
    fake.configure(first_n={fault: 1})
    with pytest.raises(error):
        ask(client, "parent", PARENT)
    assert ask(client, "parent", PARENT).text
    assert fake.stats()["answered_ok"] == 1


def test_hang_ends_when_the_client_gives_up(fake):
    fake.configure(first_n={"hang": 1})
    impatient = new_client(fake, timeout=200)
    with pytest.raises(httpx2.ReadTimeout):
        ask(impatient, "parent", PARENT)
    time.sleep(0.05)
    stats = fake.stats()
    assert (stats["abandoned"], stats["in_flight"], stats["answered_ok"]) == (1, 0, 0)
    assert ask(impatient, "parent", PARENT).text


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("max_tokens", "MAX_TOKENS"), ("safety", "SAFETY"), ("recitation", "RECITATION")],
)
def test_withheld_answers(fake, client, fault, reason):
    fake.configure(sticky={fault: 1.0})
    response = ask(client, "parent", PARENT)
    assert response.text is None
    assert response.candidates[0].finish_reason.name == reason
    assert response.candidates[0].content.parts is None


def test_answers_without_candidates(fake, client):
    fake.configure(sticky={"blocked": ["GRB2 events"], "no_candidates": ["WNT secretion"]})
    blocked = ask(client, "parent", PARENT)
    assert blocked.candidates is None
    assert blocked.prompt_feedback.block_reason == types.BlockedReason.PROHIBITED_CONTENT
    none = ask(client, "parent", PARENT | {"child": "WNT secretion"})
    assert (none.candidates, none.prompt_feedback) == (None, None)


def spoiled(fake, client, fault, question="assign_term", inputs=TWO_TERMS):
    fake.reset(sticky={fault: 1.0})
    response = ask(client, question, inputs)
    assert response.candidates[0].finish_reason == types.FinishReason.STOP
    assert fake.stats()["answered_ok"] == 0
    return response.text


def test_broken_text(fake, client):
    good = ask(client, "assign_term", TWO_TERMS).text
    cut = spoiled(fake, client, "truncated")
    assert good.startswith(cut)
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut)
    assert spoiled(fake, client, "fenced") == f"```json\n{good}\n```"
    prose = spoiled(fake, client, "prose")
    assert good in prose
    assert prose != good
    pairs = json.loads(spoiled(fake, client, "duplicate_keys"), object_pairs_hook=list)
    assert [name for name, _ in pairs] == ["assignments", "assignments"]
    assert ":NaN" in spoiled(fake, client, "nan")
    assert ":NaN" in spoiled(fake, client, "nan", "parent", PARENT)
    assert not spoiled(fake, client, "empty_text")


def test_broken_schema(fake, client):
    good = answer(client, "parent", **PARENT)
    assert json.loads(spoiled(fake, client, "missing_field", "parent", PARENT)) == {"parent": good["parent"]}
    assert json.loads(spoiled(fake, client, "extra_field", "parent", PARENT)).keys() - good == {"note"}
    assert isinstance(json.loads(spoiled(fake, client, "wrong_type", "parent", PARENT))["reasoning"], list)
    assert json.loads(spoiled(fake, client, "wrong_schema")) != answer(client, "assign_term", **TWO_TERMS)
    # Where there are no ids, a wrong id is a missing field.
    assert json.loads(spoiled(fake, client, "id_dropped", "parent", PARENT)).keys() == {"parent"}


def test_broken_ids(fake, client):
    def ids(fault):
        rows = json.loads(spoiled(fake, client, fault))["assignments"]
        return [row["interaction_id"] for row in rows]

    assert len(set(ids("id_changed")) & {"i1", "i2"}) == 1
    assert ids("id_dropped") in (["i1"], ["i2"])
    assert ids("id_invented")[2].endswith("-extra")
    assert ids("id_twice")[2] in ("i1", "i2")
    assert ids("wrong_ids") != ["i1", "i2"]


def test_faults_are_drawn_anew_at_each_attempt_and_agree_between_runs(fake, client):
    def attempts():
        fake.reset(faults={"fenced": 0.3, "safety": 0.3})
        responses = [ask(client, "parent", PARENT) for _ in range(60)]
        return [response.text and response.text[0] for response in responses]

    first = attempts()
    assert all(8 < first.count(kind) < 36 for kind in (None, "`", "{"))
    assert attempts() == first


def test_sticky_faults_strike_their_items_in_every_batch(fake, client):
    fake.configure(sticky={"id_dropped": ["i2"]})
    for _ in range(3):
        rows = answer(client, "assign_term", **TWO_TERMS)["assignments"]
        assert [row["interaction_id"] for row in rows] == ["i1"]
    alone = {"interactions": TWO_TERMS["interactions"][:1], "roots": ROOTS}
    assert len(answer(client, "assign_term", **alone)["assignments"]) == 1
    assert fake.stats()["answered_ok"] == 1


def test_first_faults_strike_distinct_requests_once(fake, client):
    fake.configure(first_n={"503": 2, "fenced": 1})
    codes = []
    for child in ["A", "A", "B", "C", "C", "D"]:
        try:
            codes.append(ask(client, "parent", {"child": child, "roots": ROOTS}).text[0])
        except errors.ServerError as error:
            codes.append(error.code)
    assert codes == [503, "{", 503, "`", "{", "{"]


# --- keys and limits ---


def test_keys(fake, client):
    fake.configure(keys=["another"])
    with pytest.raises(errors.ClientError) as caught:
        ask(client, "parent", PARENT)
    info = caught.value.details["error"]["details"][0]
    assert (caught.value.code, info["reason"]) == (400, "API_KEY_INVALID")
    assert httpx2.post(f"{fake.url}/v1beta/models/{MODEL}:generateContent").status_code == 403
    assert fake.stats()["by_status"] == {"400": 1, "403": 1}


def details_of(error):
    return {detail["@type"].rpartition(".")[2]: detail for detail in error.details["error"]["details"]}


def test_rolling_limit(fake, client):
    fake.configure(limit={"requests": 3, "seconds": 0.6})
    for _ in range(3):
        ask(client, "parent", PARENT)
    with pytest.raises(errors.ClientError) as caught:
        ask(client, "parent", PARENT)
    details = details_of(caught.value)
    violation = details["QuotaFailure"]["violations"][0]
    delay = float(details["RetryInfo"]["retryDelay"].removesuffix("s"))
    assert details.keys() == {"Help", "QuotaFailure", "RetryInfo"}
    assert violation["quotaId"] == "GenerateRequestsPerMinutePerProjectPerModel"
    assert violation["quotaMetric"].endswith("/generate_requests_per_model")
    assert (violation["quotaDimensions"]["model"], violation["quotaValue"]) == (MODEL, "3")
    assert 0 < delay <= 0.6
    assert "Retry-After" not in caught.value.response.headers
    time.sleep(delay)
    assert ask(client, "parent", PARENT).text


def test_limits_per_minute_and_per_day(fake, client):
    tokens = len(prompt("parent", **PARENT)) // 4
    for config, quota, value in [
        ({"rpm": 1}, "GenerateRequestsPerMinutePerProjectPerModel", "1"),
        ({"tpm": tokens + 1}, "GenerateContentPaidTierInputTokensPerModelPerMinute", str(tokens + 1)),
        ({"per_day": 1}, "GenerateRequestsPerDayPerProjectPerModel", "1"),
    ]:
        fake.reset(**config, retry_after=True)
        ask(client, "parent", PARENT)
        with pytest.raises(errors.ClientError) as caught:
            ask(client, "parent", PARENT)
        details = details_of(caught.value)
        violation = details["QuotaFailure"]["violations"][0]
        assert (violation["quotaId"], violation["quotaValue"]) == (quota, value)
        delay = float(details["RetryInfo"]["retryDelay"].removesuffix("s"))
        assert delay == 0.05 if "per_day" in config else 50 < delay <= 60
        assert int(caught.value.response.headers["Retry-After"]) >= delay


# --- search ---


def test_search_with_json_output(fake, client):
    search = {"tools": [{"google_search": {}}]}
    grounded = ask(client, "parent", PARENT, **search)
    assert json.loads(grounded.text)["parent"] == "Signaling by EGFR"
    assert grounded.candidates[0].grounding_metadata.grounding_chunks
    fake.configure(grounding="dropped")
    assert ask(client, "parent", PARENT, **search).candidates[0].grounding_metadata is None
    fake.configure(grounding="rejected")
    with pytest.raises(errors.ClientError, match="mime type: 'application/json' is unsupported"):
        ask(client, "parent", PARENT, **search)
    prose = ask(client, "parent", PARENT, response_mime_type=None, **search)
    assert "Signaling by EGFR" in prose.text
    assert not prose.text.startswith("{")
    assert prose.candidates[0].grounding_metadata
