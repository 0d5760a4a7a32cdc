"""A colleague at the desk, over HTTP alone: reads the pages and sends the forms on them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx

from tests.bluesky_day.house import House

Values = dict[str, Any]  # a field that comes several times is a list


class Desk:
    """One signed-in person."""

    def __init__(self, house: House, who: str) -> None:
        cookies = {"harken_session": house.sessions[who]}
        self._http = httpx.Client(
            base_url=house.url, cookies=cookies, follow_redirects=True, timeout=90
        )

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def page(self, path: str) -> str:
        """The HTML of a page."""
        return self._http.get(path).raise_for_status().text

    def submit(self, path: str, action: str, **values: str) -> str:
        """Send the form with this `action` that stands on the page `path`, filled in."""
        forms = _Forms(self.page(path)).found
        assert action in forms, f"{path} has no form for {action}, only for {sorted(forms)}"
        return self.post(action, forms[action] | values)

    def post(self, action: str, values: Values) -> str:
        """Send a form's values as they are."""
        return self._http.post(action, data=values).raise_for_status().text

    def conversations(self, at_least: int) -> list[int]:
        """The numbers of the open conversations, newest first, as the list shows them."""
        ids: list[int] = []
        path: str | None = "/desk/rows/?view=all"
        while path and len(ids) < at_least:
            html = self.page(path)
            ids += [int(number) for number in re.findall(r'data-row="(\d+)"', html)]
            more = re.search(r'class="more" hx-get="([^"]+)"', html)
            path = more[1].replace("&amp;", "&") if more else None
        return ids[:at_least]

    def answer(self, conversation: int, text: str) -> Values:
        """Open a conversation and send an answer; returns what was sent, key and all.

        What happens meanwhile stops it: as a person does, look at that and send once more.
        """
        action = f"/desk/c/{conversation}/send/"
        form = _Forms(self.page(f"/desk/c/{conversation}/")).found[action]
        sent = form | {"kind": "public", "text": text}
        self._read_again(conversation, sent)
        if self._http.post(action, data=sent).status_code == httpx.codes.CONFLICT:
            self._read_again(conversation, sent)
            self.post(action, sent)
        return sent

    def _read_again(self, conversation: int, sent: Values) -> None:
        """The first of the two keys: what it shows is known from then on."""
        shown = self.post(f"/desk/c/{conversation}/reread/", sent)
        sent["confirmed"] = re.findall(r'name="confirmed" value="([0-9a-f]+)"', shown)
        read = re.search(r'id="read-up-to" value="(\d+)"', shown)
        if read:
            sent["read_up_to"] = read[1]

    def connect(self, handle: str, service: str, app_password: str) -> None:
        """Connect a Bluesky account by the form on the channels pages."""
        values = {"handle": handle, "service": service, "app_password": app_password}
        start = "/manage/channels/new/bluesky/"
        said = self.submit(start, f"{start}connect/", **values)
        assert f"{handle} is connected" in said

    def tune(self, channel: int, *, words: list[str], undo_seconds: int) -> None:
        """Set what the channel listens for and how long an answer can be taken back."""
        values = {
            f"listen_for-{channel}": "\n".join(words),
            f"undo_seconds-{channel}": str(undo_seconds),
        }
        self.submit("/manage/channels/", f"/manage/channels/{channel}/tune/", **values)

    def reconnect(self, channel: int, app_password: str) -> str:
        """Give the channel a new app password on its card; returns the page that answers."""
        action = f"/manage/channels/{channel}/reconnect/"
        return self.submit("/manage/channels/", action, **{f"app_password-{channel}": app_password})


class _Forms(HTMLParser):
    """Every form of a page by its action, with the values a browser would send unchanged."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, Values] = {}
        self._form: Values = {}
        self._name = ""
        self._options: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._form = self.found[given.get("action") or ""] = {}
        elif tag == "input" and name:
            if given.get("type") not in {"radio", "checkbox"} or "checked" in given:
                self._form[name] = value
        elif tag in {"select", "textarea"}:
            self._name, self._options = name, []
            self._form[name] = ""
        elif tag == "option":
            self._options.append((value, "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._name and not self._options:
            self._form[self._name] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._options:
            chosen = [value for value, selected in self._options if selected]
            self._form[self._name] = (chosen or [self._options[0][0]])[0]
        if tag in {"select", "textarea"}:
            self._name, self._options = "", []
        if tag == "form":
            self._form = {}
