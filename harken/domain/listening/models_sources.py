"""The sources this installation listens to, how far each was read, and how it is doing."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from encrypted_fields.fields import EncryptedTextField


class ListeningSource(models.Model):
    """One stream of public posts, of one of the kinds that connectors offer.

    `number` counts what people changed: whoever reads it does so for one number and stores nothing
    once there is another. `cursor` moves only together with the posts it stands behind. `trouble`
    is why it cannot be read now; with `stopped_at` nobody tries again until a person has changed
    something. `away_since`, `away_until` and `away_why` tell of the last time it was not read: in
    between nothing was heard of it that was not read again afterwards. No words: nobody read it.
    `heard` posts were read in all, and `hits` made of them.
    """

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    number = models.PositiveIntegerField(default=1)
    is_on = models.BooleanField(default=True)
    added_at = models.DateTimeField(db_default=Now())
    cursor = models.TextField(blank=True)
    last_heard_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)
    trouble_since = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    away_since = models.DateTimeField(null=True)
    away_until = models.DateTimeField(null=True)
    away_why = models.TextField(blank=True)
    heard = models.BigIntegerField(default=0)
    hits = models.BigIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="one_source_a_name", condition=models.Q(retired_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name


class SourceSecret(models.Model):
    """The token of a source, encrypted; only the listen process decrypts it."""

    source = models.OneToOneField(ListeningSource, on_delete=models.CASCADE, related_name="secret")
    secret = EncryptedTextField()
    saved_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Secret of {self.source_id}"


class SourceCount(models.Model):
    """How many posts of a source were read in the five minutes from `at` on; kept for two days."""

    source = models.ForeignKey(
        ListeningSource, on_delete=models.CASCADE, related_name="counts", db_index=False
    )
    at = models.DateTimeField()
    heard = models.PositiveIntegerField(default=0)
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "at"], name="source_counted_once")]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.at:%Y-%m-%d %H:%M}"
