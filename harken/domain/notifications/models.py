"""Notifications, how each person wants them, and every delivery of them.

A delivery is a due moment in a row: any number of workers may look, and a killed one is replaced by
whoever looks next. Addresses that are secrets are encrypted, as the logins of channels are.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from encrypted_fields.fields import EncryptedTextField

from harken.domain.conversations.models import Conversation, Note
from harken.domain.notifications.kinds import Way
from harken.domain.people.models import Team, User


class Notification(models.Model):
    """One thing one person should know. `text` never holds what a customer wrote.

    `url` is a path inside Harken, used when there is something better to open than the
    conversation. `by` is the colleague who caused it. `urgent` ones do not wait for quiet hours.
    `silent` ones are listed and never ring: the person does not want their kind on the desk.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=300)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True)
    url = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    urgent = models.BooleanField(default=False)
    silent = models.BooleanField(default=False)
    made_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="notified_newest"),
            models.Index("person", "kind", name="unread_of", condition=Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person_id}"


class Preference(models.Model):
    """A person's own word on one kind and one way; without it the default of the kind holds."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    way = models.CharField(max_length=5, choices=Way)
    on = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "way"], name="one_word_a_way")
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.way}: {'on' if self.on else 'off'}"


class QuietHours(models.Model):
    """When a person wants to hear nothing but what is urgent, every day, in their own zone.

    `starts` and `ends` are minutes from local midnight; the end may be on the next day.
    """

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="quiet_hours")
    zone = models.CharField(max_length=60)
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__lt=1440) & Q(ends__lt=1440) & ~Q(starts=models.F("ends")),
                name="quiet_for_a_part_of_the_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts}-{self.ends} {self.zone}"


class PushSubscription(models.Model):
    """One browser that may be woken (W3C Push API); the endpoint alone lets nobody write to it."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    endpoint = models.TextField(unique=True)
    p256dh = models.CharField(max_length=120)
    auth = EncryptedTextField()
    browser = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.browser} of {self.person_id}"


class PushKey(models.Model):
    """The key pair by which push services know this installation (RFC 8292); made once."""

    one = models.BooleanField(default=True, unique=True)
    private = EncryptedTextField(help_text="PEM")
    public = models.CharField(max_length=120, help_text="as browsers want it, base64url")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(one=True), name="one_push_key")]

    def __str__(self) -> str:
        return self.public


class Pager(models.Model):
    """A service a person is reached by; the address holds its password, so it is never shown."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pagers")
    name = models.CharField(max_length=60)
    service = models.CharField(max_length=60)
    address = EncryptedTextField()
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.name} ({self.service})"


class DeliveryState(models.TextChoices):
    """How a delivery stands. Refused: the other side said no for good."""

    PENDING = "pending", "On its way"
    SENT = "sent", "Arrived"
    REFUSED = "refused", "Refused"
    GAVE_UP = "gave_up", "Given up"
    SKIPPED = "skipped", "Not needed any more"


class Delivery(models.Model):
    """One notification by one way to one address (`subscription` or `pager`; e-mail has none).

    `next_at` is when a worker has to look next; claiming it moves it on, so a killed worker's
    delivery comes back by itself. What is `held` waits for the end of quiet hours and then goes
    out together with everything else held for that address. `tag` lets the receiver fold repeats.
    """

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries"
    )
    way = models.CharField(max_length=5, choices=Way)
    subscription = models.ForeignKey(PushSubscription, on_delete=models.CASCADE, null=True)
    pager = models.ForeignKey(Pager, on_delete=models.CASCADE, null=True)
    state = models.CharField(max_length=7, choices=DeliveryState, default=DeliveryState.PENDING)
    held = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [models.Index("next_at", name="delivery_due", condition=Q(state="pending"))]

    def __str__(self) -> str:
        return f"{self.notification_id} by {self.way}: {self.state}"


class NoteMention(models.Model):
    """A colleague (or a whole team) named in a note; `told` unless they may not see it."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", null=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", null=True)
    written = models.CharField(max_length=160, help_text="as it stands in the note, without @")
    told = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(team__isnull=True), name="a_person_or_a_team"
            )
        ]

    def __str__(self) -> str:
        return f"@{self.written} in {self.note_id}"
