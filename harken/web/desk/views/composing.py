"""What the composer's form holds, read the same way by everything it is sent to."""

from __future__ import annotations

from uuid import UUID

from harken.domain.approvals.queries_rules import voices
from harken.domain.approvals.services.voices import signed
from harken.domain.replies.services.send import Before
from harken.kit.refusals import Invalid
from harken.web.access import Request

LONGEST = 20_000  # characters looked at


def text(request: Request) -> str:
    """What was typed."""
    return request.POST.get("text", "")[:LONGEST].replace("\r\n", "\n")


def signed_text(request: Request) -> str:
    """What was typed, with the signature of the voice that was chosen for it."""
    chosen = number(request, "voice")
    voice = voices().filter(pk=chosen).first() if chosen else None
    return signed(text(request), voice, writer=request.user) if voice else text(request)


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


def before(request: Request) -> Before:
    """What its writer knew and decided before they sent."""
    return Before(
        again=request.POST.get("again") == "1",
        seen=number(request, "seen"),
        read_up_to=number(request, "read_up_to"),
        confirmed=request.POST.getlist("confirmed"),
    )


def number(request: Request, name: str) -> int | None:
    """A whole number of the form, None when there is none."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() else None
