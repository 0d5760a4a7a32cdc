"""The journal's one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    BigInteger = models.BigIntegerField[int, int]
else:
    BigInteger = models.BigIntegerField


class TransactionId(BigInteger):
    """PostgreSQL's `xid8`: the 64-bit number of the transaction that wrote the row."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        """The column type."""
        return "xid8"


class CurrentTransactionId(models.Func):
    """`pg_current_xact_id()`, the default of every journal row."""

    function = "pg_current_xact_id"
    output_field = TransactionId()


class Event(models.Model):
    """One change: what happened, when, by whom and to what. Never updated, never deleted by hand.

    `teams` lists the teams whose members may be told; empty means everyone who is signed in.
    Ids are plain numbers, not foreign keys: the journal is the lowest room.
    """

    xid = TransactionId(db_default=CurrentTransactionId(), editable=False)
    kind = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    conversation_id = models.BigIntegerField(null=True)
    channel_id = models.BigIntegerField(null=True)
    teams = ArrayField(models.BigIntegerField(), default=list)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index("xid", "id", name="journal_order"),
            models.Index("conversation_id", "id", name="journal_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
