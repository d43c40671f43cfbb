"""Numbered answers, for the tests of the answer cache."""

from rootward.asking.cache import AnswerCache, Call


def key(n: int) -> str:
    """The key of answer n; its first half, which makes the call_id, tells it from others."""
    return f"{n:016x}" * 2


def made_call(question: str = "parent", model: str = "flash", **given) -> Call:
    return Call(**{"question": question, "model": model, "model_version": model, "prompt": "p", "reply": "r"} | given)


def store(cache: AnswerCache, *numbers: int, call: Call | None = None) -> None:
    cache.store(call or made_call(), {key(n): (f"item {n}", {"parent": f"P{n}"}) for n in numbers})


def numbers_in(cache: AnswerCache, *numbers: int) -> list[int]:
    return [n for n in numbers if cache.get_many([key(n)]).get(key(n)) == {"parent": f"P{n}"}]
