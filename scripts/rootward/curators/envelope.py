"""What a service wraps an answer in. It is validated like the answer itself."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rootward.curators.base import Lost

Tokens = Annotated[int | None, Field(ge=0, le=100_000_000)]
Word = Annotated[str | None, Field(max_length=200)]  # a name of the service's


class Part(BaseModel):
    """Whatever stands in a reply and is not used may have any form."""

    model_config = ConfigDict(extra="ignore")


P = TypeVar("P", bound=Part)


def validated(shape: type[P], body: str | bytes, otherwise: str) -> P:
    """A body of that shape. Raises Lost, with `otherwise` and the reason, for one that is cut off or has another."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise Lost(f"{otherwise} ({where:.60}: {first['msg']:.80})") from None
