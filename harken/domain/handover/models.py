"""Hand-overs, what is said in them, how to reach the customer, and the calls they want.

Of a link only its hash is kept, and of the browser that opened it only the hash of its cookie.
How to reach the customer is encrypted as the logins of channels are, and erased when the talk
ends; what they left empty is null.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from encrypted_fields.fields import EncryptedTextField

from harken.domain.conversations.models import Conversation, Message
from harken.domain.people.models import User
from harken.domain.replies.models import Reply


class HandOver(models.Model):
    """One link to a private talk, and the talk it led to.

    `reply` is the newest public answer that carried the link. Until `expires_at` it can be opened,
    by the first browser that does; from `opened_at` on the talk is that browser's until `ends_at`.
    `word` is what the customer may write in public to prove that it is them. `refused` counts
    tries of other browsers. An ended talk (`ended_at`) opens for nobody.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="hand_overs"
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT)
    made_at = models.DateTimeField(db_default=Now())
    token_sha256 = models.CharField(max_length=64, unique=True)
    word = models.CharField(max_length=8)
    expires_at = models.DateTimeField()
    reply = models.ForeignKey(Reply, on_delete=models.SET_NULL, null=True, related_name="+")
    browser_sha256 = models.CharField(max_length=64, blank=True, db_default="")
    opened_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)
    refused = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at=None, browser_sha256="", ends_at=None)
                | (Q(opened_at__isnull=False, ends_at__isnull=False) & ~Q(browser_sha256="")),
                name="opened_is_bound",
            )
        ]
        indexes = [
            models.Index(
                "ends_at",
                name="talk_ends",
                condition=Q(ended_at__isnull=True, ends_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Hand-over {self.pk}"


class PrivateMessage(models.Model):
    """Which talk a private message was said in: another link never shows it."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE, related_name="said")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="privately")

    def __str__(self) -> str:
        return f"{self.message_id} in {self.hand_over_id}"


class TextState(models.TextChoices):
    """Where a private text of ours is."""

    APPROVAL = "approval", "Waits for somebody's approval"
    HELD = "held", "Can still be taken back"
    SAID = "said", "The customer can read it"
    UNDONE = "undone", "Taken back"


class PrivateText(models.Model):
    """A private text of ours that waits, or is in its countdown: a message only when that is over.

    Until then it is on no page of the customer's. `seen` is the newest message of the customer
    that its writer had before them, None: all. One that was taken back keeps its `body` until its
    author has it in hand again (`returned_at`); `error` says why it stayed by itself. Once said,
    the message holds the text.
    """

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE, related_name="texts")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    client_key = models.UUIDField(unique=True)
    body = models.TextField(blank=True)
    seen = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=TextState, default=TextState.HELD)
    written_at = models.DateTimeField(db_default=Now())
    hold_until = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index("hold_until", "id", name="texts_held", condition=Q(state="held")),
            models.Index("hand_over", "id", name="texts_waiting", condition=Q(state="approval")),
        ]

    def __str__(self) -> str:
        return f"Private text {self.pk} ({self.state})"

    @property
    def is_private(self) -> bool:
        """As the message it becomes."""
        return True

    @property
    def conversation(self) -> Conversation:
        """The conversation it is said in."""
        return self.hand_over.conversation


class ContactDetails(models.Model):
    """How the customer wants to be reached, encrypted; kept only while the talk lasts."""

    hand_over = models.OneToOneField(HandOver, on_delete=models.CASCADE, related_name="details")
    name = EncryptedTextField(null=True)
    email = EncryptedTextField(null=True)
    phone = EncryptedTextField(null=True)
    left_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Details of {self.hand_over_id}"


class CallOutcome(models.TextChoices):
    """How a call-back ended."""

    REACHED = "reached", "Reached them"
    NOT_REACHED = "not_reached", "Called, nobody answered"
    NOT_NEEDED = "not_needed", "No call needed any more"


class CallBack(models.Model):
    """A call the customer wants, with the moment until which we promised it.

    `wanted_at` None: as soon as possible. `promised_at` is when the promise ends, `remind_at` when
    whoever has the case is told. `broken_at` is set when the time ran out before anybody called.
    """

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE, related_name="call_backs")
    phone = EncryptedTextField(null=True)
    about = EncryptedTextField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    wanted_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField()
    promised_seconds = models.PositiveIntegerField()
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    outcome = models.CharField(max_length=12, choices=CallOutcome, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hand_over"], name="one_open_call", condition=Q(done_at__isnull=True)
            )
        ]
        indexes = [
            models.Index("promised_at", name="calls_promised", condition=Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"Call-back {self.pk}"
