"""A real server that speaks chat completions as OpenAI's API reference describes them.

https://platform.openai.com/docs/api-reference/chat: bearer key, `model` and `messages` wanted,
a `chat.completion` with `choices` given, errors as `{"error": {...}}`. What it says is prepared by
the test; `python -m tests.servers.assistant PORT` plays one with canned help to look at.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-invented"


@dataclass
class Assistant:
    """What was asked, and what it answers.

    `says`: the text, or a function of the request. `fails`: statuses in turn instead of an answer.
    `raw`: bytes instead of any answer. `slow`: seconds before it answers.
    """

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    says: str | Callable[[dict[str, Any]], str] = "Certainly."
    finish: str = "stop"
    fails: list[int] = field(default_factory=list)
    raw: bytes | None = None
    slow: float = 0.0

    @property
    def heard(self) -> str:
        """Everything that left the house, in one text."""
        return "\n".join(said["content"] for request in self.asked for said in request["messages"])

    def completion(self, request: dict[str, Any]) -> dict[str, Any]:
        text = self.says(request) if callable(self.says) else self.says
        message = {"role": "assistant", "content": text, "refusal": None}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": request["model"],
            "choices": [
                {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish}
            ],
            "usage": {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21},
        }


def error(message: str, code: str) -> dict[str, Any]:
    return {
        "error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    }


def handler(made: Assistant) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, answer = self._answer(text)
            body = made.raw if made.raw is not None else json.dumps(answer).encode()
            time.sleep(made.slow)
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked may not wait
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def _answer(self, text: bytes) -> tuple[int, dict[str, Any]]:
            if self.path != "/v1/chat/completions":
                return 404, error(f"Unknown request URL: POST {self.path}", "unknown_url")
            if self.headers.get("authorization") != f"Bearer {KEY}":
                return 401, error("Incorrect API key provided.", "invalid_api_key")
            request = json.loads(text)
            if not request.get("model") or not request.get("messages"):
                return 400, error("you must provide a model parameter", "missing_required")
            if made.fails:
                return made.fails.pop(0), error("The engine is overloaded.", "overloaded")
            made.asked.append(request)
            return 200, made.completion(request)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def assistant(port: int = 0) -> Iterator[Assistant]:
    """The server on this machine, on a free port."""
    made = Assistant()
    server = ThreadingHTTPServer(("127.0.0.1", port), handler(made))
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _to_look_at(request: dict[str, Any]) -> str:
    task = request["messages"][0]["content"]
    if "You draft" in task:
        return (
            "Hello [name-1], your bag is on the list for tonight's flight from Lisbon. We bring it "
            "to your door tomorrow before noon. /Mika\nSources: 1"
        )
    if "Shorten" in task:
        return "Hello [name-1], your bag comes tomorrow before noon. /Mika"
    if "List what" in task:
        return "- When does the bag come?\n- Who pays for the toothbrush?"
    return "Hallo [name-1], uw koffer komt morgen. /Mika"


if __name__ == "__main__":
    with assistant(int(sys.argv[1])) as played:
        played.says = _to_look_at
        threading.Event().wait()
