"""Conversations and what is said in them.

Foreign keys here have no index of their own (`db_index=False`): each index is paid for by every
post that comes in, and the lists have theirs, named below. A message's channel and a
conversation's turn are copies kept for speed, so the database does not check them again
(`db_constraint=False`).
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Greatest, Least, Now

from harken.domain.channels.models import Channel
from harken.domain.contacts.models import Contact, Handle
from harken.domain.people.models import Team, User


class Topic(models.Model):
    """What a conversation is about; one per conversation, and it routes to a team.

    `owner` answers for what nobody has yet, `deputy` while the owner is away; both can see the
    team. A retired topic keeps its conversations and is offered no more.
    """

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=40, unique=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="topics")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="owned_topics"
    )
    deputy = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="deputised_topics"
    )
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    """Whether somebody still has to look at a conversation."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Place(models.TextChoices):
    """In which list a conversation stands. Merged: in none, another one stands for it."""

    OPEN = "open", "Open"
    SNOOZED = "snoozed", "Snoozed"
    CLOSED = "closed", "Closed"
    MERGED = "merged", "Merged into another"


class CloseReason(models.TextChoices):
    """Why a conversation was closed without an answer. Needed, and counted."""

    THANKS = "thanks", "Nothing to answer: thanks or small talk"
    ELSEWHERE = "elsewhere", "Answered elsewhere"
    DUPLICATE = "duplicate", "Said twice"
    NOT_US = "not_us", "Not about us"
    SPAM = "spam", "Spam or abuse"
    DELETED = "deleted", "Taken back by its author"
    OTHER = "other", "Another reason (write a note)"


class Priority(models.TextChoices):
    """How much a conversation matters beside others; a word people and rules give it."""

    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"
    URGENT = "urgent", "Urgent"


