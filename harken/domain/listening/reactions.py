"""What people hear of the sources."""

from __future__ import annotations

from harken.domain.listening.events import SourceStopped
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.notifications.services.tell import notify
from harken.domain.people.models import Role, User


def tell_that_a_source_stopped(event: SourceStopped) -> None:
    """Its network refused for good: nothing is heard of it until a person changes something."""
    source = ListeningSource.objects.get(pk=event.source)
    people = User.objects.filter(role__in=(Role.LEAD, Role.MANAGER), is_active=True)
    notify("source_stopped", to=people, text=f"The source {source.name} was refused")
