"""How each server words things: errors and their headers, the envelope of an answer, what it says of itself.

From their documentation and code, and from bodies seen in public issues: OpenAI (error codes guide; the body of
`unsupported_parameter`), vLLM (ErrorResponse; max_model_len in /v1/models), Ollama (openai/openai.go; /api/ps),
llama.cpp (tools/server; ggml-org/llama.cpp#15780), LiteLLM (proxy error reference).
"""

from __future__ import annotations

import math
from typing import Any

from fake_gemini.config import to_bytes
from fake_gemini.errors import Reply

from fake_openai.config import ChatConfig

TYPES = {
    "openai": {400: "invalid_request_error", 401: "invalid_request_error", 404: "invalid_request_error"},
    "vllm": {400: "BadRequestError", 401: "AuthenticationError", 404: "NotFoundError", 500: "InternalServerError"},
    "ollama": {400: "invalid_request_error", 404: "not_found_error"},
    "llamacpp": {400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error"},
    "litellm": {401: "auth_error", 404: "invalid_request_error", 429: "throttling_error"},
}
OTHERWISE = {"openai": "server_error", "vllm": "BadRequestError", "ollama": "api_error", "llamacpp": "server_error"}
FINISHES = {"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "content_filter", "RECITATION": "content_filter"}


def error(dialect: str, status: int, message: str, code: str | None = None, **more: Any) -> Reply:
    """An error in the words of a server. code: OpenAI's; more: what else stands in it."""
    kind = TYPES[dialect].get(status, OTHERWISE.get(dialect))
    if dialect == "vllm":  # flat, as it was for long
        return Reply(
            status, to_bytes({"object": "error", "message": message, "type": kind, "param": None, "code": status})
        )
    content: dict[str, Any] = {"message": message, "type": more.pop("type", kind), "param": None, "code": code}
    if dialect == "llamacpp":
        content = {"code": status, "message": message, "type": content["type"]}
    elif dialect == "litellm":
        content |= {"message": f"litellm.{kind or 'APIError'}: {message}", "code": str(status)}
    return Reply(status, to_bytes({"error": content | more}))


def too_long(dialect: str, context: int, prompt: int, wanted: int) -> Reply:
    """That prompt and answer do not fit into the context."""
    words = (
        f"This model's maximum context length is {context} tokens. However, you requested {prompt + wanted} tokens "
        f"({prompt} in the messages, {wanted} in the completion). Please reduce the length of the messages."
    )
    if dialect == "llamacpp":
        words = "the request exceeds the available context size, try increasing it"
        kind = "exceed_context_size_error"
        return error(dialect, 400, words, type=kind, n_prompt_tokens=prompt, n_ctx=context)
    return error(dialect, 400, words, "context_length_exceeded")


def no_model(dialect: str, model: str) -> Reply:
    """That the model is not known."""
    if dialect == "ollama":
        return error(dialect, 404, f'model "{model}" not found, try pulling it first')
    if dialect == "litellm":
        return error(dialect, 400, f"Invalid model name passed in model={model}. Call `/v1/models` to view them.")
    return error(dialect, 404, f"The model `{model}` does not exist.", "model_not_found")


def no_money(dialect: str) -> Reply:
    """That there is no money left."""
    if dialect == "litellm":
        return error(dialect, 400, "Budget has been exceeded! Current cost: 5.1, Max budget: 5", type="budget_exceeded")
    words = "You exceeded your current quota, please check your plan and billing details."
    return error(dialect, 429, words, "insufficient_quota", type="insufficient_quota")


def too_much(config: ChatConfig, model: str, delay: float | None) -> Reply:
    """A 429, with a wait where one is named."""
    words = f"Rate limit reached for {model} on requests per min (RPM): Limit 3, Used 3, Requested 1."
    reply = error(config.dialect, 429, words, "rate_limit_exceeded", type="requests")
    if delay is not None:
        heads = [f"retry-after: {math.ceil(delay)}", f"retry-after-ms: {delay * 1000:.0f}"]
        if config.dialect == "openai":
            heads += ["x-ratelimit-remaining-requests: 0", f"x-ratelimit-reset-requests: {delay * 1000:.0f}ms"]
        reply.headers = "".join(f"{head}\r\n" for head in heads).encode()
    return reply


def completion(config: ChatConfig, model: str, text: str, finish: str, usage: dict[str, int]) -> dict[str, Any]:
    """The envelope of an answer, as Gemini's fields have it."""
    prompt, written = usage.get("promptTokenCount", 0), usage.get("candidatesTokenCount", 0)
    thoughts = usage.get("thoughtsTokenCount", 0)
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if config.thoughts == "field":
        message["reasoning" if config.dialect == "ollama" else "reasoning_content"] = "I think {of} it."
    elif config.thoughts == "inline":
        message["content"] = f"<think>\nI think {{of}} it.\n</think>\n\n{text}"
    if config.dialect == "openai":
        message["refusal"] = None
    counts: dict[str, Any] = {"prompt_tokens": prompt, "completion_tokens": written + thoughts}
    counts["total_tokens"] = sum(counts.values())
    if config.dialect == "openai":
        counts["prompt_tokens_details"] = {"cached_tokens": 0}
        counts["completion_tokens_details"] = {"reasoning_tokens": thoughts}
    choice = {"index": 0, "message": message, "finish_reason": FINISHES.get(finish, finish.lower())}
    served = config.model_versions.get(model, model)
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": served}
    return head | {"choices": [choice]} | ({"usage": counts} if config.usage else {})


def about(config: ChatConfig, path: str, models: list[str]) -> dict[str, Any] | None:
    """What the server says of itself at a path; None where there is nothing."""
    owner = config.owner or {"llamacpp": "llamacpp", "ollama": "library", "vllm": "vllm"}.get(config.dialect, "openai")
    if path == "/v1/models":
        rows = [{"id": model, "object": "model", "created": 0, "owned_by": owner} for model in models]
        if config.dialect == "vllm" and config.context:
            rows = [row | {"max_model_len": config.context} for row in rows]
        return {"object": "list", "data": rows}
    if path == "/props" and config.dialect == "llamacpp":
        return {"default_generation_settings": {"n_ctx": config.context}, "total_slots": 1}
    if path == "/api/ps" and config.dialect == "ollama":
        return {"models": [{"name": model, "context_length": config.context} for model in models]}
    return None
