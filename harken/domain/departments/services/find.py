"""Finding somebody who is there for conversations whose person is not.

First whoever answers already, should they be back; then the topic's owner, its deputy, the lead on
duty. What is found out about a topic or a team holds for one look.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from harken.domain.conversations.models import Topic
from harken.domain.departments.models import Attendance, Part
from harken.domain.people.models import Role, Team, User
from harken.domain.people.queries import may_see_team
from harken.domain.roster.queries import lead_on_duty


@dataclass(frozen=True, slots=True)
class Case:
    """What conversations have in common that decide who answers for them; ids."""

    user: int | None
    topic: int | None
    team: int | None


class Finder:
    """Looks people up once each, for as long as one look lasts."""

    def __init__(self) -> None:
        self._topics: dict[int, Topic] = {}
        self._leads: dict[int | None, User | None] = {}

    @cached_property
    def _there(self) -> dict[int, User]:
        there = Attendance.objects.filter(away_since=None).values("user")
        people = User.objects.filter(pk__in=there, is_active=True).prefetch_related("teams")
        return {person.pk: person for person in people if person.can_answer}

    def find(self, case: Case) -> tuple[User, str] | None:
        """Who answers now and as what; None when nobody is there. Part "" is: as before."""
        if case.user is not None and (back := self._there.get(case.user)):
            return back, ""
        topic = self._topic(case.topic) if case.topic else None
        named = [(topic.owner_id, Part.OWNER), (topic.deputy_id, Part.DEPUTY)] if topic else []
        for pk, part in named:
            person = self._there.get(pk) if pk else None
            if person is not None and may_see_team(person, case.team):
                return person, part
        lead = self.lead(case.team)
        return (lead, Part.LEAD) if lead else None

    def lead(self, team: int | None) -> User | None:
        """The lead on duty of a team (id), else a manager who is there."""
        if team not in self._leads:
            self._leads[team] = self._find_lead(team)
        return self._leads[team]

    def _find_lead(self, team: int | None) -> User | None:
        found = Team.objects.filter(pk=team).first() if team else None
        if found is not None:
            return lead_on_duty(found)
        managers = (one for one in self._there.values() if one.role == Role.MANAGER)
        return min(managers, key=lambda one: one.pk, default=None)

    def _topic(self, pk: int) -> Topic | None:
        if not self._topics:
            self._topics = {topic.pk: topic for topic in Topic.objects.all()}
        return self._topics.get(pk)
