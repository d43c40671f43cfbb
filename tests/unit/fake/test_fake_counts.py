"""What the fake Gemini server counts, its batch jobs, and its process."""

import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from fake_gemini import FAULTS, Config, FakeGemini
from google import genai
from google.genai import errors, types
from small_server import JSON_OUTPUT, MODEL, PARENT, ROOTS, TWO_TERMS, answer, ask, prompt

# --- accounting ---


def test_items_and_requests_answered_twice_are_counted(fake, client):
    ask(client, "assign_term", TWO_TERMS)
    one = {"interactions": TWO_TERMS["interactions"][:1], "roots": ROOTS}
    ask(client, "assign_term", one)
    assert [fake.stats()[name] for name in ("duplicates", "duplicate_requests")] == [1, 0]
    ask(client, "assign_term", one)
    stats = fake.stats(items=True)
    assert [stats[name] for name in ("duplicates", "duplicate_requests")] == [1, 1]
    assert stats["questions"]["assign_term"] == {"requests": 3, "items": 4, "answered": 4}
    assert [(row["item"], row["repeated"]) for row in stats["answered_items"]] == [
        ("i1", True),
        ("i2", False),
    ]
    assert stats["tokens"]["total"] > 0


def test_context_and_passing_numbers_are_no_part_of_an_item_but_a_seed_is(fake, client):
    answer(client, "siblings", parent="Metabolism", limit=2, children=[])
    answer(client, "siblings", parent="Metabolism", limit=2, children=["Branch 40"])
    answer(client, "merge", pairs=[{"pair_id": "p1", "a": "A", "b": "B"}])
    answer(client, "merge", pairs=[{"pair_id": "p2", "a": "A", "b": "B"}])
    assert fake.stats()["duplicates"] == 2
    ask(client, "parent", PARENT, seed=1)
    ask(client, "parent", PARENT, seed=2)
    assert fake.stats()["duplicates"] == 2


def test_latency_and_requests_in_flight(fake, client):
    fake.configure(latency=1.0)  # long enough for eight threads to start on a busy machine
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ask(client, "parent", PARENT | {"child": f"C{n}"}), range(8)))
    assert time.monotonic() - started >= 1.0
    stats = fake.stats()
    assert (stats["peak_in_flight"], stats["in_flight"]) == (8, 0)
    assert stats["last"] - stats["first"] >= 1.0


def test_spread_latency(fake, client):
    fake.configure(latency_lognormal={"median": 0.01, "sigma": 0.3}, stragglers={"fraction": 0.5, "factor": 8})
    seconds = []
    for n in range(12):
        started = time.monotonic()
        ask(client, "parent", PARENT | {"child": f"C{n}"})
        seconds.append(time.monotonic() - started)
    assert max(seconds) > 0.05
    assert max(seconds) > 2 * min(seconds)


def test_the_log_has_a_line_per_request(fake, client):
    before = len(fake.log.read_text().splitlines())
    ask(client, "assign_term", TWO_TERMS)
    fake.configure(sticky={"503": 1.0})
    with pytest.raises(errors.ServerError):
        ask(client, "parent", PARENT)
    good, bad = map(json.loads, fake.log.read_text().splitlines()[before:])
    assert (good["status"], good["question"], good["items"]) == (200, "assign_term", ["i1", "i2"])
    assert (bad["status"], bad["items"], bad["fault"]) == (503, ["GRB2 events"], "503")


def test_configure_changes_and_reset_restores(fake, client):
    fake.configure(model_versions={MODEL: "other"})
    assert ask(client, "parent", PARENT).model_version == "other"
    fake.reset()
    assert fake.stats()["requests"] == 0
    assert ask(client, "parent", PARENT).model_version == MODEL


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"latencies": 1}, "unknown config: latencies"),
        ({"faults": {"418": 0.1}}, "unknown 418"),
        ({"faults": {"429": 0.6, "503": 0.6}}, "together at most 1"),
        ({"variants": 2}, "fractions"),
        ({"limit": {"requests": 3}}, "needs exactly requests and seconds"),
        ({"batch_first_n": {"truncated": 1}}, "unknown truncated"),
    ],
)
def test_wrong_config_is_refused(fake, config, message):
    with pytest.raises(ValueError, match=message):
        FakeGemini(**config)
    with pytest.raises(ValueError, match=message):
        fake.configure(**config)


def test_every_fault_is_accepted_by_name():
    Config().updated({"first_n": dict.fromkeys(FAULTS, 1)})


# --- batch jobs ---


def rows_of(*children):
    return [
        types.InlinedRequest(
            contents=prompt("parent", child=child, roots=ROOTS),
            metadata={"child": child},
            config=types.GenerateContentConfig(**JSON_OUTPUT),
        )
        for child in children
    ]


def finished(client, name):
    deadline = time.monotonic() + 5
    while not (job := client.batches.get(name=name)).done:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return job


