"""A local HTTP server that speaks OpenAI's chat completions, as OpenAI, vLLM, Ollama, llama.cpp or LiteLLM does.

It is `fake_gemini` behind another wire: a request is translated into one of Gemini's, the same brain answers it with
the same limits, faults and counts, and the reply is translated back. So two runs that ask the same get the same,
whichever wire they came by.

    config    what can be set besides the fields of fake_gemini's Config
    schemas   what a server does with a schema: finds it, checks it, fills it in
    dialects  the words of each server: errors, headers, usage, what it says of itself
    server    the translation
    client    `FakeOpenAI`
"""

from fake_openai.client import FakeOpenAI

__all__ = ["FakeOpenAI"]
