"""What a service wraps an answer in. It is validated like the answer itself."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rootward.curators.base import Lost

Tokens = Annotated[int | None, Field(ge=0, le=100_000_000)]
Word = Annotated[str | None, Field(max_length=200)]  # a name of the service's


class OtherShape(Lost):
    """A reply that came whole, and is something else than what was asked for."""


class Part(BaseModel):
    """Whatever stands in a reply and is not used may have any form."""

    model_config = ConfigDict(extra="ignore")


P = TypeVar("P", bound=Part)


def validated(shape: type[P], body: str | bytes, otherwise: str) -> P:
    """A body of that shape. Raises, with `otherwise` and the reason, Lost for one that is cut off, and OtherShape."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "it"
        kind = Lost if first["type"] == "json_invalid" else OtherShape
        raise kind(f"{otherwise} ({where:.60}: {first['msg']:.80})") from None