def test_batch_job_from_creation_to_results(fake, client):
    job = client.batches.create(model=MODEL, src=rows_of("GRB2 events", "Twig 40"), config={"display_name": "mine"})
    assert (job.state, job.done) == (types.JobState.JOB_STATE_PENDING, False)
    assert [(found.name, found.display_name) for found in client.batches.list()] == [(job.name, "mine")]
    job = finished(client, job.name)
    rows = job.dest.inlined_responses
    assert job.state == types.JobState.JOB_STATE_SUCCEEDED
    assert [row.metadata["child"] for row in rows] == ["GRB2 events", "Twig 40"]
    assert [json.loads(row.response.text)["parent"] for row in rows] == ["Signaling by EGFR", "Branch 40"]
    stats = fake.stats()
    assert (stats["items_answered"], stats["requests"], stats["batch"]["rows"]) == (2, 0, 2)
    ask(client, "parent", PARENT)
    assert fake.stats()["duplicates"] == 1


def test_batch_rows_may_hold_errors_or_broken_answers(fake, client):
    fake.configure(batch_row_error=0.5, sticky={"truncated": ["Twig 40"]})
    children = [f"Twig {n}" for n in range(40, 80)]
    job = client.batches.create(model=MODEL, src=rows_of(*children))
    rows = finished(client, job.name).dest.inlined_responses
    failed = [row for row in rows if row.error]
    assert 8 < len(failed) < 32
    assert all(row.error.code == 503 and row.response is None for row in failed)
    assert fake.stats()["batch"] == {"jobs": 1, "rows": 40, "row_errors": len(failed)}
    # A row that failed may succeed in the next job, save for what is sticky.
    again = client.batches.create(model=MODEL, src=rows_of(*(row.metadata["child"] for row in failed)))
    assert any(row.response for row in finished(client, again.name).dest.inlined_responses)


def test_batch_job_through_files(fake, client, tmp_path):
    request = {"contents": [{"parts": [{"text": prompt("parent", **PARENT)}]}]}
    source = tmp_path / "requests.jsonl"
    source.write_text(json.dumps({"key": "k1", "request": request}) + "\n")
    uploaded = client.files.upload(file=source, config={"mime_type": "application/jsonl"})
    job = client.batches.create(model=MODEL, src=uploaded.name)
    job = finished(client, job.name)
    row = json.loads(client.files.download(file=job.dest.file_name))
    assert row["key"] == "k1"
    assert "Signaling by EGFR" in row["response"]["candidates"][0]["content"]["parts"][0]["text"]
    client.files.delete(name=uploaded.name)
    with pytest.raises(errors.ClientError, match="404"):
        client.files.get(name=uploaded.name)


def test_batch_job_cancelled_deleted_failed_and_listed_by_page(fake, client):
    fake.configure(batch_seconds=60)
    names = [client.batches.create(model=MODEL, src=rows_of("A")).name for _ in range(3)]
    client.batches.cancel(name=names[0])
    assert client.batches.get(name=names[0]).state == types.JobState.JOB_STATE_CANCELLED
    client.batches.delete(name=names[1])
    assert [job.name for job in client.batches.list(config={"page_size": 1})] == [names[2], names[0]]
    with pytest.raises(errors.ClientError, match="404"):
        client.batches.get(name=names[1])
    fake.configure(batch_seconds=0, batch_outcome="FAILED")
    job = finished(client, client.batches.create(model=MODEL, src=rows_of("A")).name)
    assert job.state == types.JobState.JOB_STATE_FAILED


def test_a_batch_job_whose_creation_got_lost_can_be_found_again(fake, client):
    fake.configure(batch_first_n={"503": 1, "drop": 1})
    create = {"model": MODEL, "src": rows_of("A"), "config": {"display_name": "mine"}}
    with pytest.raises(errors.ServerError):
        client.batches.create(**create)
    assert not list(client.batches.list())
    with pytest.raises(httpx2.RemoteProtocolError):
        client.batches.create(**create)
    (job,) = client.batches.list()
    assert finished(client, job.name).display_name == "mine"


# --- the process ---


def test_requests_sent_ahead_are_answered_in_order(fake):
    host, port = fake.url.removeprefix("http://").split(":")
    request = b"GET /v1beta/models/%b HTTP/1.1\r\nHost: x\r\nX-Goog-Api-Key: k\r\n%b\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request % (b"a", b"") + request % (b"b", b"Connection: close\r\n"))
        received = connection.makefile("rb").read()
    assert received.index(b"models/a") < received.index(b"models/b")


def test_environment_leads_a_client_to_the_server(fake, monkeypatch):
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    for name, value in fake.environment("test").items():
        monkeypatch.setenv(name, value)
    client = genai.Client()
    assert ask(client, "parent", PARENT).text


def test_the_server_ends_with_the_process_that_started_it(reference):
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from fake_gemini import FakeGemini\n"
        "print(FakeGemini(reference=sys.argv[2]).start().url, flush=True); os._exit(1)"
    )
    folder = Path(__file__).parents[2]
    command = [sys.executable, "-c", program, str(folder), str(reference)]
    url = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    host, port = url.removeprefix("http://").split(":")
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port))).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    pytest.fail("the server is still there")


def test_a_wrong_reference_is_said_in_one_line(tmp_path, capfd):
    with pytest.raises(RuntimeError, match="did not start"):
        FakeGemini(reference=tmp_path).start()
    assert f"no pathways.parquet in {tmp_path}" in capfd.readouterr().err
