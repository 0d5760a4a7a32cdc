"""What the composer's form holds, read the same way by everything it is sent to."""

from __future__ import annotations

from uuid import UUID

from harken.domain.replies.queries_moved import Seen
from harken.kit.refusals import Invalid
from harken.web.access import Request

LONGEST = 20_000  # characters looked at


def text(request: Request) -> str:
    """What was typed."""
    return request.POST.get("text", "")[:LONGEST].replace("\r\n", "\n")


def key(request: Request) -> UUID:
    """The form's own key. Raises `Invalid` without one."""
    given = given_key(request)
    if given is None:
        raise Invalid("The form lost its key. Load the page anew; your text is kept.")
    return given


def given_key(request: Request) -> UUID | None:
    """The form's own key, if there is a usable one."""
    try:
        return UUID(request.POST.get("client_key", ""))
    except ValueError:
        return None


def seen(request: Request) -> Seen:
    """What was on the writer's screen."""
    warnings = frozenset(request.POST.getlist("confirmed"))
    return Seen(_number(request, "seen"), _number(request, "read_up_to"), warnings)


def _number(request: Request, name: str) -> int | None:
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() else None
