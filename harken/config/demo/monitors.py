"""The monitors of the demo company: its name, its products, a competitor, and what may burn.

Their place in the journal is set back, so that the listen process has something to hear at once.
"""

from __future__ import annotations

from harken.domain.journal.models import Event
from harken.domain.listening.models import ListeningCursor
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.tasks import NAME
from harken.domain.people.models import Brand, Team, User

BACK = 400  # messages that the monitors still hear


def write_monitors() -> None:
    """Write the monitors, by the manager; call it once."""
    maren = User.objects.get(username="maren")
    brand = Brand.objects.get()
    service, technical = (Team.objects.get(slug=slug) for slug in ("service", "technical"))
    for wanted in (
        Wanted("Our name", "brand", "meridian OR meridan OR #meridian*", brand, team=service),
        Wanted(
            "Name without handle",
            "brand",
            "(meridian OR meridan OR #meridian*) NOT @meridian.example",
            brand,
            team=service,
        ),
        Wanted(
            "Batteries and brakes",
            "product",
            "batter* OR Akku* OR brake* OR Bremse* OR frein* "
            "OR (motor NEAR/8 (soft OR drops OR fail* OR smok* OR noise))",
            brand,
            team=technical,
        ),
        Wanted("Riding in winter", "market", "(winter* OR snow OR hiver) has:question", brand),
        Wanted("Northwheel", "competitor", 'northwheel OR "north wheel" OR #northwheel'),
    ):
        save_monitor(None, wanted, by=maren)
    newest = Event.objects.filter(kind="MessageReceived").order_by("-xid", "-id")
    for xid, event in newest.values_list("xid", "id")[BACK : BACK + 1]:
        ListeningCursor.objects.create(name=NAME, xid=int(str(xid)), event=event)
