"""Who wrote what was heard, where posts name their authors by a lasting id only."""

from __future__ import annotations

from django.db import models


class HeardAuthor(models.Model):
    """An account whose posts monitors heard, as its network showed it at `told_at`.

    `next_at` is when the network is asked, empty when there is nothing to ask; `tries` counts
    the questions without an answer. Only authors of mentions are here, never those of a stream.
    """

    network = models.CharField(max_length=40)
    account = models.CharField(max_length=200)
    handle = models.CharField(max_length=253, blank=True)
    name = models.CharField(max_length=200, blank=True)
    followers = models.BigIntegerField(null=True)
    told_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "account"], name="one_author_an_account")
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="author_due", condition=models.Q(next_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.handle or self.account
