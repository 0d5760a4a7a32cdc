"""A small desk on 127.0.0.1 for browser tests: real pages and scripts, a stage instead of a server.

It serves the gallery's desk under the product's own content policy, keeps a list of conversations
in memory, writes down what browsers ask, and sends live events. It can also go silent.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from harken.web.theme.environment import STATIC
from tests.web.theme import gallery

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Theatre(ThreadingHTTPServer):
    """The server, with the stage its requests play on."""

    daemon_threads = True
    stage: Stage


class Stage:
    """What the pretended server knows; tests change it and read `asked`."""

    def __init__(self):
        self.rows = {row["id"]: row for row in gallery.rows()}
        self.texts = {number: [row["excerpt"]] for number, row in self.rows.items()}
        self.history: list[tuple[str, dict[str, object]]] = []
        self.streams: list[queue.Queue[tuple[str, dict[str, object]] | None]] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.refuse_live = False
        self.overlap = 0
        self.answer_status = 200
        self.live_after = "10-1"
        self.lock = threading.Lock()
        self.server = Theatre(("127.0.0.1", 0), Handler)
        self.server.stage = self
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        for stream in list(self.streams):
            stream.put(None)
        self.server.shutdown()
        self.server.server_close()

    def cut(self):
        """End every open stream, as a restart would."""
        for stream in list(self.streams):
            stream.put(None)

    def happen(self, conversation, kind="message_received"):
        """Something happens in a conversation: recorded, and sent to whoever listens."""
        with self.lock:
            event = (
                f"20-{len(self.history) + 1}",
                {"kind": kind, "conversation": conversation},
            )
            self.history.append(event)
            for stream in self.streams:
                stream.put(event)

    def posts(self, path):
        return [
            fields for method, asked, fields in self.asked if method == "POST" and asked == path
        ]

    def render(self, template, **values):
        return gallery.JINJA.get_template(f"stage_{template}.html.j2").render(**values)

    def page(self, query):
        frame = {"live_after": self.live_after, "keys": query.get("keys") != "off"}
        return gallery.render(
            "gallery_desk.html.j2",
            query.get("theme", "light"),
            query.get("screen", "list"),
            rows=sorted(self.rows.values(), key=lambda row: row["order"]),
            filled=False,
            frame=frame,
        )

    def answer(self, path, query):
        """The HTML for a GET that is neither a file nor the stream."""
        if path == "/desk/":
            return self.page(query)
        if path == "/desk/rows/":
            ids = [int(one) for one in query.get("ids", "").split(",") if one] or list(self.rows)
            return self.render("rows", rows=[self.rows[one] for one in ids if one in self.rows])
        if path == "/desk/counts/":
            return self.render("counts")
        if path == "/desk/palette/":
            asked = query.get("q", "")
            return f'<li role="option" data-href="/desk/?found=1">Amara Okafor {asked}</li>'
        number = int(path.split("/")[3])
        template = "messages" if path.endswith("/messages/") else "pane"
        return self.render(template, row=self.rows[number], texts=self.texts[number])


class Handler(BaseHTTPRequestHandler):
    """One request; the stage hangs on the server."""

    server: Theatre

    protocol_version = "HTTP/1.1"

    @property
    def stage(self):
        return self.server.stage

    def log_message(self, *args):
        pass

    def reply(self, body, kind="text/html; charset=utf-8", status=200, **headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.stage.asked.append(("GET", parts.path, query))
        if parts.path.startswith("/static/"):
            file = STATIC / parts.path.removeprefix("/static/")
            found = file.read_bytes() if file.is_file() else b""
            return self.reply(found, TYPES.get(Path(file).suffix, "font/woff2"))
        if parts.path == "/live":
            return self.live(query)
        return self.reply(self.stage.answer(parts.path, query))

    def do_POST(self):
        size = int(self.headers.get("Content-Length", 0))
        given = parse_qs(self.rfile.read(size).decode(), keep_blank_values=True)
        fields = {key: values[0] for key, values in given.items()}
        path = urlsplit(self.path).path
        self.stage.asked.append(("POST", path, fields))
        if path.endswith("/answer/"):
            accepted = json.dumps({"harken:accepted": {"conversation": int(path.split("/")[3])}})
            extra = {"HX_Trigger": accepted} if self.stage.answer_status == 200 else {}
            return self.reply("", status=self.stage.answer_status, **extra)
        if path.endswith("/preview/"):
            return self.reply(f'<p data-left="{300 - len(fields["text"])}">seen</p>')
        return self.reply("", status=204)

    def live(self, query):
        if self.stage.refuse_live:
            return self.reply("", status=503)
        after = self.headers.get("Last-Event-ID") or query.get("after", "")
        mine: queue.Queue[tuple[str, dict[str, object]] | None] = queue.Queue()
        with self.stage.lock:
            position = int(after.split("-")[1]) if after.startswith("20-") else 0
            for event in self.stage.history[max(0, position - self.stage.overlap) :]:
                mine.put(event)
            self.stage.streams.append(mine)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self.wfile.write(b"retry: 200\n\n")
            self.flow(mine)
        except OSError:
            pass
        finally:
            self.stage.streams.remove(mine)

    def flow(self, mine):
        while True:
            try:
                event = mine.get(timeout=1)
            except queue.Empty:
                self.wfile.write(b": quiet\n\n")
                continue
            if event is None:
                return
            number, data = event
            name = "event: reset\n" if data["kind"] == "reset" else ""
            self.wfile.write(f"{name}id: {number}\ndata: {json.dumps(data)}\n\n".encode())


def until(check, seconds=60.0):
    """Wait for `check` to hold; its last value."""
    end = time.monotonic() + seconds
    while not (value := check()) and time.monotonic() < end:
        time.sleep(0.03)
    return value
