"""Who is told when something happens, inside the transaction in which it happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from harken.domain.channels.events import ChannelFailing, ChannelLost
from harken.domain.channels.models import Channel
from harken.domain.conversations.events import ConversationAssigned, NoteWritten, SnoozeEnded
from harken.domain.conversations.models import Conversation, Note, State
from harken.domain.conversations.queries import visible_to
from harken.domain.notifications.models import Notification
from harken.domain.notifications.services.mention import mention
from harken.domain.notifications.services.tell import notify, store
from harken.domain.people.models import Role, User


def tell_who_is_mentioned(event: NoteWritten) -> None:
    """A note names colleagues."""
    mention(Note.objects.select_related("author", "conversation__team").get(pk=event.note))


def tell_the_new_assignee(event: ConversationAssigned) -> None:
    """Somebody, or a rule, gave a conversation to a person.

    What goes on because a colleague is away comes in crowds; who moves it tells of all at once.
    """
    if event.assignee is None or event.assignee == event.by or event.conversation is None:
        return
    if event.cause in {"away", "shift", "absence"}:
        return
    giver = User.objects.filter(pk=event.by).first() if event.by else None
    notify(
        "assigned",
        to=User.objects.filter(pk=event.assignee),
        text=f"{giver} gives you a conversation" if giver else "A conversation is given to you",
        by=giver,
        conversation=Conversation.objects.get(pk=event.conversation),
    )


def tell_who_has_it_of_a_message(conversations: Sequence[int]) -> None:
    """Customers wrote; whoever has their conversation may be at something else."""
    _tell_assignees("message_in_mine", "A customer of yours writes again", conversations)


def tell_who_has_it_of_the_time(conversations: Sequence[int]) -> None:
    """A promise runs out soon."""
    _tell_assignees("due_soon", "The time for your answer is nearly over", conversations)


def tell_who_has_it_of_the_breach(conversations: Sequence[int]) -> None:
    """A promise is broken."""
    _tell_assignees("breached", "The time for your answer is over", conversations)


def tell_who_looks_after_the_channel(event: ChannelFailing | ChannelLost) -> None:
    """A channel stopped answering, or wants a new login."""
    channel = Channel.objects.get(pk=event.channel or 0)
    lost = isinstance(event, ChannelLost)
    text = f"{channel.handle} {'needs a new login' if lost else 'does not answer'}"
    unread = Notification.objects.filter(
        kind="channel_failing", text=text, person=OuterRef("pk"), read_at__isnull=True
    )
    managers = Q(role=Role.MANAGER) | Q(role=Role.LEAD, teams=channel.team)
    people = User.objects.filter(managers, ~Exists(unread), is_active=True).distinct()
    notify("channel_failing", to=people, text=text)


BACK = {
    "moment": "What you snoozed is back",
    "customer": "The customer you snoozed has written",
    "due": "The answer you put off is due soon",
}


def tell_the_snoozer(event: SnoozeEnded) -> None:
    """What somebody put off is back by itself."""
    if event.why in BACK and event.conversation is not None:
        notify(
            "snooze_over",
            to=User.objects.filter(pk=event.snoozer),
            text=BACK[event.why],
            conversation=Conversation.objects.get(pk=event.conversation),
        )


# What comes in is mostly nobody's yet, and every post asks: so this is asked first and plainly.
HAD = "SELECT id FROM conversations_conversation WHERE id = ANY(%s) AND assignee_id IS NOT NULL"


def _had(conversations: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(HAD, [list(conversations)])
        return [row[0] for row in cursor.fetchall()]


def _tell_assignees(kind: str, text: str, conversations: Sequence[int]) -> None:
    """One statement finds them all; who has not read the last such word hears no second one."""
    conversations = _had(conversations)
    if not conversations:
        return
    unread = Notification.objects.filter(
        kind=kind, conversation=OuterRef("pk"), person=OuterRef("assignee"), read_at__isnull=True
    )
    found = Conversation.objects.filter(
        ~Exists(unread), pk__in=conversations, assignee__is_active=True, state=State.OPEN
    )
    theirs: dict[User, list[int]] = defaultdict(list)
    for conversation in found.select_related("assignee").only("pk", "assignee"):
        assert conversation.assignee is not None  # the filter asked for it
        theirs[conversation.assignee].append(conversation.pk)
    store(
        [
            Notification(person=person, kind=kind, text=text, conversation_id=pk)
            for person, ids in theirs.items()
            for pk in visible_to(person).filter(pk__in=ids).values_list("pk", flat=True)
        ]
    )
