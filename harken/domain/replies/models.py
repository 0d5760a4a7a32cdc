"""What leaves the house: drafts, replies with their attempts, likes and retractions."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation, Message
from harken.domain.people.models import User


class Draft(models.Model):
    """What a person has typed and not sent; one per person and conversation.

    `client_key` becomes the reply's key, so a repeated send returns the first result.
    `came_back` is the scheduled reply it was, when that did not leave at its moment.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(User, on_delete=models.CASCADE)
    body = models.TextField(blank=True)
    client_key = models.UUIDField()
    saved_at = models.DateTimeField(db_default=Now())
    came_back = models.ForeignKey(
        "Reply", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "author"], name="one_draft_a_person")
        ]

    def __str__(self) -> str:
        return f"Draft of {self.author_id} for {self.conversation_id}"


class ReplyState(models.TextChoices):
    """Where a reply is. Approval and scheduled wait, held to checking are on their way."""

    APPROVAL = "approval", "Waits for somebody's approval"
    SCHEDULED = "scheduled", "Waits for its moment"
    HELD = "held", "Can still be taken back"
    QUEUED = "queued", "Waiting to leave"
    SENDING = "sending", "Leaving"
    CHECKING = "checking", "Checking whether it went out"
    SENT = "sent", "Delivered"
    REFUSED = "refused", "Refused by the network"
    NEEDS_HUMAN = "needs_human", "Nobody can tell whether it went out: please look"
    UNDONE = "undone", "Taken back"
    RETRACTED = "retracted", "Deleted at the network"


# Plain words, because migrations keep them in constraints and indexes.
GONE = ["refused", "undone"]  # neither answers the customer nor ever will
WAITING = ["approval", "scheduled"]  # it answers the turn, and no worker takes it
ON_ITS_WAY = ["held", "queued", "sending", "checking"]
AT_ITS_MOMENT = ["scheduled", "held", "queued"]  # of those with a moment: a worker looks first


class Reply(models.Model):
    """One human's answer to one turn of a customer.

    `turn` is the customer message that opened the turn; `slot` is 0 unless a person chose to
    answer again. `answers_id` is the newest customer message its writer had before them: the
    reply settles messages up to it, later ones start a new turn. `target` is the post it stands
    under. `key` is the record key at the network, chosen before the first attempt. `hold_until`
    ends the undo countdown; `next_attempt_at` is when a worker may look at the reply next,
    whatever its state. `go_at` is the moment its writer chose for it to leave; none: at once.
    `read_up_to` is how far its writer had read then: what happens later makes it stale.
    `owner` names the one claim that may settle it, until `lease_until`.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="replies")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    author = models.ForeignKey(User, on_delete=models.PROTECT)
    client_key = models.UUIDField(unique=True)
    turn = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="answers")
    slot = models.PositiveSmallIntegerField(default=0)
    target = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    answers_id = models.BigIntegerField()
    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=12, choices=ReplyState, default=ReplyState.HELD)
    written_at = models.DateTimeField(db_default=Now())
    hold_until = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    go_at = models.DateTimeField(null=True)
    read_up_to = models.BigIntegerField(null=True)
    owner = models.CharField(max_length=80, blank=True, db_default="")
    lease_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True, db_default="")
    settled_at = models.DateTimeField(null=True)
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, related_name="reply"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["turn", "slot"],
                name="one_answer_a_turn",
                condition=~Q(state__in=GONE),
            ),
            models.UniqueConstraint(fields=["channel", "key"], name="one_record_a_key"),
        ]
        indexes = [
            models.Index(
                "next_attempt_at",
                "id",
                name="reply_due",
                condition=Q(state__in=ON_ITS_WAY),
            ),
            models.Index(
                "next_attempt_at",
                "id",
                name="reply_at_its_moment",
                condition=Q(go_at__isnull=False, state__in=AT_ITS_MOMENT),
            ),
            models.Index("conversation", "id", name="reply_order"),
        ]

    def __str__(self) -> str:
        return f"Reply {self.pk} ({self.state})"


class ReplyShape(models.Model):
    """By what an answer is found by one that resembles it (`alike.shape`); one a reply."""

    reply = models.OneToOneField(
        Reply, on_delete=models.CASCADE, primary_key=True, related_name="shape"
    )
    written_at = models.DateTimeField(db_default=Now())
    bands = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [GinIndex(fields=["bands"], name="reply_shape_bands", fastupdate=False)]

    def __str__(self) -> str:
        return f"Shape of {self.reply_id}"


class Outcome(models.TextChoices):
    """What an attempt came to; empty while it runs or when its worker died."""

    SENT = "sent", "Delivered"
    REFUSED = "refused", "Refused"
    LATER = "later", "Not applied, again later"
    UNCLEAR = "unclear", "Unclear"
    FOUND = "found", "Found at the network"
    ABSENT = "absent", "Certainly not there"


class Attempt(models.Model):
    """One try at the network, written before the call so that no crash can hide it."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="attempts")
    worker = models.CharField(max_length=80)
    started_at = models.DateTimeField(db_default=Now())
    settle_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, db_default="")
    detail = models.TextField(blank=True, db_default="")

    def __str__(self) -> str:
        return f"Attempt {self.pk} of {self.reply_id}"


class ActionKind(models.TextChoices):
    """What else may be done at a network; each is safe to repeat."""

    LIKE = "like", "Like"
    RETRACT = "retract", "Delete our own post"


class NetworkAction(models.Model):
    """A like or a retraction a person asked for; delivered by the same worker as replies.

    Both may be repeated without harm, so no attempts are kept, only how many there were, and one
    whose worker died is taken up again at `next_attempt_at`.
    """

    kind = models.CharField(max_length=8, choices=ActionKind)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="actions")
    author = models.ForeignKey(User, on_delete=models.PROTECT)
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=12, choices=ReplyState, default=ReplyState.QUEUED)
    asked_at = models.DateTimeField(db_default=Now())
    next_attempt_at = models.DateTimeField(db_default=Now())
    owner = models.CharField(max_length=80, blank=True, db_default="")
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, db_default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "message"], name="asked_once")]
        indexes = [
            models.Index(
                "next_attempt_at",
                "id",
                name="action_due",
                condition=Q(state__in=["queued", "sending"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
