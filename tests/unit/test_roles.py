"""Roles, providers and endpoints: any number of roles, each where it lives; what does not go together is refused."""

import pytest
from builders import REPOSITORY
from rootward.curators.endpoints import OPENAI, resolved
from rootward.curators.gemini import Gemini
from rootward.curators.openai import OpenAI
from rootward.curators.providers import model_of
from rootward.curators.questions import KINDS
from rootward.curators.settings import model_name
from rootward.errors import UserError
from rootward.workflow.config_check import load

PROMPTS = {kind: REPOSITORY / "config" / "prompts" / f"{kind}.md" for kind in KINDS}
LOCAL = "http://localhost:8000/v1"


@pytest.fixture(autouse=True)
def _no_address(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def refused(**given) -> str:
    with pytest.raises(UserError) as error:
        resolved(load(given))
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix("config/config.yaml: ")


def test_with_the_curator_openai_no_default_of_gemini_holds():
    models = load({"curator": "openai", "models": {"flash": {"id": "qwen3:8b", "concurrency": 2}}})["models"]
    flash = models["flash"]
    assert models["pro"] == flash
    assert (flash["id"], flash["concurrency"], flash["rpm"], flash["thinking"]) == ("qwen3:8b", 2, None, None)
    assert (flash["price"]["input"], flash["price"]["output"]) == (0, 0)
    assert load({"curator": "openai", "models": models})["models"] == models


def test_a_model_that_is_not_named_is_asked_for():
    assert refused(curator="openai").startswith("models.flash.id: Field required, the name by which the endpoint")


def test_further_roles_live_where_they_say():
    given = {
        "curator": "gemini",
        "models": {"local": {"provider": "openai", "id": "qwen3:8b", "base_url": LOCAL}, "lite": {"id": "gemini-lite"}},
        "questions": {"merge": {"model": "local"}, "parent": {"escalate": "pro"}, "place": {"model": "lite"}},
    }
    config = load(given)
    models = resolved(config)
    assert models["lite"]["rpm"] == models["flash"]["rpm"] and models["local"]["rpm"] is None
    served = model_of(models, config["questions"], PROMPTS, config["api"], None)
    assert served.settings("merge")["id"] == "qwen3:8b"
    assert isinstance(served._of("merge"), OpenAI) and isinstance(served._of("parent"), Gemini)
    assert model_name(served.settings("merge")) == f"qwen3:8b at {LOCAL}"
    assert model_name(served.settings("parent")) == "gemini-3.8-flash"


def test_keys_of_answers_from_gemini_are_what_they_were():
    config = load({"curator": "gemini"})
    before = Gemini(config["models"], config["questions"], PROMPTS, config["api"])
    now = model_of(resolved(config), config["questions"], PROMPTS, config["api"], None)
    assert all(now.asked_of(kind) == before.asked_of(kind) for kind in KINDS.values())


@pytest.mark.parametrize(
    ("environment", "api", "own", "address", "key"),
    [
        (None, None, None, OPENAI, "OPENAI_API_KEY"),
        ("http://env:1/v1/", None, None, "http://env:1/v1", "OPENAI_API_KEY"),
        ("http://env:1/v1", "http://api:2/v1", None, "http://api:2/v1", "OPENAI_API_KEY"),
        ("http://env:1/v1", "http://api:2/v1", "http://[::1]:3", "http://[::1]:3", None),
    ],
)
def test_the_nearest_address_counts_and_a_key_stays_at_its_own(monkeypatch, environment, api, own, address, key):
    if environment:
        monkeypatch.setenv("OPENAI_BASE_URL", environment)
    config = load(
        {"curator": "openai", "api": {"openai": {"base_url": api}}, "models": {"flash": {"id": "x", "base_url": own}}}
    )
    config["models"] = resolved(config)
    assert (config["models"]["flash"]["base_url"], config["models"]["flash"]["key"]) == (address, key)
    assert resolved(config) == config["models"]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"questions": {"parent": {"escalate": "por"}}}, "questions.parent.escalate: should be 'flash' or 'pro'"),
        ({"questions": {"merge": {"escalate": "pro"}}}, "questions.merge.escalate: unknown key"),
        ({"models": {"pro": {"base_url": LOCAL}}}, "models.pro.base_url: is for provider: openai"),
        ({"models": {"local": {"provider": "openai"}}}, "models.local.id: Field required"),
        ({"models": {"local": {"id": "x", "rpn": 1}}}, "models.local.rpn: unknown key; did you mean models.local.rpm?"),
        (
            {"curator": "openai", "models": {"flash": {"id": "x"}}, "mode": "batch"},
            "mode: batch jobs work only with Gemini",
        ),
        (
            {
                "curator": "openai",
                "models": {"flash": {"id": "x"}},
                "questions": {"validate_evidence": {"enabled": True}},
            },
            "questions.validate_evidence.search: only Gemini searches",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(given, line):
    assert refused(**given).startswith(line)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x/v1", "http://", "http://x:port/v1", "http://u:p@x/v1"])
def test_what_is_no_address_is_refused_without_repeating_a_password(url):
    said = refused(curator="openai", api={"openai": {"base_url": url}}, models={"flash": {"id": "x"}})
    assert said.startswith("api.openai.base_url: ") and "u:p" not in said