class Conversation(models.Model):
    """One customer in one public tree of one channel.

    `thread_key` is the id of the tree's root post. A *turn* starts with the oldest customer
    message nobody answered: `turn` is that message and `waiting_since` its network time; both
    are empty when nobody waits. Messages up to the id `settled_id` were answered or closed;
    messages sent up to `settled_until` were answered by our account outside Harken. `due_at` is
    when the turn's answer is due and `due_seconds` how long was promised; the room that promises
    keeps both. `unowned_since` is set while nobody who is there answers for a waiting customer; the
    room of departments keeps it. The other columns save the list a look at the messages.

    A conversation merged into another keeps every column of its own, so that un-merging it has
    nothing to restore. What the leading one shows for all of its case stands in `case_…`, kept by
    the database (sql/case.sql). The generated columns are what lists read: `place`, whose people
    may see it (`reader_team`), its rank among the newest, who waits since when and what is due.
    """

    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="conversations", db_index=False
    )
    thread_key = models.CharField(max_length=400)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="conversations", db_index=False
    )
    handle = models.ForeignKey(Handle, on_delete=models.PROTECT, db_index=False)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, db_index=False)
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, db_index=False)
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, db_index=False)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN, db_default=State.OPEN)
    priority = models.CharField(
        max_length=6, choices=Priority, default=Priority.NORMAL, db_default=Priority.NORMAL
    )
    why = models.CharField(max_length=10, blank=True, db_default="")
    opened_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_seconds = models.PositiveIntegerField(null=True)
    unowned_since = models.DateTimeField(null=True)
    turn = models.ForeignKey(
        "Message",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    snippet = models.TextField(blank=True, db_default="")
    language = models.CharField(max_length=12, blank=True, db_default="")
    message_count = models.IntegerField(default=0, db_default=0)
    settled_id = models.BigIntegerField(default=0, db_default=0)
    settled_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    close_reason = models.CharField(max_length=12, choices=CloseReason, blank=True, db_default="")
    snoozed_until = models.DateTimeField(null=True)
    snoozed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    woken_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="members", db_index=False
    )
    case_team = models.BigIntegerField(null=True)
    case_open = models.BooleanField(default=False, db_default=False)
    case_last_at = models.DateTimeField(null=True)
    case_waiting_since = models.DateTimeField(null=True)
    case_due_at = models.DateTimeField(null=True)
    case_due_seconds = models.PositiveIntegerField(null=True)
    place = models.GeneratedField(
        expression=models.Case(
            models.When(merged_into__isnull=False, then=models.Value("merged")),
            models.When(state="closed", case_open=False, then=models.Value("closed")),
            models.When(snoozed_until__isnull=False, then=models.Value("snoozed")),
            default=models.Value("open"),
        ),
        output_field=models.CharField(max_length=7, choices=Place),
        db_persist=True,
    )
    reader_team = models.GeneratedField(
        expression=models.Case(
            models.When(merged_into__isnull=False, then=models.F("case_team")),
            default=models.F("team"),
            output_field=models.BigIntegerField(),
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    listed_at = models.GeneratedField(
        expression=Greatest("last_message_at", "woken_at", "case_last_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    waits_since = models.GeneratedField(
        expression=Least("waiting_since", "case_waiting_since"),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    hot_at = models.GeneratedField(
        expression=Least("due_at", "case_due_at"),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    hot_seconds = models.GeneratedField(
        expression=models.Case(
            models.When(
                models.Q(due_at__isnull=True) | models.Q(case_due_at__lt=models.F("due_at")),
                then=models.F("case_due_seconds"),
            ),
            default=models.F("due_seconds"),
        ),
        output_field=models.PositiveIntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "thread_key", "contact"], name="one_conversation_a_tree"
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="no_case_of_itself"
            ),
        ]
        indexes = [
            models.Index("listed_at", "id", name="open_newest", condition=models.Q(place="open")),
            models.Index(
                "hot_at",
                "waits_since",
                "id",
                name="open_due",
                condition=models.Q(place="open", waits_since__isnull=False),
            ),
            models.Index("team", "listed_at", name="open_team", condition=models.Q(place="open")),
            models.Index(
                "assignee", "listed_at", name="open_mine", condition=models.Q(place="open")
            ),
            models.Index("contact", "last_message_at", name="of_contact"),
            models.Index(
                "unowned_since",
                "id",
                name="unowned",
                condition=models.Q(unowned_since__isnull=False),
            ),
            models.Index(
                "listed_at", "id", name="closed_newest", condition=models.Q(place="closed")
            ),
            models.Index(
                "snoozed_until", "id", name="snoozed_next", condition=models.Q(place="snoozed")
            ),
            models.Index(
                "merged_into", name="of_case", condition=models.Q(merged_into__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handle_id} in {self.thread_key}"


class Direction(models.TextChoices):
    """Who speaks: the customer or the company."""

    INBOUND = "inbound", "From the customer"
    OUTBOUND = "outbound", "From us"


class Message(models.Model):
    """One post that belongs to a conversation, the customer's or ours.

    It is public, but for `is_private`: that was said between the customer and us alone, never came
    from a network and never goes to one.

    `sent_at` is the network's time, `received_at` ours. `version` orders edits.
    `author` is the colleague who wrote it; empty when our account posted outside Harken.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    external_id = models.CharField(max_length=400)
    direction = models.CharField(max_length=8, choices=Direction)
    handle = models.ForeignKey(Handle, on_delete=models.PROTECT, null=True, db_index=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    body = models.TextField()
    lang = models.CharField(max_length=12, blank=True, db_default="")
    why = models.CharField(max_length=10, blank=True, db_default="")
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    parent_id_at_network = models.CharField(max_length=400, blank=True, db_default="")
    url = models.TextField(blank=True, db_default="")
    images = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    quoted = models.JSONField(null=True)
    native = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    version = models.CharField(max_length=80, blank=True, db_default="")
    is_private = models.BooleanField(default=False, db_default=False)
    raw = models.BinaryField(null=True)
    words = models.GeneratedField(
        expression=models.Func(
            models.F("body"),
            template="to_tsvector('simple'::regconfig, left(%(expressions)s, 20000))",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="stored_once")
        ]
        indexes = [
            models.Index("conversation", "sent_at", "id", name="message_order"),
            GinIndex(fields=["words"], name="message_words"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.external_id}"


class ContextPost(models.Model):
    """A public post around a conversation: shown above it, not answerable on its own.

    Our own account's posts wait here (`by_us`) until the message they answer is known.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_index=False)
    external_id = models.CharField(max_length=400)
    parent_id_at_network = models.CharField(max_length=400, blank=True, db_default="")
    author_handle = models.CharField(max_length=200)
    author_name = models.CharField(max_length=200, blank=True, db_default="")
    by_us = models.BooleanField(default=False, db_default=False)
    body = models.TextField()
    images = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    sent_at = models.DateTimeField()
    url = models.TextField(blank=True, db_default="")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="context_stored_once")
        ]
        indexes = [
            models.Index(
                "channel",
                "parent_id_at_network",
                name="ours_by_parent",
                condition=models.Q(by_us=True),
            )
        ]

    def __str__(self) -> str:
        return f"@{self.author_handle}: {self.body[:40]}"


class Note(models.Model):
    """What colleagues tell each other beside a conversation; never leaves the house.

    Without an author it was left by a rule.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    body = models.TextField()
    written_at = models.DateTimeField(db_default=Now())
    client_key = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return f"Note by {self.author_id}"


class Tag(models.Model):
    """A free word on conversations. `name` is written small, with hyphens for spaces."""

    name = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ConversationTag(models.Model):
    """A tag on a conversation: who put it there and when (nobody: a rule did)."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="tagged", db_index=False
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged")
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, db_index=False)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "tag"], name="tagged_once")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.conversation_id}"
