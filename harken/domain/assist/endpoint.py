"""The one call: chat completions as OpenAI's API reference describes them, and nothing more of it.

https://platform.openai.com/docs/api-reference/chat/create. Only `model` and `messages` are sent,
and only the first choice's text is read, which is what every compatible server knows.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import msgspec
from django.conf import settings

from harken.kit.http import AddressRefused, client
from harken.kit.refusals import Refusal

DEADLINE = 15.0  # seconds
MOST_BYTES = 256 * 1024
AT_ONCE = 3  # calls of one process; a slow assistant must not take the desk's threads
PATH = "/chat/completions"

_free = threading.BoundedSemaphore(AT_ONCE)


class NoHelp(Refusal):
    """The assistant could not help now. Nothing was changed and nothing was sent to anybody."""

    status = 503


class _Said(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Said
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the operator lets texts go."""

    url: str
    key: str
    model: str

    @property
    def host(self) -> str:
        """The name people are told."""
        return urlsplit(self.url).hostname or self.url


def endpoint() -> Endpoint | None:
    """The assistant of this house; None: there is none, and nothing is offered."""
    if not settings.ASSIST_URL or not settings.ASSIST_MODEL:
        return None
    return Endpoint(settings.ASSIST_URL, settings.ASSIST_KEY, settings.ASSIST_MODEL)


def complete(to: Endpoint, instruction: str, text: str) -> str:
    """What the model says to `text` under `instruction`; both leave the house as they are.

    Raises `NoHelp` with a sentence for people when it is slow, away, busy or incomprehensible.
    """
    if not _free.acquire(blocking=False):
        raise NoHelp("Several colleagues ask the assistant right now. Try again in a moment.")
    try:
        return _read(_posted(to, instruction, text))
    finally:
        _free.release()


def _posted(to: Endpoint, instruction: str, text: str) -> httpx.Response:
    url = to.url if to.url.endswith(PATH) else to.url.rstrip("/") + PATH
    said = [{"role": "system", "content": instruction}, {"role": "user", "content": text}]
    headers = {"authorization": f"Bearer {to.key}"} if to.key else {}
    try:
        with client(deadline=DEADLINE, most_bytes=MOST_BYTES) as http:
            body = {"model": to.model, "messages": said}
            return http.post(url, json=body, headers=headers)
    except AddressRefused as error:
        raise NoHelp(
            f"{to.host} may not be reached: only https leaves this house, or hosts named in "
            "HARKEN_PRIVATE_HOSTS. Tell who runs Harken."
        ) from error
    except httpx.TimeoutException as error:
        raise NoHelp("The assistant took too long. Write on, or ask again.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoHelp("The assistant does not answer. Write on, or ask again later.") from error


def _read(response: httpx.Response) -> str:
    status = response.status_code
    if status in {401, 403}:
        raise NoHelp("The assistant does not accept our key. Tell who runs Harken.")
    if status == 429:
        raise NoHelp("The assistant has too much to do. Try again in a moment.")
    if status != 200:
        raise NoHelp(f"The assistant could not do it ({status}). Write on, or ask again later.")
    try:
        answer = msgspec.json.decode(response.content, type=_Completion)
    except msgspec.DecodeError as error:
        raise NoHelp("What the assistant said cannot be read. Write on without it.") from error
    text = (answer.choices[0].message.content or "").strip() if answer.choices else ""
    if not text:
        raise NoHelp("The assistant has nothing to say to this. Write on without it.")
    if answer.choices[0].finish_reason == "length":
        raise NoHelp("The assistant stopped in the middle. Ask for less, or write on without it.")
    return text
