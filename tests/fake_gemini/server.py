"""The server's state, and one method for each operation."""

from __future__ import annotations

import asyncio
import json
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fake_gemini.answers import Curator
from fake_gemini.batches import Batches, Files, Job
from fake_gemini.config import CONTENT_FAULTS, REFUSALS, Config, chance, encode_json, to_bytes
from fake_gemini.connection import Connection, Exchange, Request, find_route
from fake_gemini.errors import ApiError, Reply, bad_request, invalid_key, missing_key, not_found
from fake_gemini.faults import FaultPlan, seconds_to_answer
from fake_gemini.limits import Limits
from fake_gemini.questions import Call, read_call, texts
from fake_gemini.reference import Reference
from fake_gemini.refusals import fault_error
from fake_gemini.stats import Log, Stats
from fake_gemini.unkind import spoil_wire
from fake_gemini.wire import generate_answer


class Server:
    """All state, and one method per operation, which returns its Reply, or None if that comes later."""

    def __init__(self, reference: Path, config: Config, log: Path | None = None) -> None:
        self.reference = Reference(reference, with_synonyms=config.synonyms)
        self.start_config = config
        self.log = Log(log)
        self.in_flight = 0
        self._forget(config)

    def _forget(self, config: Config) -> None:
        self.stats = Stats()
        self.files = Files()
        self.config = config
        self.curator = Curator(self.reference, config)
        self.faults = FaultPlan(config)
        self.limits = Limits(config)
        self.batches = Batches(self)

    # --- from request to reply ---

    def handle(self, connection: Connection, request: Request) -> None:
        """Answer a request, now or later."""
        operation, names = find_route(request.method, request.path)
        exchange = connection.exchange = Exchange(connection, operation, self.stats)
        if operation == "generate_content":
            self.in_flight += 1
            self.stats.arrived(request.path, exchange.started, self.in_flight)
        reply = self._guarded(self._operate, exchange, request, names)
        if reply is not None:
            self.finish(exchange, reply)

    def _guarded(self, produce: Callable[..., Reply | None], *arguments: Any) -> Reply | None:
        """The reply produced, or that of the error raised; a bug is shown, and answered with a 500."""
        try:
            return produce(*arguments)
        except ApiError as error:
            return error.reply
        except Exception as error:
            traceback.print_exc()
            return ApiError(500, "INTERNAL", f"The fake server failed: {error!r}").reply

    def _operate(self, exchange: Exchange, request: Request, names: tuple[str, ...]) -> Reply | None:
        if exchange.operation == "unknown":
            raise not_found(f"{request.method} {request.path} is not served here.")
        # The address that an upload was given is its permit: the SDK sends the chunks without a key.
        free = exchange.operation.startswith("control_") or "upload_id=" in request.query
        if not free:
            self._authorise(request)
        return getattr(self, exchange.operation)(exchange, request, *names)

    def _authorise(self, request: Request) -> None:
        key = request.headers.get(b"x-goog-api-key") or request.headers.get(b"authorization", b"")
        text = key.decode("latin-1").removeprefix("Bearer ") or request.parameters().get("key", "")
        if not text:
            raise missing_key()
        if self.config.keys is not None and text not in self.config.keys:
            raise invalid_key()

    def finish(self, exchange: Exchange, reply: Reply) -> None:
        """Account for a reply, then send it: a client that has it may read the stats at once."""
        stats, operation = exchange.stats, exchange.operation
        if operation == "generate_content":
            self.in_flight -= 1
            stats.replied(reply, exchange.call, time.time())
        elif not operation.startswith("control_"):
            stats.other_requests[operation] += 1
        if not operation.startswith("control_"):
            self.log.write(operation, 0 if reply.lost else reply.status, exchange.call, exchange.started)
        exchange.connection.exchange = None
        exchange.connection.send(reply)

    def abandon(self, exchange: Exchange) -> None:
        """The client has hung up before its reply."""
        if exchange.timer:
            exchange.timer.cancel()
        if exchange.operation == "generate_content":
            self.in_flight -= 1
            exchange.stats.abandoned += 1
        self.log.write(exchange.operation, 0, exchange.call, exchange.started, abandoned=True)

    # --- models ---

    def generate_content(self, exchange: Exchange, request: Request, model: str) -> Reply | None:
        self._check_model(model)
        call = exchange.call = read_call(model, request.body)
        exchange.stats.asked(call)
        self.limits.admit(model, call.prompt_tokens)
        self.faults.strike(call)
        exchange.stats.struck(call)
        if call.fault in REFUSALS:
            raise fault_error(call.fault, model, self.config)
        if call.fault == "hang":
            return None
        seconds = seconds_to_answer(call, self.config)
        if seconds <= 0:
            return self._answer(call)
        exchange.timer = asyncio.get_running_loop().call_later(seconds, self._answer_late, exchange)
        return None

    def _answer_late(self, exchange: Exchange) -> None:
        self.finish(exchange, self._guarded(self._answer, exchange.call))
        exchange.connection.advance()

    def _answer(self, call: Call) -> Reply:
        if error := fault_error(call.fault, call.model, self.config):
            return error.reply
        reply = generate_answer(call, self.curator)
        reply.lose(call.fault)
        return spoil_wire(reply, call.fault, self.config)

    def answer_row(self, job: Job, request: dict[str, Any]) -> dict[str, Any]:
        """One row of a batch job. Only faults of the content reach it; delivery is the job's own business."""
        started, call = time.time(), None
        self.stats.batch["rows"] += 1
        try:
            call = read_call(job.model, encode_json(request).encode("utf-8", "surrogatepass"))
            self.stats.asked(call)
            self.faults.strike(call)
            if call.fault not in CONTENT_FAULTS:
                call.fault = None
            self.stats.struck(call)
            if chance(self.config.seed, "row", call.digest, call.attempt) < self.config.batch_row_error:
                raise ApiError(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
            reply = generate_answer(call, self.curator)
        except ApiError as error:
            self.stats.batch["row_errors"] += 1
            self.log.write("batch_row", error.reply.status, call, started, job=job.name)
            return {"error": {"code": error.reply.status, "message": str(error)}}
        self.stats.delivered(reply, call)
        self.log.write("batch_row", reply.status, call, started, job=job.name)
        return {"response": json.loads(reply.body)}

    def count_tokens(self, exchange: Exchange, request: Request, model: str) -> Reply:
        self._check_model(model)
        try:
            body = json.loads(request.body)
            contents = body.get("contents") or body["generateContentRequest"]["contents"]
            characters = sum(map(len, texts(contents)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise bad_request(f"Invalid JSON payload received. {error!r}") from None
        return Reply(200, to_bytes({"totalTokens": characters // 4}))

    def model_get(self, exchange: Exchange, request: Request, model: str) -> Reply:
        self._check_model(model)
        return Reply(200, to_bytes(self._model(model)))

    def model_list(self, exchange: Exchange, request: Request) -> Reply:
        return Reply(200, to_bytes({"models": [self._model(model) for model in self.config.models or ()]}))

    def _model(self, model: str) -> dict[str, Any]:
        return {
            "name": f"models/{model}",
            "version": self.config.model_versions.get(model, model),
            "displayName": model,
            "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": ["generateContent", "countTokens", "batchGenerateContent"],
        }

    def _check_model(self, model: str) -> None:
        if self.config.models is not None and model not in self.config.models:
            raise not_found(
                f"models/{model} is not found for API version v1beta, or is not supported for "
                "generateContent. Call ListModels to see the list of available models and their supported "
                "methods."
            )

    # --- batch jobs and files ---

    def batch_create(self, exchange: Exchange, request: Request, model: str) -> Reply | None:
        self._check_model(model)
        fault = self.batches.creation_fault()
        if fault and (error := fault_error(fault, model, self.config)):
            raise error
        job = self.batches.create(model, request.body)
        if fault == "hang":
            return None
        reply = Reply(200, to_bytes(job.operation(with_output=False)))
        reply.lose(fault)
        return reply

    def batch_get(self, exchange: Exchange, request: Request, name: str) -> Reply:
        return Reply(200, to_bytes(self.batches.get(name).operation(with_output=True)))

    def batch_list(self, exchange: Exchange, request: Request) -> Reply:
        parameters = request.parameters()
        page = self.batches.page(int(parameters.get("pageSize", 50)), int(parameters.get("pageToken", 0)))
        return Reply(200, to_bytes(page))

    def batch_cancel(self, exchange: Exchange, request: Request, name: str) -> Reply:
        self.batches.cancel(name)
        return Reply(200, b"{}")

    def batch_delete(self, exchange: Exchange, request: Request, name: str) -> Reply:
        self.batches.cancel(name)
        del self.batches.jobs[name]
        return Reply(200, b"{}")

    def file_upload(self, exchange: Exchange, request: Request) -> Reply:
        """Both halves of a resumable upload: the start, which gives the address, and the chunks for it."""
        command = request.headers.get(b"x-goog-upload-command", b"")
        if command == b"start":
            host, upload_id = request.headers[b"host"].decode(), self.files.start_upload()
            address = f"http://{host}{request.path}?upload_id={upload_id}"
            headers = f"X-Goog-Upload-Status: active\r\nX-Goog-Upload-URL: {address}\r\n".encode()
            return Reply(200, b"{}", headers=headers)
        upload_id = request.parameters().get("upload_id", "")
        if upload_id not in self.files.uploads:
            raise not_found(f"Upload {upload_id} does not exist.")
        self.files.uploads[upload_id] += request.body
        if b"finalize" not in command:
            return Reply(200, b"{}", headers=b"X-Goog-Upload-Status: active\r\n")
        name = self.files.add(bytes(self.files.uploads.pop(upload_id)))
        body = to_bytes({"file": self.files.describe(name)})
        return Reply(200, body, headers=b"X-Goog-Upload-Status: final\r\n")

    def file_download(self, exchange: Exchange, request: Request, name: str) -> Reply:
        return Reply(200, self.files.read(name), content_type=b"application/octet-stream")

    def file_get(self, exchange: Exchange, request: Request, name: str) -> Reply:
        return Reply(200, to_bytes(self.files.describe(name)))

    def file_delete(self, exchange: Exchange, request: Request, name: str) -> Reply:
        self.files.read(name)
        del self.files.contents[name]
        return Reply(200, b"{}")

    # --- control ---

    def control_stats(self, exchange: Exchange, request: Request) -> Reply:
        with_items = request.parameters().get("items") == "1"
        return Reply(200, to_bytes(self.stats.as_dict(self.in_flight, with_items)))

    def control_configure(self, exchange: Exchange, request: Request) -> Reply:
        """Change the config and keep the stats. Only what is named starts anew: its counters, its windows."""
        changes = self._changes(request)
        config = self.config = self._checked(self.config, changes)
        self.curator = Curator(self.reference, config)
        self.faults.config = self.limits.config = config
        if "first_n" in changes:
            self.faults.arm_first(config.first_n)
        if "batch_first_n" in changes:
            self.batches.first_faults = dict(config.batch_first_n)
        if "batch_first_end" in changes:
            self.batches.first_ends = dict(config.batch_first_end)
        if not changes.keys().isdisjoint(("rpm", "tpm", "limit", "per_day")):
            self.limits = Limits(config)
        return Reply(200, b"{}")

    def control_reset(self, exchange: Exchange, request: Request) -> Reply:
        """Back to the config of the start, with the changes sent; stats, jobs and files are forgotten."""
        config = self._checked(self.start_config, self._changes(request))
        self.batches.close()
        self._forget(config)
        return Reply(200, b"{}")

    @staticmethod
    def _changes(request: Request) -> dict[str, Any]:
        try:
            return dict(json.loads(request.body or b"{}"))
        except (ValueError, TypeError) as error:
            raise bad_request(f"The changes are not a JSON object: {error}") from None

    @staticmethod
    def _checked(config: Config, changes: dict[str, Any]) -> Config:
        try:
            return config.updated(changes)
        except (ValueError, TypeError) as error:
            raise bad_request(str(error)) from None
