"""`FakeOpenAI`: starts the server in a process of its own, and asks it what it saw."""

from __future__ import annotations

import os
from pathlib import Path

from fake_gemini import FakeGemini

from fake_openai.config import ChatConfig

KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL")


class FakeOpenAI(FakeGemini):
    """As `FakeGemini`; keywords are the fields of `ChatConfig`."""

    config_type = ChatConfig
    folder = Path(__file__).resolve().parent

    @property
    def address(self) -> str:
        """What is set as base_url."""
        return f"{self.url}/v1"

    def environment(self, key: str = "test") -> dict[str, str]:
        ours = {"OPENAI_BASE_URL": self.address, "NO_PROXY": "127.0.0.1"} | ({"OPENAI_API_KEY": key} if key else {})
        return {name: value for name, value in os.environ.items() if name not in KEYS} | ours
