"""A real push service, and a real service to page, in one: both only take what is posted."""

from __future__ import annotations

import json
import os
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec

from harken.domain.notifications.services.ways import Browser


def text_of(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Post:
    """What came: where to, with which headers (lower case), and the body."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers `statuses` in turn, then 201."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """The server, on a free port of this machine."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.posts.append(Post(self.path, headers, body))
            self.send_response(made.statuses.pop(0) if made.statuses else 201)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


class Device:
    """A browser that subscribed: it alone can read what is sent to it (RFC 8291)."""

    def __init__(self, service: Receiver, name: str = "laptop") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        point = self._key.public_key().public_bytes(
            form.Encoding.X962, form.PublicFormat.UncompressedPoint
        )
        self.browser = Browser(f"{service.url}/{name}", text_of(point), text_of(self._auth), name)

    def read(self, post: Post) -> dict[str, str]:
        """What was in the sealed post."""
        opened = http_ece.decrypt(
            post.body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"
        )
        told: dict[str, str] = json.loads(opened)
        return told
