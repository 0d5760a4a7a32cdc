"""The demo: a visitor is an agent at once and may play another role. Off everywhere else."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from harken.domain.people.models import Role, User
from harken.domain.people.queries import first_in_role

BACKEND = "django.contrib.auth.backends.ModelBackend"


def is_on() -> bool:
    """Whether this installation is the demo (`HARKEN_DEMO`)."""
    return bool(settings.DEMO)


def enter(request: HttpRequest) -> bool:
    """Sign a visitor of the demo in as its agent; False when this is no demo."""
    return is_on() and play(request, Role.AGENT) is not None


def play(request: HttpRequest, role: str) -> User | None:
    """Sign in as the demo's person of `role`; None when there is nobody of that role."""
    person = first_in_role(role)
    if person is not None:
        login(request, person, backend=BACKEND)
    return person


def roles() -> list[tuple[str, str]]:
    """What the role menu offers: value and label; empty when this is no demo."""
    return [(str(value), str(label)) for value, label in Role.choices] if is_on() else []
