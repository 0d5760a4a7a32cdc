"""Watches all day that nobody waits for whom nobody answers."""

from __future__ import annotations

from collections import defaultdict

from harken.config.simulate.floor import Floor
from harken.config.simulate.plan import Time
from harken.domain.conversations.models import Conversation, Place
from harken.domain.departments.services.move import PATIENCE
from harken.domain.people.models import Membership


class Owners:
    """Looks now and then; `lost` are the conversations that were nobody's for too long.

    Somebody answers for a conversation when the person who has it is at their desk, or, while
    nobody has it, when somebody of its team is. Too long is what the room of departments takes
    for it: its patience is the machine's time and is not made shorter with the day.
    """

    def __init__(self, floor: Floor, time: Time) -> None:
        self.lost: set[int] = set()
        self._floor, self._time = floor, time
        self._since: dict[int, float] = {}
        self._teams: dict[int, list[str]] = defaultdict(list)
        for team, username in Membership.objects.values_list("team_id", "user__username"):
            self._teams[team].append(username)

    def look(self) -> int:
        """Look once; how many customers wait."""
        now = self._time.now
        waiting = Conversation.objects.filter(place=Place.OPEN, waits_since__isnull=False)
        rows = list(waiting.values_list("pk", "assignee__username", "team_id"))
        nobodys = {pk for pk, who, team in rows if not self._is_owned(who, team, now)}
        self._since = {pk: self._since.get(pk, now) for pk in nobodys}
        patience = PATIENCE.total_seconds() * self._time.speed
        self.lost |= {pk for pk, since in self._since.items() if now - since > patience}
        return len(rows)

    def _is_owned(self, who: str | None, team: int | None, now: float) -> bool:
        if who:
            return self._floor.is_there(who, now)
        people = self._teams[team] if team else list(self._floor.shifts)
        return any(self._floor.is_there(each, now) for each in people)
