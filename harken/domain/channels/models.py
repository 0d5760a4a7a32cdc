"""Connected accounts and everything needed to keep them alive."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from encrypted_fields.fields import EncryptedTextField

from harken.domain.people.models import Brand, Team


class ChannelState(models.TextChoices):
    """How a channel is doing."""

    CONNECTED = "connected", "Connected"
    FAILING = "failing", "Not answering"
    NEEDS_LOGIN = "needs_login", "Needs a new login"
    PAUSED = "paused", "Paused"


class Channel(models.Model):
    """One connected account at one network.

    `last_heard_at` is the last read that worked; `wait_until` is set when the network asked to
    wait. `team` gets what nobody routed yet.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="channels")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True)
    network = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200)
    handle = models.CharField(max_length=200)
    display_name = models.CharField(max_length=200, blank=True)
    service = models.CharField(max_length=300)
    listen_for = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    undo_seconds = models.PositiveSmallIntegerField(default=10)
    state = models.CharField(max_length=12, choices=ChannelState, default=ChannelState.CONNECTED)
    state_since = models.DateTimeField(db_default=Now())
    last_heard_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    wait_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "external_id"], name="account_connected_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.handle} on {self.network}"


class Credential(models.Model):
    """The login of a channel, encrypted; only listen and worker processes decrypt it."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="credential")
    secret = EncryptedTextField(help_text="JSON object of secret values")
    saved_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Login of {self.channel}"


class Cursor(models.Model):
    """How far a stream of a channel was read; moves only together with what was read."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="cursors")
    stream = models.CharField(max_length=20, default="main")
    value = models.TextField(blank=True)
    moved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "stream"], name="one_cursor_a_stream")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.stream}"


class QuarantineState(models.TextChoices):
    """What became of an item nobody could read."""

    HELD = "held", "Held"
    REPLAYED = "replayed", "Read after all"
    DISCARDED = "discarded", "Discarded"


class Quarantined(models.Model):
    """A raw item that could not be read; kept as bytes, tried again by a person's button."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="quarantine")
    sha256 = models.BinaryField(max_length=32)
    raw = models.BinaryField()
    error = models.TextField()
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=QuarantineState, default=QuarantineState.HELD)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "sha256"], name="quarantined_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.error[:60]}"


class ProcessBeat(models.Model):
    """A sign of life of a listen or worker process, for readiness and the channels page."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
