"""Any model behind an OpenAI-compatible endpoint: OpenAI, vLLM, Ollama, llama.cpp, LiteLLM and others."""

from rootward.curators.openai.model import OpenAI

__all__ = ["OpenAI"]
