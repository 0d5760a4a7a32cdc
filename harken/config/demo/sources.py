"""What the demo listens to besides its account: everything its network's people write."""

from __future__ import annotations

from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.services.sources import WantedSource, save_source
from harken.domain.people.models import User

NAME = "The whole network"


def add_source(service: str) -> None:
    """Add the network's firehose, by the manager; `service` is its address."""
    wanted = WantedSource("loopback", NAME, {"service": service})
    save_source(None, wanted, by=User.objects.get(username="maren"))


def move_source(service: str) -> None:
    """The network answers at another address from now on; reading goes on where it was."""
    source = ListeningSource.objects.filter(name=NAME, kind="loopback", retired_at=None).first()
    if source is not None and source.settings != {"service": service}:
        wanted = WantedSource("loopback", NAME, {"service": service})
        save_source(source, wanted, by=User.objects.get(username="maren"))
