"""The curator `openai`: what each server says and how it is asked, each error told apart, no key in any word."""

import json
import re
import threading

import pytest
import yaml
from builders import REPOSITORY
from fake_openai import FakeOpenAI
from rootward.curators.base import BadRequest, Fatal, Lost, Throttled
from rootward.curators.endpoints import resolved
from rootward.curators.openai import OpenAI
from rootward.curators.openai.abilities import Abilities
from rootward.curators.openai.connection import Connection
from rootward.curators.openai.envelope import raw_reply
from rootward.curators.openai.errors import ErrorBody
from rootward.curators.questions import KINDS, ask_about
from rootward.curators.replies import read
from rootward.workflow.config_check import load

KEY = "sk-Secret-0123456789"
PROMPTS = {kind: REPOSITORY / "config" / "prompts" / f"{kind}.md" for kind in KINDS}


@pytest.fixture(scope="module")
def chat_server():
    with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
def fake(chat_server, monkeypatch):
    """The server as new, and an environment that leads to it."""
    chat_server.reset()
    monkeypatch.setenv("OPENAI_BASE_URL", chat_server.address)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return chat_server


def made(kept=None, **flash) -> OpenAI:
    config = load({"curator": "openai", "models": {"flash": {"id": "small", **flash}}})
    return OpenAI(resolved(config), config["questions"], PROMPTS, config["api"], kept)


def parents(*children: str):
    return [ask_about("parent", {"child": child, "excluded": []}, roots=["Autophagy"]) for child in children]


def interactions(count: int):
    row = {"protein_a": "TP53", "protein_b": "MDM2", "effect": "unknown", "mechanism": None, "statement": None}
    return [ask_about("assign_term", row | {"interaction_id": f"R{n}"}, roots=["Autophagy"]) for n in range(count)]


def asked(model: OpenAI, questions=None):
    questions = questions or parents("Mitophagy")
    return model.call(questions, model.prompt(questions))


def calls(fake) -> int:
    """Chat completions that were asked for, tests and refused ones among them."""
    stats = fake.stats()
    return stats["requests"] + sum(stats["other_requests"].get(name, 0) for name in ("test", "refused"))


def error_of(model: OpenAI) -> Exception:
    with pytest.raises((Throttled, Lost, BadRequest, Fatal)) as caught:
        asked(model)
    assert KEY not in f"{caught.value!s} {caught.value!r}"
    return caught.value


# --- five moods of a server, and a model that is of no use ---

MOODS = {
    "honours schemas": {},
    "enforces them unseen": {"schemas": "hidden"},
    "ignores them, answers in prose": {"schemas": "ignores", "prose": True},
    "404 for response_format": {"schemas": "refuses"},
    "400 for response_format": {"schemas": "refuses", "refusal_status": 400},
    "wants no key": {"wants_key": False},
    "other word for tokens": {"old_words": False},
}


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("dialect", ["openai", "vllm"])
def test_a_server_is_asked_as_it_can_be_asked(fake, mood, dialect):
    fake.configure(dialect=dialect, **MOODS[mood])
    questions = interactions(3)
    reading = read(questions, asked(made(), questions))
    assert (len(reading.values), reading.problems) == (3, {})
    assert calls(fake) <= 4


@pytest.mark.parametrize("thinking", [None, "low"])
@pytest.mark.parametrize("refuses", [{}, {"old_words": False, "takes_effort": False}])
def test_a_model_that_keeps_to_no_schema_is_refused_after_five_calls_at_most(fake, thinking, refuses):
    fake.configure(schemas="never", **refuses)
    error = error_of(made(thinking=thinking))
    assert isinstance(error, Fatal)
    assert "keeps to no JSON schema" in str(error) and "I would rather talk about birds." in str(error)
    assert calls(fake) <= 5


def test_everything_refused_at_once_still_ends_in_an_answer_after_five_calls(fake):
    fake.configure(schemas="refuses", old_words=False, takes_effort=False)
    model = made(thinking="high")
    assert json.loads(asked(model).text)["parent"] == "Selective autophagy"
    assert calls(fake) == 5  # one for each setting that was refused, one in other words, and the question itself


