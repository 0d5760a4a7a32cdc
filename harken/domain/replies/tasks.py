"""Looking at links that people write into answers: in the worker, never while somebody waits.

Only the address of a link is asked for, with kit.http's limits; what comes back is not read.
A link that leads on is alive: where to is not looked at.
"""

from __future__ import annotations

import threading

import httpx
from django.db.models.functions import Now

from harken.domain.journal.rounds import look_until
from harken.domain.replies.models_checks import LinkLook
from harken.kit.http import AddressRefused, client

PAUSE = 1.0  # seconds between two looks for links
DEADLINE = 6.0  # seconds a page may take
MOST_BYTES = 512 * 1024
AT_ONCE = 5
GONE = {404, 410}
# Answers that say nothing about the page: it wants a login, another method, or fewer requests.
UNTOLD = {401, 403, 405, 407, 408, 425, 429}

Verdict = tuple[bool | None, str]


def run(stop: threading.Event) -> None:
    """Look at links until `stop` is set; closes the database connection of the calling thread."""
    with client(deadline=DEADLINE, most_bytes=MOST_BYTES) as http:

        def round_() -> float:
            look(http)
            return PAUSE

        look_until(stop, round_, "the look at links")


def look(http: httpx.Client) -> int:
    """Look at the links that wait longest; how many there were. Two workers may look at one."""
    waiting = LinkLook.objects.filter(looked_at=None).order_by("asked_at")[:AT_ONCE]
    links = list(waiting)
    for link in links:
        is_alive, detail = verdict(http, link.url)
        LinkLook.objects.filter(pk=link.pk).update(
            looked_at=Now(), is_alive=is_alive, detail=detail[:200]
        )
    return len(links)


def verdict(http: httpx.Client, url: str) -> Verdict:
    """Whether a page answers at `url`, in a word why not; None: nobody can tell."""
    address = url if "://" in url else f"https://{url}"
    try:
        with http.stream("GET", address) as response:
            return _judged(response.status_code)
    except AddressRefused:
        return None, "an address that is not looked at"
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return False, "not a usable address"
    except httpx.ConnectError:
        return False, "nothing answers there"
    except httpx.TimeoutException:
        return None, "the page was too slow to tell"
    except httpx.HTTPError:
        return None, "the page could not be read"


def _judged(status: int) -> Verdict:
    if status in GONE:
        return False, f"the page is not there ({status})"
    if status in UNTOLD or status >= 500:
        return None, f"the page did not say ({status})"
    return status < 400, "" if status < 400 else f"the page refuses ({status})"
