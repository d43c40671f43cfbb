"""Base class and number types of the configuration's sections."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

Fraction = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(ge=0.1, le=86_400)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def null_on_the_command_line(cls, given: Any) -> Any:
        """Turn the string "null" into None: Snakemake passes on `--config x='{a: null}'` as a string."""
        return {k: None if v == "null" else v for k, v in given.items()} if isinstance(given, dict) else given
