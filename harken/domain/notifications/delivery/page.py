"""By any service apprise knows."""

from __future__ import annotations

from django.conf import settings

from harken.domain.notifications.delivery.letter import Later, Letter, Refused
from harken.domain.notifications.outside import service_at
from harken.kit.leash import leashed
from harken.kit.refusals import Invalid


def page(letter: Letter) -> None:
    """Call the pager. Raises `Refused` or `Later`; the service never says which it was."""
    try:
        service = service_at(letter.address)
    except Invalid as error:
        raise Refused(str(error)) from error
    place = [f"{settings.PUBLIC_URL}{letter.path}"] if settings.PUBLIC_URL else []
    body = "\n".join([*letter.lines, *place]) or letter.title
    with leashed():
        arrived = service.notify(body=body, title=letter.title)
    if not arrived:
        raise Later("the service did not take it; check its address")
