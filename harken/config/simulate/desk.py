"""The desk as a browser uses it: sign in, one stream, pages and their forms. HTTP alone."""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from harken.kit import http

TOLD = ('data: {"kind"', 'data: {"full"')  # events, and who is where
DEADLINE = 60.0  # seconds for one request
STREAM = 6 * 3600.0  # seconds a stream may last
USER = re.compile(r'data-user="(\d+)"')
ROW = re.compile(r'data-row="(\d+)"')
FORM = re.compile(r'data-conversation="(\d+)"')
KEY = re.compile(r'name="client_key" value="([^"]+)"')
SEEN = re.compile(r'id="seen" value="(\d+)"')
READ = re.compile(r'id="read-up-to" value="(\d+)"')
CONFIRMED = re.compile(r'name="confirmed" value="([0-9a-f]+)"')
LINK = re.compile(r'href="[^"]*/@[^"/]+/([^"/]+)"[^>]*data-hotkey="v"')


@dataclass(frozen=True, slots=True)
class Pane:
    """An open conversation: `seen` is the newest message on the screen, `post` its id outside."""

    conversation: int
    key: str
    seen: str
    post: str


@dataclass(frozen=True, slots=True)
class Took:
    """What a request was answered with, and how long that took, in seconds of the wall."""

    status: int
    text: str


class Desk:
    """One person's browser. `took`: seconds of each request; `failed`: how many got no answer."""

    def __init__(self, url: str) -> None:
        self._http = http.client(base_url=url, deadline=DEADLINE)
        self._tab = str(uuid.uuid4())
        self._at: int | None = None
        self.user = 0
        self.took: list[float] = []
        self.failed = 0

    def sign_in(self, username: str, password: str) -> None:
        """Through the form, as everybody. Raises `httpx.HTTPError` when it is refused."""
        self._http.get("/accounts/login/").raise_for_status()
        said = {"login": username, "password": password}
        answer = self._post("/accounts/login/", said)
        if answer.status != 302:
            raise httpx.HTTPError(f"{username} could not sign in: {answer.status}")
        page = self._http.get("/desk/").raise_for_status().text
        found = USER.search(page)
        self.user = int(found[1]) if found else 0

    def next(self) -> Pane | None:
        """Whoever needs an answer first is ours and open; None: nobody waits."""
        answer = self._post("/desk/next/?view=hot", {})
        return pane_of(answer.text) if answer.status == 200 else None

    def open(self, conversation: int) -> Pane | None:
        """A conversation; None when it may not be seen, or there is nothing to answer."""
        answer = self._get(f"/desk/c/{conversation}/")
        return pane_of(answer.text) if answer.status == 200 else None

    def present(self, conversation: int, doing: str = "") -> None:
        """A sign of life of the tab, as presence.js gives it."""
        self._at = conversation
        self.act(conversation, "presence", tab=self._tab, doing=doing)

    def leave(self) -> None:
        """Close the conversation the tab stands at, as presence.js says when a page goes."""
        if self._at is not None:
            self.act(self._at, "presence", tab=self._tab, doing="leaving")
            self._at = None

    def act(self, conversation: int, verb: str, **values: str) -> Took:
        """Press one of the conversation's buttons."""
        return self._post(f"/desk/c/{conversation}/{verb}/", values)

    def draft(self, pane: Pane, text: str) -> Took:
        """Save what was typed so far."""
        return self._post(f"/desk/c/{pane.conversation}/draft/", _form(pane, text))

    def send(self, pane: Pane, text: str) -> Took:
        """Read the answer again and send what was shown, with the two keys."""
        form = _form(pane, text)
        shown = self._post(f"/desk/c/{pane.conversation}/reread/", form)
        read = READ.search(shown.text)
        form |= {"read_up_to": read[1] if read else "", "confirmed": CONFIRMED.findall(shown.text)}
        return self._post(f"/desk/c/{pane.conversation}/send/", form)

    def refresh(self) -> list[int] | None:
        """What inbox.js asks for when something changed; who waits, hottest first, by the list."""
        self._get("/desk/counts/?view=hot")
        answer = self._get("/desk/rows/?view=hot")
        if answer.status != 200:
            return None
        return [int(row) for row in ROW.findall(answer.text)]

    def listen(self, hear: Callable[[dict[str, Any]], None], stop: threading.Event) -> None:
        """Read the stream until `stop`, coming back when it ends, as a browser does."""
        last = ""
        while not stop.is_set():
            headers = {"Last-Event-ID": last} if last else {}
            try:
                with self._stream(headers) as lines:
                    for line in lines.iter_lines():
                        if stop.is_set():
                            return
                        if line.startswith("id: "):
                            last = line[4:]
                        elif line.startswith(TOLD):
                            hear(json.loads(line[6:]))
            except httpx.HTTPError:
                stop.wait(1)

    def close(self) -> None:
        """Close the browser."""
        self._http.close()

    def _stream(self, headers: dict[str, str]) -> Any:
        # A client of its own, with the cookies of this one: its deadline is that of a whole day.
        client = http.client(base_url=str(self._http.base_url), deadline=STREAM, most_bytes=2**40)
        client.cookies = self._http.cookies
        return client.stream("GET", "/live", headers=headers)

    def _get(self, path: str) -> Took:
        return self._ask("GET", path)

    def _post(self, path: str, values: dict[str, Any]) -> Took:
        return self._ask("POST", path, values)

    def _ask(self, method: str, path: str, values: dict[str, Any] | None = None) -> Took:
        headers = {
            "HX-Request": "true",
            "X-CSRFToken": self._http.cookies.get("harken_csrf") or "",
        }
        if path.startswith("/accounts/"):
            del headers["HX-Request"]
        began = time.monotonic()
        try:
            answer = self._http.request(method, path, data=values, headers=headers)
        except httpx.HTTPError as error:
            self.failed += 1
            return Took(0, str(error))
        finally:
            self.took.append(time.monotonic() - began)
        if answer.status_code >= 500:
            self.failed += 1
        return Took(answer.status_code, answer.text)


def _form(pane: Pane, text: str) -> dict[str, Any]:
    """What the composer's form holds."""
    return {"text": text, "kind": "public", "client_key": pane.key, "seen": pane.seen}


def pane_of(html: str) -> Pane | None:
    """What the open conversation's form holds; None when nobody is open."""
    form, key, seen = FORM.search(html), KEY.search(html), SEEN.search(html)
    if not (form and key and seen):
        return None
    link = LINK.search(html)
    return Pane(int(form[1]), key[1], seen[1], link[1] if link else "")
