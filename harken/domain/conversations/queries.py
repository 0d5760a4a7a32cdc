"""What the desk reads: who may see what, the lists, their counts, and one conversation's thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from harken.domain.contacts.models import Contact
from harken.domain.conversations.models import ContextPost, Conversation, Message, Note, State
from harken.domain.journal.models import Event
from harken.domain.people.models import Team, User

VIEWS = ("hot", "mine", "unassigned", "unowned", "all", "closed")
BY_DUE = {"hot", "unowned"}  # views with the least time left first; others: the newest word
PAGE = 50  # rows
#: The order of the hot view and of `next`, hottest first.
HOT = ("due_at", "waiting_since", "id")
NEWEST = ("-last_message_at", "-id")


def visible_to(user: User) -> QuerySet[Conversation]:
    """The conversations this person may know about; everything else does not exist for them.

    Managers and executives see all; others their teams' and those no team has yet.
    """
    every = Conversation.objects.all()
    if user.sees_all:
        return every
    mine = user.teams.values("pk")
    return every.filter(Q(team__isnull=True) | Q(team__in=mine))


@dataclass(slots=True)
class Row:
    """One line of the inbox. `has_draft` is filled by whoever knows about drafts."""

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
    has_draft: bool = False


@dataclass(slots=True)
class Listing:
    """A page of rows; `next` is the key of the page after it, None at the end."""

    rows: list[Row]
    next: str | None


_COLUMNS = (
    "id",
    "handle__display_name",
    "handle__handle",
    "channel__network",
    "snippet",
    "waiting_since",
    "last_message_at",
    "state",
    "topic__name",
    "team__name",
    "assignee__display_name",
    "assignee__initials",
    "assignee_id",
    "why",
    "message_count",
    "language",
    "due_at",
    "due_seconds",
)
# PostgreSQL sorts what is empty last: whoever was promised nothing comes after everybody else.


def in_view(user: User, view: str) -> QuerySet[Conversation]:
    """The conversations of a view. Raises `ValueError` for a view that does not exist."""
    open_ones = visible_to(user).filter(state=State.OPEN)
    match view.partition(":"):
        case ("hot", _, _):
            return open_ones.filter(waiting_since__isnull=False)
        case ("mine", _, _):
            return open_ones.filter(assignee=user)
        case ("unassigned", _, _):
            return open_ones.filter(assignee__isnull=True)
        case ("unowned", _, _):
            return open_ones.filter(unowned_since__isnull=False, waiting_since__isnull=False)
        case ("all", _, _):
            return open_ones
        case ("closed", _, _):
            return visible_to(user).filter(state=State.CLOSED)
        case ("team", _, slug):
            return open_ones.filter(team__slug=slug)
    raise ValueError(f"no view is called {view!r}")


def free(user: User, view: str) -> QuerySet[Conversation]:
    """Who waits in a view and has nobody yet, hottest first. Raises `ValueError` as `in_view`."""
    waiting = in_view(user, view).filter(state=State.OPEN, waiting_since__isnull=False)
    return waiting.filter(assignee__isnull=True).order_by(*HOT)


def inbox(user: User, view: str, *, before: str | None = None, limit: int = PAGE) -> Listing:
    """A page of a view: those of `BY_DUE` the least time left first, others newest first.

    `before` is the `next` of the page above. Raises `ValueError` for a wrong view or key.
    """
    hot = view in BY_DUE
    found = in_view(user, view)
    if before:
        found = found.filter(_below_urgent(before) if hot else _below_new(before))
    ordered = found.order_by(*(HOT if hot else NEWEST))
    rows = [Row(*values) for values in ordered.values_list(*_COLUMNS)[: limit + 1]]
    more = len(rows) > limit
    rows = rows[:limit]
    return Listing(rows, _key_of(rows[-1], hot=hot) if more else None)


def _key_of(row: Row, *, hot: bool) -> str:
    ordered = (row.due_at, row.waiting_since) if hot else (row.last_message_at,)
    return "_".join([*(at.isoformat() if at else "" for at in ordered), str(row.id)])


def _below_new(key: str) -> Q:
    at, _, row = key.partition("_")
    moment = datetime.fromisoformat(at)
    return Q(last_message_at__lt=moment) | Q(last_message_at=moment, id__lt=int(row))


def _below_urgent(key: str) -> Q:
    due, since, row = key.split("_")
    waited = datetime.fromisoformat(since)
    later = Q(waiting_since__gt=waited) | Q(waiting_since=waited, id__gt=int(row))
    if not due:
        return Q(due_at__isnull=True) & later
    at = datetime.fromisoformat(due)
    return Q(due_at__gt=at) | Q(due_at__isnull=True) | (Q(due_at=at) & later)


def row(user: User, conversation: int, view: str | None = None) -> Row | None:
    """One row; None when the person may not see it or it is not in `view` (any more)."""
    found = in_view(user, view) if view else visible_to(user)
    values = found.filter(pk=conversation).values_list(*_COLUMNS).first()
    return Row(*values) if values else None


def rows(user: User, view: str, conversations: list[int]) -> list[Row]:
    """Those of the given conversations that are in `view`, in its order, in one query."""
    found = (
        in_view(user, view)
        .filter(pk__in=conversations)
        .order_by(*(HOT if view in BY_DUE else NEWEST))
    )
    return [Row(*values) for values in found.values_list(*_COLUMNS)]


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
    by_team = (
        visible_to(user)
        .filter(state=State.OPEN)
        .values_list("team_id")
        .annotate(
            every=Count("id"),
            waiting=Count("waiting_since"),
            mine=Count("id", filter=Q(assignee=user)),
            assigned=Count("assignee_id"),
            unowned=Count("unowned_since", filter=Q(waiting_since__isnull=False)),
            oldest=Min("waiting_since"),
        )
        .order_by()
    )
    found = {team: numbers for team, *numbers in by_team}
    every, waiting, mine, assigned, unowned = (sum(n[i] for n in found.values()) for i in range(5))
    views = {"hot": waiting, "mine": mine, "unassigned": every - assigned, "all": every}
    views["unowned"] = unowned
    teams = list(teams_of(user))
    views |= {f"team:{team.slug}": found.get(team.pk, [0])[0] for team in teams}
    since = [numbers[5] for numbers in found.values() if numbers[5] is not None]
    due = _next_due(user) if waiting else (None, None)
    return Counts(views, waiting, min(since, default=None), teams, *due)


def _next_due(user: User) -> tuple[datetime | None, int | None]:
    """When the most urgent answer is due and how long was promised."""
    promised = in_view(user, "hot").filter(due_at__isnull=False).order_by("due_at")
    return promised.values_list("due_at", "due_seconds").first() or (None, None)


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
    "ConversationClosed",
    "ConversationReopened",
    "MessageDeleted",
    "MessageEdited",
    "WritingTakenOver",
    "OnCallTold",
    "ResponsibilityMoved",
    "OwnerMissing",
    "OwnerBack",
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
    """This contact's conversations over all channels that the person may see, newest first."""
    found = visible_to(user).filter(contact=contact)
    if without is not None:
        found = found.exclude(pk=without)
    return found.select_related("channel", "topic", "team", "assignee", "handle").order_by(
        F("last_message_at").desc(), "-id"
    )
