"""A relay before the fake server, which brings its good answers in every way that servers have been seen to bring them:
wrapped, misplaced, broken, packed, in drips. A *mood* makes of a chat completion the bytes that go over the wire.
"""

import gzip
import itertools
import json
import socketserver
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Mood = Callable[[dict[str, Any]], "bytes | list[bytes]"]  # parts are sent one by one, with a pause


def http(body: bytes, status: int = 200, media: str = "application/json", **headers: str) -> bytes:
    """A whole reply. headers: further ones, `_` for `-`."""
    lines = [f"HTTP/1.1 {status} So", f"content-type: {media}", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def packed(completion: dict[str, Any]) -> bytes:
    """In JSON, in HTTP."""
    return http(json.dumps(completion).encode())


def text(change: Callable[[str], str]) -> Mood:
    """A mood of the answer's text."""

    def mood(completion: dict[str, Any]) -> bytes:
        message = completion["choices"][0]["message"]
        message["content"] = change(message["content"])
        return packed(completion)

    return mood


def message(change: Callable[[str], dict[str, Any]]) -> Mood:
    """A mood of the message that holds the answer."""

    def mood(completion: dict[str, Any]) -> bytes:
        choice = completion["choices"][0]
        choice["message"] = {"role": "assistant"} | change(choice["message"]["content"])
        return packed(completion)

    return mood


def finish(reason: str | None) -> Mood:
    """A word for why the model ended."""

    def mood(completion: dict[str, Any]) -> bytes:
        completion["choices"][0]["finish_reason"] = reason
        return packed(completion)

    return mood


def whole(**fields: Any) -> Mood:
    """A mood of the whole completion."""
    return lambda completion: packed(completion | fields)


def always(reply: bytes | list[bytes]) -> Mood:
    """The same to everything."""
    return lambda _: reply


def _chunked(completion: dict[str, Any]) -> list[bytes]:
    body = json.dumps(completion).encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    parts = [body[at : at + 97] for at in range(0, len(body), 97)]
    return [head, *(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts), b"0\r\n\r\n"]


def _gzipped(completion: dict[str, Any]) -> bytes:
    return http(gzip.compress(json.dumps(completion).encode()), content_encoding="gzip")


END = b""  # the connection is closed


def closing(completion: dict[str, Any]) -> list[bytes]:
    """The connection is closed after each reply, and not said to be."""
    return [packed(completion), END]


def _old(completion: dict[str, Any]) -> list[bytes]:
    return [b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + json.dumps(completion).encode(), END]


def cut(completion: dict[str, Any]) -> list[bytes]:
    """The connection ends in the middle of the reply."""
    return [packed(completion)[:-60], END]


def dripping(completion: dict[str, Any]) -> list[bytes]:
    """A byte now and then, without end."""
    reply = packed(completion)
    return [reply[:90], *(b" " for _ in range(800)), END]


def streamed(media: str) -> Mood:
    """Server-sent events, which nobody asked for."""

    def mood(completion: dict[str, Any]) -> bytes:
        choice = completion["choices"][0]
        delta = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": choice["message"]}]}
        return http(f"data: {json.dumps(delta)}\n\ndata: [DONE]\n\n".encode(), media=media)

    return mood


def _think(answer: str) -> str:
    return f'<think>Should it be {{"parent": "X"}}? Or {answer[:9]}…\n</think>\n\n{answer}'


def _tool_call(answer: str) -> dict[str, Any]:
    return {"id": "call_1", "type": "function", "function": {"name": "json_tool_call", "arguments": answer}}


def _object(answer: str) -> Any:
    return json.loads(answer)


def _marked(completion: dict[str, Any]) -> bytes:
    return http(b"\xef\xbb\xbf" + json.dumps(completion).encode())


def _parted(answer: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": answer[:7]}, {"type": "text", "text": answer[7:]}]


# Answers that are whole, however they come.
GOOD: dict[str, Mood] = {
    "thoughts in the text": text(_think),
    "thoughts whose start is in the prompt": text(lambda answer: f"I think {{so}}.</think>{answer}"),
    "fence": text(lambda answer: f"```json\n{answer}\n```"),
    "fence in prose": text(lambda answer: f"Sure:\n\n```json\n{answer}\n```\nAnything else?"),
    "fence, then prose": text(lambda answer: f"```json\n{answer}\n```\n\nThis is so because of …"),
    "fence of JavaScript": text(lambda answer: f"```js\n{answer}\n```"),
    "byte order mark and blanks": text(lambda answer: f"\ufeff\n {answer}\n\n"),
    "indented": text(lambda answer: json.dumps(json.loads(answer), indent=4)),
    "parts": message(lambda answer: {"content": _parted(answer)}),
    "thoughts in a field": message(lambda answer: {"content": answer, "reasoning_content": "Well."}),
    "answer in the field of thoughts": message(lambda answer: {"content": None, "reasoning_content": answer}),
    "answer in another field of thoughts": message(lambda answer: {"content": "", "reasoning": f"\n{answer}"}),
    "answer in the call of a tool": message(lambda answer: {"content": None, "tool_calls": [_tool_call(answer)]}),
    "an object": message(lambda answer: {"content": _object(answer)}),
    "a list of texts": message(lambda answer: {"content": [answer[:7], answer[7:]]}),
    "a part": message(lambda answer: {"content": {"type": "text", "text": answer}}),
    "an object in the call of a tool": message(lambda answer: {"tool_calls": [_tool_call(_object(answer))]}),
    "the call of a function": message(lambda answer: {"content": None, "function_call": {"arguments": answer}}),
    "fence in prose with braces": text(lambda answer: f"For {{you}}:\n```json\n{answer}\n```\nOr {{not}}?"),
    "byte order mark before all": _marked,
    "an end of sequence": finish("eos"),
    "a reason that is no word": finish({"type": "stop"}),
    "fields of odd forms": message(lambda answer: {"content": answer, "refusal": False, "tool_calls": {}}),
    "a name that is none": whole(model={"id": "small"}),
    "a long name": whole(model="/models" * 50),
    "usage in words": whole(usage={"prompt_tokens": "many", "prompt_tokens_details": ""}),
    "usage of -1": whole(usage={"prompt_tokens": -1, "completion_tokens": 0.5}),
    "usage of a text": whole(usage="none"),
    "no reason": finish(None),
    "a reason in capitals": finish("STOP"),
    "no usage": whole(usage=None),
    "usage of nulls": whole(usage={"prompt_tokens": None, "completion_tokens": None, "prompt_tokens_details": None}),
    "another name": whole(model="/models/Small-7B-Q4_K_M.gguf"),
    "fields that nobody knows": whole(timings={"a": 1.5}, service_tier=None, prompt_logprobs=None, error=None),
    "chunked": _chunked,
    "gzip": _gzipped,
    "HTTP/1.0 without a length": _old,
}


def changing() -> Mood:
    """Another of the good moods at each call, and one call in fifteen is cut."""
    calls, moods = itertools.count(1), list(GOOD.values())

    def mood(completion: dict[str, Any]) -> "bytes | list[bytes]":
        call = next(calls)
        return cut(completion) if call % 15 == 0 else moods[call % len(moods)](completion)

    return mood


# Answers that are no JSON, or of another shape: the model keeps to no schema.
USELESS: dict[str, Mood] = {
    "a dict of Python": text(lambda answer: repr(json.loads(answer))),
    "trailing comma": text(lambda answer: f"{answer[:-1]},}}"),
    "comment": text(lambda answer: f"{{ // here it is\n{answer[1:]}"),
    "NaN": text(lambda answer: f'{answer[:-1]}, "share": NaN}}'),
    "in a list": text(lambda answer: f"[{answer}]"),
    "under a key": text(lambda answer: f'{{"answer": {answer}}}'),
    "in a string": text(json.dumps),
    "keys in another case": text(lambda answer: json.dumps({k.title(): v for k, v in json.loads(answer).items()})),
    "two objects": text(lambda answer: f'As in {{"a": 1}} it is {answer}'),
    "half of it": text(lambda answer: answer[: len(answer) // 2]),
    "nothing but thoughts": message(lambda answer: {"content": None, "reasoning_content": f"Is it {answer}"}),
    "two tools": message(lambda answer: {"content": None, "tool_calls": [_tool_call(answer)] * 2}),
    "cut off by the server": finish("length"),
    "filtered": finish("content_filter"),
}


def said(words: str, status: int, **more: Any) -> Mood:
    """An error in OpenAI's form."""
    body = {"error": {"message": words, "type": "error", "param": None, "code": None} | more}
    return always(http(json.dumps(body).encode(), status=status))


def page(status: int, words: str) -> Mood:
    """A page of a proxy."""
    return always(http(f"<html><title>{words}</title><hr>nginx</html>".encode(), status=status, media="text/html"))


LITELLM_NO_MODEL = (
    "{'error': '/chat/completions: Invalid model name passed in model=small. Call `/v1/models` to view available …'}"
)
LITELLM_COOLS = "No deployments available for selected model, Try again in 60 seconds. Passed model=small."
OPENAI_COOLS = "Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000. Please try again in 2.1s."
IN_CHOICE = b'{"choices": [{"error": {"code": 502, "message": "upstream died"}, "finish_reason": "error"}]}'
OLLAMA_FULL = "model requires more system memory (5.3 GiB) than is available (4.4 GiB)"

# What is no answer: (mood, how it is called, what is said of it).
NO_ANSWER: dict[str, tuple[Mood, str, str]] = {
    "cut": (cut, "Lost", "peer closed connection"),
    "a stream": (streamed("text/event-stream; charset=utf-8"), "Fatal", "streams its answers"),
    "a stream that is called JSON": (streamed("application/json"), "Fatal", "streams its answers"),
    "502": (page(502, "502 Bad Gateway"), "Lost", "502: 502 Bad Gateway nginx"),
    "504": (page(504, "504 Gateway Time-out"), "Lost", "504: 504 Gateway Time-out"),
    "503 without a word": (always(http(b"", status=503)), "Lost", "503"),
    "a page to log in": (page(200, "Log in"), "Fatal", "is that the address of the API"),
    "413": (page(413, "413 Too Large"), "Fatal", "takes no question: 413"),
    "nothing": (always(http(b"")), "Lost", "no chat completion"),
    "null": (always(http(b"null")), "Fatal", "no chat completion"),
    "Ollama's own words": (always(http(b'{"message": {"content": "{}"}}')), "Fatal", "has no choices"),
    "half of a JSON": (always(http(b'{"choices": [')), "Lost", "no chat completion"),
    "a stream with a comment": (always(http(b": PROCESSING\n\ndata: {}\n\n")), "Fatal", "streams its answers"),
    "a stream of lines": (always(http(b"{}\n{}\n", media="application/x-ndjson")), "Fatal", "streams its answers"),
    "an error in a choice": (always(http(IN_CHOICE)), "Lost", "502: upstream died"),
    "an error with status 200": (always(http(b'{"error": {"message": "slow", "code": 429}}')), "Throttled", "429"),
    "Ollama loads": (said("model is loading", 503), "Lost", "503: model is loading"),
    "Ollama has no room": (said(OLLAMA_FULL, 500), "Fatal", "cannot load the model 'small': model requires more"),
    "Ollama has none": (said('model "small" not found, try pulling it first', 404), "Fatal", "serves no model"),
    "Ollama does not chat": (said('"small" does not support chat', 400), "Fatal", "does not support chat"),
    "vLLM wants a key": (always(http(b'{"error":"Unauthorized"}', status=401)), "Fatal", "refuses the key"),
    "LiteLLM has none": (said(LITELLM_NO_MODEL, 400, code="400"), "Fatal", "serves no model"),
    "LiteLLM cools down": (said(LITELLM_COOLS, 429, type="None", code="429"), "Throttled", "60"),
    "OpenAI cools down": (said(OPENAI_COOLS, 429, type="tokens"), "Throttled", "2.1"),
    "the key comes back": (said("Incorrect API key provided: sk-Secret-0123456789.", 401), "Fatal", "refuses the key"),
}


class _Handler(socketserver.StreamRequestHandler):
    server: "Hostile"

    def handle(self) -> None:
        while request := self.rfile.readline():
            headers = {}
            while line := self.rfile.readline().strip():
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            body = self.rfile.read(int(headers.get("content-length", 0)))
            if request.startswith(b"GET"):
                self.wfile.write(http(b"<html><h1>404</h1></html>", status=404, media="text/html"))
                continue
            reply = self.server.answer(body, headers)
            try:
                if isinstance(reply, list):
                    for part in reply:
                        self.wfile.write(part)
                        time.sleep(0.005)
                    if reply[-1] == END:
                        return
                else:
                    self.wfile.write(reply)
            except OSError:
                return


class Hostile(socketserver.ThreadingTCPServer):
    """Relays chat completions to `address`, and brings the answers in its mood; keeps how often it was asked."""

    daemon_threads = True

    def __init__(self, address: str):
        super().__init__(("127.0.0.1", 0), _Handler)
        self._upstream, self.mood, self.calls = address, packed, 0

    @property
    def address(self) -> str:
        """What is set as base_url."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def be(self, mood: Mood) -> None:
        """Be in a mood from now on."""
        self.mood, self.calls = mood, 0

    def environment(self) -> dict[str, str]:
        """What leads to it."""
        return {"OPENAI_BASE_URL": self.address, "OPENAI_API_KEY": "sk-Secret-0123456789", "NO_PROXY": "127.0.0.1"}

    def answer(self, body: bytes, headers: dict[str, str]) -> "bytes | list[bytes]":
        """The reply to a chat completion, in its mood; what the fake refuses goes through as it is."""
        self.calls += 1
        given = {"content-type": "application/json", "authorization": headers.get("authorization", "")}
        request = urllib.request.Request(f"{self._upstream}/chat/completions", body, given)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return self.mood(json.loads(reply.read()))
        except urllib.error.HTTPError as error:
            return http(error.read(), status=error.code)


@contextmanager
def hostile(address: str) -> Iterator[Hostile]:
    """A hostile relay while the block runs."""
    with Hostile(address) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
