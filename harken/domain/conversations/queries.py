"""What the desk reads: who may see what, the lists, their counts, and one conversation's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from harken.domain.contacts.models import Contact
from harken.domain.contacts.queries import same_person
from harken.domain.conversations.models import (
    ContextPost,
    Conversation,
    ConversationTag,
    Message,
    Note,
    Place,
)
from harken.domain.conversations.queries_asked import asked
from harken.domain.journal.models import Event
from harken.domain.lookups import Lookup, Rows, look_up, number_of
from harken.domain.people.models import Team, User
from harken.domain.people.queries import whole_teams

VIEWS = ("hot", "mine", "unassigned", "unowned", "all", "snoozed", "closed")
PAGE = 50  # rows
#: The order of the hot view and of `next`, hottest first.
HOT = ("hot_at", "waits_since", "id")
#: A conversation that woke stands where a message of that moment would.
NEWEST = ("-listed_at", "-id")
ORDERS = {"hot": HOT, "newest": NEWEST, "snoozed": ("snoozed_until", "id")}


def visible_to(user: User) -> QuerySet[Conversation]:
    """The conversations this person may know about; everything else does not exist for them.

    Managers and executives see all; others their teams' and those no team has yet. A merged one
    belongs to whoever has the one it is merged into.
    """
    every = Conversation.objects.all()
    if user.sees_all:
        return every
    mine = user.teams.values("pk")
    return every.filter(Q(reader_team__isnull=True) | Q(reader_team__in=mine))


@dataclass(slots=True)
class Row:
    """One line of the inbox; `has_draft`, `tags` and `promised` (words) are filled by who draws it.

    `state` is its `Place`. `snoozed_by` without `snoozed_until` says that it has just woken.
    """

    id: int
    name: str
    handle: str
    network: str
    snippet: str
    waiting_since: datetime | None
    last_message_at: datetime
    state: str
    topic: str | None
    team: str | None
    assignee: str | None
    assignee_initials: str | None
    assignee_id: int | None
    why: str
    message_count: int
    language: str
    due_at: datetime | None
    due_seconds: int | None
    listed_at: datetime
    snoozed_until: datetime | None
    snoozed_by: str | None
    priority: str
    mark: str
    has_draft: bool = False
    tags: tuple[str, ...] = ()
    promised: str = ""


@dataclass(slots=True)
class Listing:
    """A page of rows; `next` is the key of the page after it, None at the end.

    `order` is a key of `ORDERS`.
    """

    rows: list[Row]
    next: str | None
    order: str


_COLUMNS = (
    "id",
    "handle__display_name",
    "handle__handle",
    "channel__network",
    "snippet",
    "waits_since",
    "last_message_at",
    "place",
    "topic__name",
    "team__name",
    "assignee__display_name",
    "assignee__initials",
    "assignee_id",
    "why",
    "message_count",
    "language",
    "hot_at",
    "hot_seconds",
    "listed_at",
    "snoozed_until",
    "snoozed_by__display_name",
    "priority",
    "contact__mark",
)
# PostgreSQL sorts what is empty last: whoever was promised nothing comes after everybody else.


def in_view(user: User, view: str) -> QuerySet[Conversation]:
    """The conversations of a view. Raises `ValueError` for a view that does not exist."""
    return visible_to(user).filter(asked(user, view).condition(user))


def free(user: User, view: str) -> QuerySet[Conversation]:
    """Who waits in a view and has nobody yet, hottest first, or as a saved view is ordered.

    Raises `ValueError` as `in_view`.
    """
    known = asked(user, view)
    newest = (known.saved or known.narrowed.sort) and not known.by_due
    waiting = visible_to(user).filter(known.condition(user), place=Place.OPEN)
    found = waiting.filter(waits_since__isnull=False, assignee__isnull=True)
    return found.order_by(*(NEWEST if newest else HOT))


def inbox(user: User, view: str, *, before: str | None = None, limit: int = PAGE) -> Listing:
    """A page of a view: `BY_DUE` the least time left first, "snoozed" who wakes next, else newest.

    A saved or narrowed view is ordered as it says. `before` is the `next` of the page above.
    Raises `ValueError` for a wrong view or key.
    """
    order = asked(user, view).order
    found = in_view(user, view)
    if before:
        found = found.filter(_BELOW[order](before))
    ordered = found.order_by(*ORDERS[order])
    rows = [Row(*values) for values in ordered.values_list(*_COLUMNS)[: limit + 1]]
    more = len(rows) > limit
    rows = rows[:limit]
    return Listing(rows, _key_of(rows[-1], order) if more else None, order)


def _key_of(row: Row, order: str) -> str:
    keys = {"hot": (row.due_at, row.waiting_since), "snoozed": (row.snoozed_until,)}
    ordered = keys.get(order, (row.listed_at,))
    return "_".join([*(at.isoformat() if at else "" for at in ordered), str(row.id)])


def _below_new(key: str) -> Q:
    at, _, row = key.partition("_")
    moment = datetime.fromisoformat(at)
    return Q(listed_at__lt=moment) | Q(listed_at=moment, id__lt=int(row))


def _below_next(key: str) -> Q:
    at, _, row = key.partition("_")
    moment = datetime.fromisoformat(at)
    return Q(snoozed_until__gt=moment) | Q(snoozed_until=moment, id__gt=int(row))


def _below_urgent(key: str) -> Q:
    due, since, row = key.split("_")
    later = Q(id__gt=int(row))
    if since:
        waited = datetime.fromisoformat(since)
        later = Q(waits_since=waited) & later
        later |= Q(waits_since__gt=waited) | Q(waits_since__isnull=True)
    else:
        later &= Q(waits_since__isnull=True)
    if not due:
        return Q(hot_at__isnull=True) & later
    at = datetime.fromisoformat(due)
    return Q(hot_at__gt=at) | Q(hot_at__isnull=True) | (Q(hot_at=at) & later)


_BELOW = {"hot": _below_urgent, "snoozed": _below_next, "newest": _below_new}


def row(user: User, conversation: int, view: str | None = None) -> Row | None:
    """One row; None when the person may not see it or it is not in `view` (any more)."""
    found = in_view(user, view) if view else visible_to(user)
    values = found.filter(pk=conversation).values_list(*_COLUMNS).first()
    return Row(*values) if values else None


def rows(user: User, view: str, conversations: list[int]) -> list[Row]:
    """Those of the given conversations that are in `view`, in its order."""
    known = asked(user, view)
    found = visible_to(user).filter(known.condition(user), pk__in=conversations)
    found = found.order_by(*ORDERS[known.order])
    return [Row(*values) for values in found.values_list(*_COLUMNS)]


def tags_of(conversations: Sequence[int]) -> Lookup[dict[int, tuple[str, ...]]]:
    """The tags of these conversations (ids), by name; who has none is left out."""
    found = ConversationTag.objects.filter(conversation__in=conversations)

    def read(rows: Rows) -> dict[int, tuple[str, ...]]:
        tags: dict[int, tuple[str, ...]] = {}
        for conversation, name in rows:
            tags[conversation] = (*tags.get(conversation, ()), name)
        return tags

    return Lookup(found.order_by("tag__name").values_list("conversation", "tag__name"), read)


@dataclass(slots=True)
class Counts:
    """How many are in each view, since when the longest waits, and the teams with a view.

    `next_due` is when the most urgent answer is due and `due_seconds` how long was promised;
    both are empty when no promise runs.
    """

    views: dict[str, int]
    waiting: int
    oldest: datetime | None
    teams: list[Team]
    next_due: datetime | None = None
    due_seconds: int | None = None


def counts(user: User) -> Counts:
    """Open conversations per view of this person, teams as `team:<slug>`; one scan of the open."""
    return counted(look_up(**count_lookups(user)))


def count_lookups(user: User) -> dict[str, Lookup[Any]]:
    """What `counted` needs, to be asked together with what else a page shows."""
    by_team = (
        visible_to(user)
        .filter(place=Place.OPEN)
        .values_list("team_id")
        .annotate(
            every=Count("id"),
            waiting=Count("waits_since"),
            mine=Count("id", filter=Q(assignee=user)),
            assigned=Count("assignee_id"),
            unowned=Count("unowned_since", filter=Q(waits_since__isnull=False)),
            oldest=Min("waits_since"),
        )
        .order_by()
    )
    due = in_view(user, "hot").filter(hot_at__isnull=False).order_by("hot_at")
    return {
        "by_team": Lookup(by_team, lambda rows: {team: numbers for team, *numbers in rows}),
        "snoozed": number_of(in_view(user, "snoozed")),
        "due": Lookup(due.values_list("hot_at", "hot_seconds")[:1], list),
        "teams": whole_teams(teams_of(user)),
    }


def counted(found: Mapping[str, Any]) -> Counts:
    """The counts, from the answers to `count_lookups`."""
    by_team = found["by_team"]
    every, waiting, mine, assigned, unowned = (
        sum(numbers[place] for numbers in by_team.values()) for place in range(5)
    )
    views = {"hot": waiting, "mine": mine, "unassigned": every - assigned, "all": every}
    views |= {"unowned": unowned, "snoozed": found["snoozed"]}
    views |= {f"team:{team.slug}": by_team.get(team.pk, [0])[0] for team in found["teams"]}
    since = [numbers[5] for numbers in by_team.values() if numbers[5] is not None]
    due = found["due"][0] if found["due"] else (None, None)
    return Counts(views, waiting, min(since, default=None), found["teams"], *due)


def teams_of(user: User) -> QuerySet[Team]:
    """The teams whose views this person has."""
    return Team.objects.all() if user.sees_all else user.teams.all()


# --- one conversation ------------------------------------------------------------------------


@dataclass(slots=True)
class ThreadItem:
    """One thing in the thread: `kind` is context, message, note or event; `of` is the object."""

    kind: str
    at: datetime
    of: Any


SHOWN_EVENTS = (
    "ConversationAssigned",
    "TeamChanged",
    "TopicChanged",
    "TagAdded",
    "TagRemoved",
    "PriorityChanged",
    "ConversationClosed",
    "ConversationReopened",
    "MessageDeleted",
    "MessageEdited",
    "WritingTakenOver",
    "ResponsibilityMoved",
    "OwnerMissing",
    "OwnerBack",
    "EscalationRaised",
    "EscalationAddedTo",
    "EscalationPaged",
    "EscalationAcknowledged",
    "EscalationDecided",
    "EscalationWithdrawn",
    "ConversationSnoozed",
    "SnoozeEnded",
    "CaseGrown",
    "CaseShrunk",
    "OnCallTold",
    "PrivateSideOpened",
    "LinkRefused",
    "CustomerProven",
    "DetailsLeft",
    "PrivateSideEnded",
    "CallBackAsked",
    "CallBackBroken",
    "CallBackDone",
    "FollowUpMade",
    "FollowUpKept",
    "FollowUpBroken",
    "FollowUpDropped",
)


def thread(conversation: Conversation) -> list[ThreadItem]:
    """Everything to read, oldest first: public posts above, messages, notes, what happened."""
    messages = list(
        conversation.messages.select_related("handle", "author")
        .defer("raw", "words")
        .order_by("sent_at", "id")
    )
    items = [ThreadItem("message", message.sent_at, message) for message in messages]
    items += [ThreadItem("context", post.sent_at, post) for post in above(conversation, messages)]
    notes = Note.objects.filter(conversation=conversation).select_related("author")
    items += [ThreadItem("note", note.written_at, note) for note in notes]
    events = Event.objects.filter(conversation_id=conversation.pk, kind__in=SHOWN_EVENTS)
    items += [ThreadItem("event", event.at, event) for event in events.order_by("id")]
    rank = {"context": 0, "message": 1, "event": 2, "note": 3}
    return sorted(items, key=lambda item: (item.at, rank[item.kind]))


def above(conversation: Conversation, messages: list[Message]) -> list[ContextPost]:
    """The public posts that the conversation's messages hang from, oldest first."""
    known = {message.external_id for message in messages}
    wanted = {message.parent_id_at_network for message in messages} | {conversation.thread_key}
    found: dict[str, ContextPost] = {}
    wanted -= known | {""}
    while wanted:
        posts = ContextPost.objects.filter(
            channel_id=conversation.channel_id, external_id__in=wanted
        )
        fresh = {post.external_id: post for post in posts}
        found |= fresh
        wanted = {post.parent_id_at_network for post in fresh.values()} - known - {""} - set(found)
    return sorted(found.values(), key=lambda post: post.sent_at)


def history(user: User, contact: Contact, *, without: int | None = None) -> QuerySet[Conversation]:
    """The person's conversations over all channels that the reader may see, newest first.

    Over all contacts that are this person; a case stands for what is merged into it.
    """
    theirs = same_person(contact).values("pk")
    found = visible_to(user).filter(contact__in=theirs).exclude(place=Place.MERGED)
    if without is not None:
        found = found.exclude(pk=without)
    return found.select_related("channel", "topic", "team", "assignee", "handle").order_by(
        F("last_message_at").desc(), "-id"
    )
