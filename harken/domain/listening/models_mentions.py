"""Mentions: posts that monitors heard, what became of them, and how they come into the inbox."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Message
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.people.models import User


class MentionState(models.TextChoices):
    """What became of a mention. Taken: it is one of a conversation."""

    NEW = "new", "New"
    TAKEN = "taken", "Taken"
    LEARNT = "learnt", "Learnt from"
    DISMISSED = "dismissed", "Dismissed"


class DismissReason(models.TextChoices):
    """Why nobody answers a mention. Needed, and counted."""

    NOT_US = "not_us", "Not about us"
    SPAM = "spam", "Spam or abuse"
    NO_ANSWER = "no_answer", "Needs no answer"
    OTHER = "other", "Another reason"


#: Posts that should not have been heard; they do not count as untagged.
NOT_OURS = (DismissReason.NOT_US, DismissReason.SPAM)


SHOWN_OF_IDS = (16, 4)  # characters at the beginning and at the end of an id


def cut_short(account: str) -> str:
    """An id as people can tell it from others, without its middle."""
    first, last = SHOWN_OF_IDS
    return account if len(account) <= first + last else f"{account[:first]}…{account[-last:]}"


class Mention(models.Model):
    """One public post that monitors heard, once, whichever way it reached us.

    `network` and `uri` name it; which monitors heard it stands in its hits. `account` is its
    author's lasting id, where the network has one: until the network told who that is it stands in
    `author` as well, and there is no `name`. `message` is set when it is, or became, one of a
    conversation: then its text follows the message. `untagged`: it does not call us by a handle;
    `by_us`: our own account wrote it. `fold` is the mention that it says the same as and is shown
    with; `sketch` finds what says the same (see `folds`), empty for what nothing is folded under.
    `note` is what was learnt, or the reason in words. `counts_from` is when the promise to its
    author begins, where that is not when it was written: it came late, and not because of us.
    """

    network = models.CharField(max_length=40)
    uri = models.CharField(max_length=400)
    url = models.TextField(blank=True)
    author = models.CharField(max_length=200)
    account = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    lang = models.CharField(max_length=35, blank=True)
    links = ArrayField(models.TextField(), default=list)
    pictures = models.PositiveIntegerField(default=0)
    reach = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField()
    heard_at = models.DateTimeField(db_default=Now())
    counts_from = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, related_name="mentions"
    )
    untagged = models.BooleanField(default=True)
    by_us = models.BooleanField(default=False)
    fold = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="alike")
    sketch = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(max_length=9, choices=MentionState, default=MentionState.NEW)
    reason = models.CharField(max_length=9, choices=DismissReason, blank=True)
    note = models.TextField(blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "uri"], name="one_mention_a_post")
        ]
        indexes = [
            models.Index(
                fields=["sent_at"],
                name="mention_waits",
                condition=models.Q(state="new", fold=None, deleted_at=None),
            ),
            models.Index(
                fields=["account", "network"], name="mention_of", condition=~models.Q(account="")
            ),
            GinIndex(fields=["sketch"], name="mention_sketch", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"

    @property
    def is_nameless(self) -> bool:
        """Whether nothing but the id of its author is known."""
        return bool(self.account) and self.author == self.account

    @property
    def handle(self) -> str:
        """What its author is called with an @; empty when that is not known."""
        return "" if self.is_nameless else self.author

    @property
    def who(self) -> str:
        """Its author for people: by name, by handle, or an id cut short; empty for nobody."""
        return self.name or (cut_short(self.author) if self.is_nameless else self.author)


class MentionRef(models.Model):
    """What a source calls a mention, where it tells of deletions by a name of its own."""

    source = models.ForeignKey(ListeningSource, on_delete=models.CASCADE, db_index=False)
    ref = models.CharField(max_length=100)
    mention = models.ForeignKey(Mention, on_delete=models.CASCADE, related_name="refs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "ref"], name="one_mention_a_ref")]
        indexes = [models.Index(fields=["source", "-id"], name="refs_newest")]

    def __str__(self) -> str:
        return f"{self.ref} of {self.source_id}"


class Taking(models.Model):
    """That a mention was asked into the inbox, once, and how far that is.

    `asked_by` is empty when the rule of a monitor asked. `next_at` is when a worker looks the post
    up at the network, empty once there is nothing more to try: then `trouble` says in words why it
    did not work, or is empty because it did.
    """

    mention = models.OneToOneField(Mention, on_delete=models.CASCADE, primary_key=True)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_index=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    asked_at = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], name="taking_due", condition=models.Q(next_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.mention_id} through channel {self.channel_id}"
