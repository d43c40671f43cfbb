"""What can be set on the server besides what `fake_gemini` knows."""

from dataclasses import dataclass

from fake_gemini.config import Config

DIALECTS = ("openai", "vllm", "ollama", "llamacpp", "litellm")
# What a server does with a schema given as response_format: enforces it and shows it to the model; enforces it unseen;
# takes it and does nothing; says no; honours it if no list has an entry of its own for each place and the whole is no
# choice; and one whose model keeps to no schema, wherever it stands.
SCHEMAS = ("honours", "hidden", "ignores", "refuses", "plain", "never")


@dataclass(frozen=True)
class ChatConfig(Config):
    """refusal_status, refusal: what a server that refuses response_format says. prose: answers stand in prose.
    wants_key: if a key is asked for. context: tokens of prompt and answer together; None is no limit, not told.
    old_words: takes max_tokens (False: wants max_completion_tokens). takes_effort: takes reasoning_effort. thoughts:
    how thinking comes back (field, inline, or not at all).
    """

    dialect: str = "openai"
    schemas: str = "honours"
    refusal_status: int = 404
    refusal: str = "response_format is not available here."
    prose: bool = False
    wants_key: bool = True
    context: int | None = None
    old_words: bool = True
    takes_effort: bool = True
    thoughts: str | None = None
    owner: str | None = None  # of its models, where it is not the dialect's own
    usage: bool = True  # counts tokens
    remaining: int | None = None  # requests left, as the headers of each answer say

    def _check(self) -> None:
        super()._check()
        if self.dialect not in DIALECTS or self.schemas not in SCHEMAS:
            raise ValueError(f"dialect {self.dialect!r} or schemas {self.schemas!r} is not known")
