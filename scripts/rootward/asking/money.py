"""The cost of a call in US dollars: fresh and cached input, output including thinking, and searches."""

from rootward.curators.replies import RawReply
from rootward.curators.settings import ModelSettings, Price


def cost(price: Price, reply: RawReply, discount: float = 1.0) -> float:
    """The cost of a reply. discount: the share of the list price paid for its tokens; searches have no discount."""
    cached = min(reply.cached_tokens, reply.input_tokens)
    tokens = (
        (reply.input_tokens - cached) * price["input"] + cached * _cached(price) + reply.output_tokens * price["output"]
    )
    return discount * tokens / 1e6 + searches(price, reply.searches)


def searches(price: Price, count: float) -> float:
    """The cost of a number of queries to Google Search."""
    return count * price.get("search", 0.0) / 1000


def most(settings: ModelSettings, *, input_tokens: float, room: int, queries: int) -> float:
    """The maximum cost of a call before it is made. room: times the configured output tokens; queries: searches."""
    price = settings["price"]
    output = room * settings["max_output_tokens"]
    return (input_tokens * price["input"] + output * price["output"]) / 1e6 + searches(price, queries)


def _cached(price: Price) -> float:
    cached = price.get("cached")
    return price["input"] if cached is None else cached