def test_a_broken_first_answer_does_not_make_a_server_worse_than_it_is(fake):
    fake.configure(first_n={"truncated": 1})
    model = made()
    assert read(parents("Mitophagy"), asked(model)).problems
    assert json.loads(asked(model, parents("Aggrephagy")).text)["parent"]


def test_threads_wait_for_one_probe(fake):
    fake.configure(latency=0.05)
    model = made()
    threads = [threading.Thread(target=asked, args=(model, parents(name))) for name in ("Mitophagy", "Aggrephagy")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fake.stats()["other_requests"]["test"] == 1


@pytest.mark.parametrize("is_one_process", [True, False])
def test_who_waited_for_a_probe_that_failed_does_not_repeat_it(fake, is_one_process, tmp_path):
    fake.configure(latency=0.05, schemas="never")
    models = [made(tmp_path)] * 4 if is_one_process else [made(tmp_path) for _ in range(4)]
    errors: list[Exception] = []
    threads = [threading.Thread(target=lambda model=model: errors.append(error_of(model))) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {str(error) for error in errors} == {str(errors[0])} and len(errors) == 4
    assert calls(fake) <= 5
    error_of(made(tmp_path))  # later, it may have another model
    assert calls(fake) > 5


@pytest.mark.parametrize("code", [400, 500])
def test_a_format_that_breaks_a_server_is_refused_whatever_the_status_and_the_model_it_names(fake, code):
    grammar = ErrorBody("failed to parse grammar", "failed to parse grammar. Received Model Group=small")
    assert Abilities().after(code, grammar).takes_format is False
    assert Abilities().after(503, grammar) == Abilities()
    fake.configure(schemas="refuses", refusal_status=code, refusal=grammar.text)
    assert asked(made()).finish_reason == "STOP"


RECIPES = re.findall(
    r"^\| (OpenAI|vLLM|Ollama|llama\.cpp|LiteLLM)\b[^|]*\|([^|]*)\|([^|]*)\| `(\{.*?\})`.*\|$",
    (REPOSITORY / "README.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


@pytest.mark.parametrize(("server", "started", "address", "flash"), RECIPES)
def test_each_recipe_of_the_readme_gets_its_answers_from_a_server_that_speaks_so(fake, server, started, address, flash):
    flash = yaml.safe_load(flash.replace("…", "1"))
    length = re.search(r"(?:-c |LENGTH=|max-model-len )(\d+)", started)
    thinks = {"thoughts": "field"} if "qwen3" in flash["id"].lower() else {}
    words = {"old_words": False, "schemas": "honours"} if server == "OpenAI" else {"schemas": "hidden"}
    dialect = server.lower().replace(".", "")
    fake.configure(
        dialect=dialect,
        models=[flash["id"]],
        context=length and int(length[1]),
        wants_key=server == "OpenAI",
        **thinks,
        **words,
    )
    assert re.fullmatch(r"not set|`http://localhost:\d+/v1`", address.strip())
    model, questions = made(**flash), interactions(20)
    assert len(read(questions, asked(model, questions)).values) == 20
    assert calls(fake) <= 3
    assert model.question("assign_term")["batch"] == 20  # the context that the recipe sets is enough


def test_every_server_has_its_recipe():
    assert len(RECIPES) == 5


# --- what was found out is kept, and used ---


def test_what_was_found_out_is_kept_with_the_cache_and_has_no_key_in_it(fake, tmp_path):
    asked(made(tmp_path / "endpoints"))
    asked(made(tmp_path / "endpoints"))
    assert fake.stats()["other_requests"]["test"] == 1
    (file,) = (tmp_path / "endpoints").glob("*.json")
    assert KEY not in file.read_text(encoding="utf-8")
    file.write_text('{"takes_format": "perhaps"}', encoding="utf-8")
    asked(made(tmp_path / "endpoints"))
    assert fake.stats()["other_requests"]["test"] == 2


def test_another_model_or_thinking_level_is_probed_for_itself(fake, tmp_path):
    for flash in ({}, {"id": "large"}, {"thinking": "low"}):
        asked(made(tmp_path, **flash))
    assert fake.stats()["other_requests"]["test"] == 3


@pytest.mark.parametrize("dialect", ["vllm", "ollama", "llamacpp"])
def test_a_server_that_tells_its_context_is_asked_in_batches_that_fit(fake, tmp_path, dialect):
    fake.configure(dialect=dialect, context=4096)
    model = made(tmp_path)
    asked(model)
    assert 1 <= model.question("assign_term")["batch"] < 20
    assert made(tmp_path).question("assign_term") == model.question("assign_term")
    assert made(tmp_path, max_output_tokens=600).question("assign_term")["batch"] == 5


def test_ollama_tells_the_context_of_models_from_anywhere_and_of_the_latest_one(fake):
    for name in ("hf.co/bartowski/Qwen3-8B-GGUF:Q4_K_M", "qwen3"):
        loaded = name if ":" in name else f"{name}:latest"
        fake.configure(dialect="ollama", context=4096, models=[loaded, name], owner="bartowski")
        model = made(id=name)
        asked(model)
        assert model.question("assign_term")["batch"] < 20


@pytest.mark.parametrize("dialect", ["openai", "litellm"])
def test_a_context_that_is_not_told_is_learned_from_the_refusal(fake, dialect):
    model = made()
    asked(model)
    fake.configure(dialect=dialect, context=3000)
    assert asked(model).finish_reason == "STOP"
    before = calls(fake)
    assert asked(model).finish_reason == "STOP"
    assert calls(fake) == before + 1


def test_a_schema_that_is_refused_after_all_is_shown_instead(fake):
    model = made()
    asked(model)
    fake.configure(schemas="refuses")
    assert not read(parents("Mitophagy"), asked(model)).problems


def test_what_cannot_fit_is_not_sent(fake):
    fake.configure(dialect="llamacpp", context=1500)
    model = made()
    asked(model)
    before = calls(fake)
    with pytest.raises(BadRequest, match=r"too long for a context of 1500"):
        asked(model, interactions(40))
    assert calls(fake) == before


def test_the_probe_says_in_lines_what_it_found(fake, tmp_path):
    fake.configure(dialect="vllm", schemas="hidden", context=8192, takes_effort=False)
    model = made(tmp_path, thinking="low")
    lines = model.probe("parent")
    assert lines[0].startswith(f"small at {fake.address}")
    assert "enforced without being seen" in lines[1]
    assert lines[2].endswith("low: refused, left out")
    assert lines[3].endswith("8,192 tokens")


# --- what comes back ---


def test_a_reply_says_what_was_said_and_what_it_used(fake):
    fake.configure(thoughts_tokens=7, model_versions={"small": "small-002"}, thoughts="field")
    model = made()
    asked(model)
    reply = asked(model)
    assert json.loads(reply.text)["parent"] == "Selective autophagy"
    assert (reply.finish_reason, reply.model_version) == ("STOP", "small-002")
    assert reply.input_tokens > 20 and reply.output_tokens > 7


def test_tokens_that_a_server_does_not_count_are_estimated(fake):
    fake.configure(dialect="ollama", usage=False)
    assert asked(made()).input_tokens > 20


def test_the_probe_is_paid_with_the_first_answer(fake):
    model = made()
    first, second = asked(model), asked(model)
    assert first.input_tokens > second.input_tokens and first.output_tokens > second.output_tokens


def test_thoughts_that_a_server_leaves_in_the_text_are_no_answer(fake):
    fake.configure(thoughts="inline", dialect="ollama")
    assert not read(parents("Mitophagy"), asked(made())).problems


@pytest.mark.parametrize(
    ("fault", "reason", "refused"), [("max_tokens", "MAX_TOKENS", False), ("safety", "CONTENT_FILTER", True)]
)
def test_why_a_model_stopped(fake, fault, reason, refused):
    fake.configure(faults={fault: 1.0})
    reply = asked(made())
    assert (reply.finish_reason, read(parents("Mitophagy"), reply).refused) == (reason, refused)


def body(message=None, finish="stop", **more) -> bytes:
    return json.dumps(
        {"choices": [{"message": message or {"content": "{}"}, "finish_reason": finish}], **more}
    ).encode()


@pytest.mark.parametrize(
    ("given", "text", "reason"),
    [
        (body({"content": None, "refusal": "I will not."}), "", "REFUSAL"),
        (body({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}), "ab", "STOP"),
        (body({"content": "a"}, None), "a", "STOP"),
        (body({"content": "a"}, "eos_token"), "a", "STOP"),
        (body({"content": "a"}, "whatever"), "a", "STOP"),
        (body({"content": "a"}, "SAFETY"), "a", "SAFETY"),
        (body({"content": "a"}, "model_length"), "a", "MAX_TOKENS"),
        (body({"content": None, "tool_calls": []}, "tool_calls"), "", "TOOL_CALLS"),
        (body({"content": [{"type": "thinking", "thinking": []}, {"type": "text", "text": "a"}]}), "a", "STOP"),
        (body({"content": ""}, None), "", "NO_CANDIDATE"),
        (body({"content": '{"a": "</think>"}'}), '{"a": "</think>"}', "STOP"),
        (body({"content": "so {x}</think>{}"}), "{}", "STOP"),
        (b'{"choices": []}', "", "NO_CANDIDATE"),
        (b'{"choices": null, "usage": null}', "", "NO_CANDIDATE"),
    ],
)
def test_an_envelope_of_any_server(given, text, reason):
    reply = raw_reply(given, 1.0)
    assert (reply.text, reply.finish_reason) == (text, reason)


@pytest.mark.parametrize(
    "given",
    [b"", b"[]", b"null", b'{"choices": "text"}', b'{"message": {"content": "{}"}, "done": true}', body()[:-1]],
)
def test_what_is_no_envelope_was_lost_on_its_way(given):
    with pytest.raises(Lost, match="no chat completion"):
        raw_reply(given, 1.0)


# --- keys, and limits that headers tell ---


def test_who_has_no_key_is_told_which_to_set(fake, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    assert str(error_of(made())).startswith(f"{fake.address} wants a key: set OPENAI_API_KEY (401: ")


def test_a_refused_key_stands_in_no_message(fake):
    fake.configure(keys=["another"])
    assert f"{fake.address} refuses the key in OPENAI_API_KEY" in str(error_of(made()))


def test_a_key_goes_to_the_endpoint_it_was_set_for_and_to_no_other(fake):
    fake.configure(keys=[KEY])
    assert "wants a key: name the variable" in str(error_of(made(base_url=fake.address)))
    assert asked(made(base_url=fake.address, key="OPENAI_API_KEY")).finish_reason == "STOP"


def test_an_address_that_shows_a_page_is_asked_about(fake, monkeypatch):
    page = b"<html><head><title>Open WebUI</title></head><body></body></html>"
    monkeypatch.setattr(Connection, "complete", lambda *_: (page, {"content-type": "text/html; charset=utf-8"}))
    error = error_of(made())
    assert isinstance(error, Fatal)
    assert str(error) == f"{fake.address} answers with a page (Open WebUI); is that the address of the API?"


def test_where_nothing_listens_that_is_said_at_once(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(Fatal, match=r"nothing answers at http://127.0.0.1:9/v1 .*start the server"):
        asked(made(base_url="http://127.0.0.1:9/v1"))


def test_nothing_is_sent_to_be_refused_when_the_headers_say_that_nothing_is_left(fake):
    model = made()
    asked(model)
    fake.configure(remaining=0)
    asked(model)
    before = calls(fake)
    error = error_of(model)
    assert isinstance(error, Throttled) and 0 < error.wait <= 0.3
    assert calls(fake) == before


# --- what an answer is kept under ---


def test_address_and_model_are_in_the_key_and_a_key_is_not(monkeypatch):
    def key(**flash):
        return made(**flash).asked_of(KINDS["parent"])

    monkeypatch.setenv("OPENAI_BASE_URL", "http://one:1/v1/")
    first = key()
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    assert key() == first == key(base_url="http://one:1/v1") == key(concurrency=9)
    assert len({first, key(id="other"), key(base_url="http://two:1/v1"), key(thinking="low")}) == 4
