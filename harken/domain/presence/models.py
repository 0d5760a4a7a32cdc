"""Who is where. Both tables are UNLOGGED (see the migration): after a crash of PostgreSQL they are
empty, and the next sign of life of each browser fills them again.

The foreign keys are not checked by the database: a sign of life must not wait for somebody who
holds the conversation's row.
"""

from __future__ import annotations

from django.db import models

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User


class Presence(models.Model):
    """One browser tab that has a conversation open; `heard_at` is its last sign of life."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    tab = models.UUIDField()
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, db_constraint=False, db_index=False
    )
    heard_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tab"], name="one_place_a_tab")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"


class WritingLock(models.Model):
    """Who writes the answer just now, in which tab; `typed_at` is their last key.

    A courtesy among colleagues. That a turn gets one answer is the business of `replies`.
    """

    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, db_constraint=False, primary_key=True
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    tab = models.UUIDField()
    typed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} writes in {self.conversation_id}"
