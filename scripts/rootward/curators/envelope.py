"""The envelope in which a service wraps an answer. It is validated like the answer itself."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rootward.curators.base import Lost

Tokens = Annotated[int | None, Field(ge=0, le=100_000_000)]
Word = Annotated[str | None, Field(max_length=200)]  # a name used by the service


class OtherShape(Lost):
    """A complete reply that is not of the requested shape."""


class Part(BaseModel):
    """Fields of a reply that are not used may have any form."""

    model_config = ConfigDict(extra="ignore")


P = TypeVar("P", bound=Part)


def validated(shape: type[P], body: str | bytes, otherwise: str) -> P:
    """Validate a body against a shape. Raises Lost if it is cut off, or else OtherShape; both with `otherwise` and the
    reason.
    """
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "it"
        kind = Lost if first["type"] == "json_invalid" else OtherShape
        raise kind(f"{otherwise} ({where:.60}: {first['msg']:.80})") from None
