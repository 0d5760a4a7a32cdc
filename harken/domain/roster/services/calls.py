"""Out of hours: telling who is on call that a customer waits, one layer after the other.

Nothing is ever said to the customer. Whoever is told decides; a call ends when somebody takes the
conversation, answers or closes it, when a shift begins, or when nobody is left to tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models.functions import Now

from harken.domain.conversations.models import State
from harken.domain.journal.services import record
from harken.domain.notifications.services import notify
from harken.domain.people.models import Role, Team, User
from harken.domain.roster.events import OnCallOver, OnCallTold
from harken.domain.roster.models import Call, OnDuty, TeamRoster
from harken.domain.roster.queries import on_call_steps, people_in_order

TAKEN, ANSWERED, NOBODY, ON = "taken", "answered", "nobody", "on"  # how a call ends
GATHER = timedelta(seconds=30)  # a team's people are not told oftener; later ones come together
AT_ONCE = 200  # calls in one transaction

# One statement for all conversations of an intake: those that wait in a team with a roster and
# nobody on, and that nobody who is on elsewhere has. A turn is called for once.
SQL_CALL = """
INSERT INTO roster_call (conversation_id, turn, team_id)
SELECT c.id, c.turn_id, c.team_id
FROM conversations_conversation c
JOIN roster_teamroster r ON r.team_id = c.team_id
WHERE {which} AND c.state = 'open' AND c.turn_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM roster_onduty d
                  WHERE d.team_id = c.team_id OR d.person_id = c.assignee_id)
  AND EXISTS (SELECT 1 FROM roster_layer l JOIN roster_shift s ON s.layer_id = l.id
              WHERE l.team_id = c.team_id AND l.kind = 'duty' AND l.retired_at IS NULL)
ON CONFLICT (conversation_id, turn) DO NOTHING
"""
OF_THESE = SQL_CALL.format(which="c.id = ANY(%s)")
OF_A_TEAM = SQL_CALL.format(which="c.team_id = %s AND c.waiting_since IS NOT NULL")


def call_for(conversations: Iterable[int]) -> None:
    """Have people called for those of these conversations (ids) that nobody is there for."""
    with connection.cursor() as cursor:
        cursor.execute(OF_THESE, [list(conversations)])


def call_for_team(team: Team) -> None:
    """The same for everybody who waits in a team whose last person has just left."""
    with connection.cursor() as cursor:
        cursor.execute(OF_A_TEAM, [team.pk])


def end_calls(conversation: int, how: str, *, by: int | None) -> None:
    """Nobody else need be told of this conversation."""
    for call in Call.objects.select_for_update().filter(conversation=conversation, ended_at=None):
        _end(call, how, by)


def tell_on_call() -> int:
    """Tell who is next for every call that is due; needs an open transaction. How many were due."""
    found = Call.objects.select_for_update(of=("self",), skip_locked=True)
    found = found.filter(ended_at=None, due_at__lte=Now()).annotate(now=Now())
    due = list(found.select_related("conversation", "team").order_by("due_at")[:AT_ONCE])
    groups: dict[tuple[int, int], list[Call]] = defaultdict(list)
    for call in due:
        how = _over(call)
        if how:
            _end(call, how, None)
        else:
            groups[(call.team_id, call.step)].append(call)
    for (_, step), calls in sorted(groups.items()):
        _tell(calls, step)
    return len(due)


def _over(call: Call) -> str:
    conversation = call.conversation
    if conversation.state != State.OPEN or conversation.turn_id != call.turn:
        return ANSWERED
    return ON if OnDuty.objects.filter(team=call.team_id).exists() else ""


def _tell(calls: list[Call], step: int) -> None:
    team, now = calls[0].team, calls[0].now  # type: ignore[attr-defined]
    roster = TeamRoster.objects.select_for_update().get(team=team)
    if roster.called_at and roster.called_at > now - GATHER and step == 0:
        _wait(calls, roster.called_at + GATHER)
        return
    steps = [people_in_order(people) for people in on_call_steps(team, now)]
    steps = [*filter(None, steps), _leaders(team)]
    if step >= len(steps):
        for call in calls:
            _end(call, NOBODY, None)
        return
    _notify(calls, steps[step])
    roster.called_at = now
    roster.save(update_fields=["called_at"])
    for call in calls:
        call.step = step + 1
        record(
            OnCallTold(
                conversation=call.conversation_id,
                channel=call.conversation.channel_id,
                teams=(team.pk,),
                call=call.pk,
                step=call.step,
                people=tuple(person.pk for person in steps[step]),
            )
        )
    _wait(calls, now + timedelta(seconds=roster.call_after))


def _wait(calls: Iterable[Call], until: datetime) -> None:
    for call in calls:
        call.due_at = until
        call.save(update_fields=["step", "due_at"])


def _leaders(team: Team) -> list[User]:
    """Who is told when nobody on call reacts: the team's leads and the managers."""
    leads = team.members.filter(is_active=True, role=Role.LEAD)
    managers = User.objects.filter(is_active=True, role=Role.MANAGER)
    return [*leads.order_by("pk"), *managers.order_by("pk")]


def _notify(calls: list[Call], people: list[User]) -> None:
    team = calls[0].team
    if len(calls) == 1:
        text = f"A customer waits and nobody is on duty in {team}"
        notify("on_call", to=people, text=text, conversation=calls[0].conversation, urgent=True)
        return
    text = f"{len(calls)} customers wait and nobody is on duty in {team}"
    notify("on_call", to=people, text=text, url=f"/desk/?view=team:{team.slug}", urgent=True)


def _end(call: Call, how: str, by: int | None) -> None:
    Call.objects.filter(pk=call.pk).update(ended_at=Now(), ended=how)
    record(
        OnCallOver(
            conversation=call.conversation_id, by=by, teams=(call.team_id,), call=call.pk, ended=how
        )
    )
