"""What an endpoint can do, as found by a probe, and stored beside the answer cache."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TextIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rootward.curators.openai.errors import ErrorBody
from rootward.curators.questions import digest
from rootward.curators.settings import ModelSettings
from rootward.files import write_text

SMALL = 16_384  # tokens of a context
TokensKey = Literal["max_tokens", "max_completion_tokens"]


class Abilities(BaseModel):
    """takes_format: it accepts `response_format`; takes_detail: and with it the detailed schema of a small model;
    enforces: its answer followed a schema given only there; shown: the schema must be in the prompt, too;
    takes_thinking: it accepts `reasoning_effort`; tokens_key: its name for the maximum tokens of an answer; context:
    tokens of prompt and answer together, None if unknown; output: the maximum tokens of an answer, None if no request
    was refused for it; served_as: the model's name in its replies.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    takes_format: bool = True
    takes_detail: bool = True
    enforces: bool = False
    shown: bool = False
    takes_thinking: bool = True
    tokens_key: TokensKey = "max_tokens"
    context: int | None = Field(None, ge=1)
    output: int | None = Field(None, ge=1)
    served_as: str | None = None

    @property
    def is_small(self) -> bool:
        """Whether answers are kept short, because the context is that of a small model."""
        return self.context is not None and self.context <= SMALL

    def after(self, code: int, body: ErrorBody) -> "Abilities":
        """What is known after a refusal: the context is shorter, answers must be shorter, or a schema is refused
        although a simpler one was accepted.
        """
        if code == 429 or (code >= 500 and not (code == 500 and body.is_about_format)):  # llama.cpp, Ollama
            return self
        if body.context:
            return self.model_copy(update={"context": min(body.context, self.context or body.context)})
        if body.output:
            return self.model_copy(update={"output": min(body.output, self.output or body.output)})
        return self.without_format() if self.takes_format and body.is_about_format else self

    def without_format(self) -> "Abilities":
        """Without what was refused of `response_format`: the detailed schema if there was one, otherwise any schema."""
        if self.is_small and self.takes_detail:
            return self.model_copy(update={"takes_detail": False})
        return self.model_copy(update={"takes_format": False, "shown": True})

    def lines(self, name: str, thinking: str | None) -> list[str]:
        """For people: what was found, and how Rootward deals with it."""
        schema = (
            "kept to, given as response_format"
            if self.enforces
            else "kept to, shown in the prompt"
            if self.takes_format
            else "response_format refused; kept to, shown in the prompt"
        )
        seen = "; enforced without being seen, so the prompt shows it as well" if self.enforces and self.shown else ""
        refused = f"{thinking}: refused, left out" if thinking and not self.takes_thinking else thinking or "not set"
        context = f"{self.context:,} tokens" if self.context else "not told; found out when a prompt is too long"
        answers = f" (answers as {self.served_as})" if self.served_as else ""
        return [f"{name}{answers}", f"  schema    {schema}{seen}", f"  thinking  {refused}", f"  context   {context}"]


class Kept:
    """The abilities of one endpoint, model and thinking level in a file of the folder; None to store nothing."""

    def __init__(self, folder: Path | None, model: ModelSettings):
        identity = [model.get("base_url"), model["id"], model["thinking"]]
        self._path = folder / f"{digest(identity)[:16]}.json" if folder else None

    def read(self) -> Abilities | None:
        """The stored abilities; None if there are none or they are damaged."""
        if self._path is None:
            return None
        try:
            return Abilities.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return None

    def write(self, abilities: Abilities) -> None:
        """Store them. If the folder is not writable, every process has to probe again, and nothing else is lost."""
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self._path, abilities.model_dump_json(indent=2) + "\n")
        except OSError:
            pass

    @contextmanager
    def alone(self) -> Iterator["Probing"]:
        """While the block runs, no other process probes the same."""
        since, file = time.time(), self._locked()
        if file is None:
            yield Probing(None, None)
            return
        with file:
            is_new = os.fstat(file.fileno()).st_mtime > since
            file.seek(0)
            yield Probing(file, (file.read() if is_new else None) or None)

    def _locked(self) -> TextIO | None:
        """A file locked against other processes; None if locking is not possible."""
        if self._path is None:
            return None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = open(self._path.with_suffix(".lock"), "a+", encoding="utf-8")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            return None
        return file


class Probing:
    """A probe that no other process makes at the same time. refused: its result, if it found the endpoint unusable."""

    def __init__(self, file: TextIO | None, refused: str | None):
        self._file, self.refused = file, refused

    def refuse(self, why: str) -> None:
        """Record the refusal for the processes that wait."""
        if self._file:
            self._file.truncate(0)
            self._file.write(why)
            self._file.flush()
