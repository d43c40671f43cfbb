"""The translation: a chat completion is asked of the brain in Gemini's words, and its reply put into OpenAI's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fake_gemini.config import encode_json, to_bytes
from fake_gemini.connection import Connection, Exchange, Request
from fake_gemini.errors import Reply
from fake_gemini.server import Server

from fake_openai import dialects, schemas
from fake_openai.config import ChatConfig

CHAT = "/v1/chat/completions"
PROSE = "Of course! Here is what you asked for:\n\n{}\n\nLet me know if you need anything else."


@dataclass
class Chat:
    """A chat completion on its way."""

    model: str
    prompt: str
    tokens: int
    effective: dict[str, Any] | None  # the schema that the answer keeps to
    sees: bool
    body: dict[str, Any] = field(repr=False)


class ChatServer(Server):
    """`fake_gemini.server.Server` behind OpenAI's wire; what it counts and how it fails is the same."""

    config: ChatConfig

    def handle(self, connection: Connection, request: Request) -> None:
        if request.path in ("/stats", "/configure", "/reset"):
            super().handle(connection, request)
            return
        if request.path != CHAT:
            self._say_about(connection, request)
            return
        chat, refusal = self._read(request)
        if refusal is not None or chat is None:
            self.stats.other_requests["refused"] += 1
            connection.send(refusal or Reply(400, b"{}"))
        elif "```json" not in chat.prompt:
            self.stats.other_requests["test"] += 1
            connection.send(self._filled(chat))
        else:
            connection.chat = chat  # type: ignore[attr-defined]
            super().handle(connection, self._translated(request, chat))

    def _say_about(self, connection: Connection, request: Request) -> None:
        self.stats.other_requests["about"] += 1
        content = dialects.about(self.config, request.path, self.config.models or ["small"])
        found = Reply(200, to_bytes(content)) if content is not None else Reply(404, b'{"detail":"Not Found"}')
        connection.send(found)

    # --- the way in ---

    def _read(self, request: Request) -> tuple[Chat | None, Reply | None]:
        """The chat completion that is asked for, or why it is refused."""
        config, key = self.config, request.headers.get(b"authorization", b"").decode().removeprefix("Bearer ")
        if config.wants_key and (not key or (config.keys is not None and key not in config.keys)):
            return None, dialects.error(config.dialect, 401, f"Incorrect API key provided: {key[:4]}***.")
        body = json.loads(request.body)
        model, prompt = body["model"], "".join(message["content"] for message in body["messages"])
        if config.models is not None and model not in config.models:
            return None, dialects.no_model(config.dialect, model)
        if refusal := self._refused_setting(body):
            return None, refusal
        tokens = body.get("max_tokens") or body.get("max_completion_tokens") or 0
        if config.context and (length := len(prompt) // 4) + tokens > config.context:
            return None, dialects.too_long(config.dialect, config.context, length, tokens)
        form, written = schemas.given(body), schemas.shown(prompt)
        enforced = form if config.schemas in ("honours", "hidden", "plain") else None
        effective = None if config.schemas == "never" else enforced or written
        sees = bool(written) or config.schemas in ("honours", "plain")
        return Chat(model, prompt, tokens, effective, sees, body), None

    def _refused_setting(self, body: dict[str, Any]) -> Reply | None:
        config = self.config
        if "max_tokens" in body and not config.old_words:
            words = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
            return dialects.error(config.dialect, 400, words, "unsupported_parameter")
        if "reasoning_effort" in body and not config.takes_effort:
            words = "Unsupported parameter: 'reasoning_effort' is not supported with this model."
            return dialects.error(config.dialect, 400, words, "unsupported_parameter")
        if (form := schemas.given(body)) is None:
            return None
        if config.schemas == "refuses":
            return dialects.error(config.dialect, config.refusal_status, config.refusal)
        if (config.schemas == "plain" or config.dialect == "openai") and not schemas.is_plain(form):
            words = "Invalid schema for response_format: array schema missing items, or the root is not an object."
            return dialects.error(config.dialect, 400, words)
        if config.dialect == "openai" and (complaint := schemas.complaint(form)):
            words = (
                f"Invalid schema for response_format '{body['response_format']['json_schema']['name']}': {complaint}"
            )
            return dialects.error(config.dialect, 400, words)
        return None

    def _translated(self, request: Request, chat: Chat) -> Request:
        settings: dict[str, Any] = {"maxOutputTokens": chat.tokens}
        if chat.effective:
            settings |= {"responseMimeType": "application/json", "responseJsonSchema": chat.effective}
        start = chat.prompt.rindex("```json")  # only the data: what stands before them is not the same on both wires
        content = {"contents": [{"parts": [{"text": "\n" + chat.prompt[start:]}]}], "generationConfig": settings}
        path = f"/v1beta/models/{quote(chat.model, safe='')}:generateContent"
        headers = {**request.headers, b"x-goog-api-key": b"any"}
        if self.config.keys:
            headers[b"x-goog-api-key"] = self.config.keys[0].encode()
        return Request("POST", path, "", headers, to_bytes(content))

    def _check_model(self, model: str) -> None:
        """It was checked on the way in."""

    # --- the way out ---

    def _filled(self, chat: Chat) -> Reply:
        text = "I would rather talk about birds."
        if chat.effective:
            text = encode_json(schemas.filled(chat.effective, chat.sees))
        usage = {"promptTokenCount": len(chat.prompt) // 4, "candidatesTokenCount": len(text) // 4}
        return Reply(200, to_bytes(dialects.completion(self.config, chat.model, self._wrapped(text), "STOP", usage)))

    def _wrapped(self, text: str) -> str:
        return PROSE.format(text) if self.config.prose else text

    def finish(self, exchange: Exchange, reply: Reply) -> None:
        if exchange.operation == "generate_content":
            self._put_into_words(exchange.connection.chat, reply)  # type: ignore[attr-defined]
        super().finish(exchange, reply)

    def _put_into_words(self, chat: Chat, reply: Reply) -> None:
        try:
            content = json.loads(reply.body)
        except ValueError:
            return  # broken on its way
        if reply.status != 200:
            said = self._refusal(chat, reply.status, content)
            reply.body, reply.headers, reply.status = said.body, said.headers or reply.headers, said.status
            return
        if not isinstance(content, dict) or not isinstance(content.get("candidates", []), list):
            return  # an odd envelope is as odd here
        candidate = (content.get("candidates") or [{"finishReason": "SAFETY"}])[0]
        parts = candidate.get("content", {}).get("parts") or []
        text = "".join(part.get("text") or "" for part in parts if not part.get("thought"))
        if not chat.effective:
            text, reply.well = "It depends on the context.", False
        elif not chat.sees:
            text, reply.well = encode_json(schemas.filled(chat.effective, False)), False
        finish, usage = candidate.get("finishReason", "STOP"), content.get("usageMetadata") or {}
        words = dialects.completion(self.config, chat.model, self._wrapped(text), finish, usage)
        reply.body = to_bytes(words)
        if self.config.remaining is not None:
            heads = f"x-ratelimit-remaining-requests: {self.config.remaining}\r\nx-ratelimit-reset-requests: 300ms\r\n"
            reply.headers += heads.encode()

    def _refusal(self, chat: Chat, status: int, content: Any) -> Reply:
        message = str(content["error"]["message"]) if isinstance(content, dict) and content.get("error") else "error"
        if status == 429 and "spending cap" in message:
            return dialects.no_money(self.config.dialect)
        if status == 429:
            wait = re.search(r'"retryDelay": "([\d.]+)s"', json.dumps(content))
            return dialects.too_much(self.config, chat.model, float(wait[1]) if wait else None)
        return dialects.error(self.config.dialect, status, message)
