"""What came before its post: a deletion and an edit that have to wait for it."""

from __future__ import annotations

from django.db import models

from harken.domain.channels.models import Channel


class Tombstone(models.Model):
    """A post its author took back; keeps a late-delivered create of it out."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_index=False)
    external_id = models.CharField(max_length=400)
    deleted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="one_tomb")]

    def __str__(self) -> str:
        return self.external_id


class EarlyEdit(models.Model):
    """An edit that arrived before the post it changes; applied when the post comes."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, db_index=False)
    external_id = models.CharField(max_length=400)
    body = models.TextField()
    images = models.JSONField(default=list)
    edited_at = models.DateTimeField()
    version = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="one_early")]

    def __str__(self) -> str:
        return self.external_id
