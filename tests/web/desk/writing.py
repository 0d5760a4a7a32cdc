"""Sending an answer as the composer does: read it again, then send what was read."""

from __future__ import annotations

import re
from uuid import uuid4

from django.test import Client

HIDDEN = re.compile(
    r'<input type="hidden" name="(confirmed|read_up_to|seen|again)"[^>]* value="([^"]*)"'
)
HTMX = {"HX-Request": "true"}


def form(text: str, **more: object) -> dict[str, object]:
    """What the composer's form holds."""
    return {"text": text, "kind": "public", "client_key": str(uuid4())} | more


def read_again(browser: Client, conversation, fields: dict[str, object]):
    """The first key: what the browser shows."""
    return browser.post(f"/desk/c/{conversation.pk}/reread/", fields, headers=HTMX)


def once_read(html: str, fields: dict[str, object]) -> dict[str, object]:
    """The form after the view was shown."""
    found = HIDDEN.findall(html)
    plain = {name: value for name, value in found if name != "confirmed"}
    return fields | plain | {"confirmed": [value for name, value in found if name == "confirmed"]}


def send(browser: Client, conversation, fields: dict[str, object]):
    """The second key alone."""
    return browser.post(f"/desk/c/{conversation.pk}/send/", fields, headers=HTMX)


def answer(browser: Client, conversation, text: str, **more: object):
    """Both keys, one after the other."""
    fields = form(text, **more)
    html = read_again(browser, conversation, fields).content.decode()
    return send(browser, conversation, once_read(html, fields))
