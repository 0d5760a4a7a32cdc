"""Moving on what nobody who is there answers for: to whoever is, else onto the list of those.

Any number of workers may look at once. Each locks the conversations it is at and steps over
those a colleague or another worker has in hand; the next look comes soon. A killed worker's move
was never committed, and whoever looks next finds the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.assign import pass_on
from harken.domain.conversations.services.permission import teams_of
from harken.domain.departments.events import OwnerBack, OwnerMissing, ResponsibilityMoved
from harken.domain.departments.models import Part, Responsibility
from harken.domain.departments.services.call import call_for, tell_who_answers
from harken.domain.departments.services.find import Case, Finder
from harken.domain.journal.services import record_all
from harken.domain.people.models import User

PATIENCE = timedelta(seconds=60)  # without somebody who is there, then it is moved or listed
AT_ONCE = 100  # conversations in one transaction; a killed worker loses no more than that

# Nobody for a minute: counted from when this person came to answer, or left, whichever was later.
RIPE = """
SELECT r.conversation_id FROM departments_responsibility r
JOIN conversations_conversation c ON c.id = r.conversation_id
LEFT JOIN departments_attendance a ON a.user_id = r.user_id
WHERE c.place = 'open' AND c.waits_since IS NOT NULL
  AND c.unowned_since IS NULL AND (r.user_id IS NULL OR a.away_since IS NOT NULL)
  AND greatest(r.since, a.away_since) <= statement_timestamp() - make_interval(secs => %s)
ORDER BY r.since LIMIT %s FOR UPDATE OF c SKIP LOCKED
"""
# The people a listed conversation could go to are the same for all of a kind.
LISTED = """
SELECT DISTINCT r.user_id, c.topic_id, c.team_id FROM conversations_conversation c
JOIN departments_responsibility r ON r.conversation_id = c.id
WHERE c.unowned_since IS NOT NULL
"""


def give_to_leads(finder: Finder) -> None:
    """What names nobody is the business of the team's lead on duty, at once."""
    nameless = Responsibility.objects.filter(user=None, conversation__unowned_since=None)
    for team in set(nameless.values_list("team", flat=True)):
        if lead := finder.lead(team):
            rows = nameless.filter(team=team).select_for_update(skip_locked=True, of=("self",))
            with transaction.atomic():
                found = list(rows.values_list("pk", flat=True)[:AT_ONCE])
                Responsibility.objects.filter(pk__in=found).update(
                    user=lead, part=Part.LEAD, since=Now()
                )


@transaction.atomic
def move_ripe(finder: Finder) -> int:
    """Move or list what had nobody for `PATIENCE`, at most `AT_ONCE`; how many that were."""
    with connection.cursor() as cursor:
        cursor.execute(RIPE, [PATIENCE.total_seconds(), AT_ONCE])
        ids = [row[0] for row in cursor.fetchall()]
    missing: dict[int | None, list[Conversation]] = defaultdict(list)
    for case, conversations in _by_case(ids).items():
        found = finder.find(case)
        if found is None:
            _list(conversations, case)
            missing[case.team] += conversations
        elif found[0].pk != case.user:  # else they came back this very moment
            _move(conversations, case, *found)
    for team, conversations in missing.items():
        call_for(team, conversations)
    return len(ids)


def move_listed(finder: Finder) -> int:
    """Give listed ones to whoever came since; how many that were."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED)
        cases = [Case(*row) for row in cursor.fetchall()]
    return sum(_unlist(case, finder) for case in cases)


@transaction.atomic
def _unlist(case: Case, finder: Finder) -> int:
    found = finder.find(case)
    if found is None:
        return 0
    listed = Conversation.objects.filter(
        unowned_since__isnull=False,
        topic=case.topic,
        team=case.team,
        responsibility__user=case.user,
    )
    locked = list(listed.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    _move(locked, case, *found)
    return len(locked)


def _by_case(ids: Sequence[int]) -> dict[Case, list[Conversation]]:
    rows = Responsibility.objects.filter(pk__in=ids).select_related("conversation")
    found: dict[Case, list[Conversation]] = defaultdict(list)
    for row in rows.order_by("pk"):
        conversation = row.conversation
        case = Case(row.user_id, conversation.topic_id, conversation.team_id)
        found[case].append(conversation)
    return found


def _list(conversations: Sequence[Conversation], case: Case) -> None:
    Conversation.objects.filter(pk__in=_ids(conversations)).update(unowned_since=Now())
    record_all(
        OwnerMissing(
            conversation=one.pk, channel=one.channel_id, teams=teams_of(one), before=case.user
        )
        for one in conversations
    )


def _move(conversations: Sequence[Conversation], case: Case, to: User, part: str) -> None:
    """`to` answers from now on; where somebody who is away has the conversation, they get it."""
    ids = _ids(conversations)
    Conversation.objects.filter(pk__in=ids).update(unowned_since=None)
    if to.pk == case.user:
        record_all(
            OwnerBack(conversation=one.pk, channel=one.channel_id, teams=teams_of(one), user=to.pk)
            for one in conversations
        )
        return
    tell_who_answers(conversations, to)
    pass_on([one for one in conversations if one.assignee_id is not None], to=to)
    Responsibility.objects.filter(pk__in=ids).update(user=to, part=part, since=Now())
    record_all(
        ResponsibilityMoved(
            conversation=one.pk,
            channel=one.channel_id,
            teams=teams_of(one),
            user=to.pk,
            before=case.user,
            part=part,
        )
        for one in conversations
    )


def _ids(conversations: Iterable[Conversation]) -> list[int]:
    return [conversation.pk for conversation in conversations]
