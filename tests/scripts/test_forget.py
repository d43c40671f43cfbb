"""Answers are forgotten by a model's role, its id, or the name that cache_stats shows."""

import pytest
from builders import load_script
from rootward.asking.cache import AnswerCache, Call
from rootward.errors import UserError

forget = load_script("forget").forget
ADDRESS = "http://one:1/v1"
MODELS = {
    "flash": {"id": "small", "provider": "openai", "base_url": ADDRESS},
    "pro": {"id": "gemini-pro", "provider": "gemini", "base_url": None},
}


@pytest.fixture
def left(tmp_path):
    """Forget by a model; the models whose answers are left."""
    path = tmp_path / "a.sqlite"
    cache = AnswerCache(path, "wal")
    for n, model in enumerate((f"small at {ADDRESS}", "small at http://two:2/v1", "gemini-pro")):
        cache.store(Call("parent", model, None, "p", "r", 1, 0, 1, 1.0, 0.0), {f"{n:032x}": (f"item {n}", {})})
    cache.close()

    def after(model: str) -> list[str]:
        where = {"path": str(path), "journal_mode": "wal", "noted": str(tmp_path / "noted.json"), "models": MODELS}
        forget(**where, question=None, name=None, model=model, before=None)
        return AnswerCache(path, "wal").models()

    return after


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("flash", ["gemini-pro", "small at http://two:2/v1"]),
        ("small", ["gemini-pro"]),
        (f"small at {ADDRESS}", ["gemini-pro", "small at http://two:2/v1"]),
        ("pro", [f"small at {ADDRESS}", "small at http://two:2/v1"]),
    ],
)
def test_a_model_is_meant_by_role_id_or_name(left, model, expected):
    assert left(model) == expected


def test_a_model_that_answered_nothing_is_named_beside_those_that_did(left):
    with pytest.raises(UserError, match=r"model: large: .* has answers of gemini-pro, small at http://one:1/v1, small"):
        left("large")
