"""Saved answers with their versions and uses, guidelines, and answers worth learning from.

What is written here belongs to a brand and may be read by everybody who answers for it. What
quotes customers or colleagues (uses, strong examples) belongs to its conversation, and only who
may see that may see it.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation, Message, Topic
from harken.domain.people.models import Brand, User


class SavedAnswer(models.Model):
    """An example to write from, never sent as it is.

    `short` fits every network, `long` those that take more; both may have holes (`{name}`,
    `{personal}`, see `wording`). `valid_until` is the last day on which it is true, empty when it
    has no end. `owner` looks after it; they were told of the end that stands in `told_until`.
    The folded columns are what is searched: small letters, no accents.
    """

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="saved_answers")
    topic = models.ForeignKey(
        Topic, on_delete=models.SET_NULL, null=True, blank=True, related_name="saved_answers"
    )
    language = models.CharField(max_length=12, blank=True)
    title = models.CharField(max_length=100)
    short = models.TextField()
    long = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    valid_until = models.DateField(null=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_answers")
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)
    told_until = models.DateField(null=True)
    folded_title = models.TextField()
    folded = models.TextField()
    words = models.GeneratedField(
        expression=SearchVector("folded_title", weight="A", config="simple")
        + SearchVector("folded", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="saved_answer_words", fastupdate=False),
            GinIndex(OpClass("folded_title", name="gin_trgm_ops"), name="saved_answer_titles"),
            models.Index(
                "valid_until",
                name="saved_answer_ends",
                condition=Q(valid_until__isnull=False, retired_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SavedAnswerVersion(models.Model):
    """What a saved answer said from a moment on, and who wrote it."""

    answer = models.ForeignKey(SavedAnswer, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=100)
    short = models.TextField()
    long = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    valid_until = models.DateField(null=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="one_answer_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class SavedAnswerUse(models.Model):
    """A text in a conversation that began from a saved answer.

    `version` is the one that was inserted. `client_key` is that of the reply that still resembled
    it when it was sent, at `sent_at`; both are empty until then. Once a conversation, however
    often it is inserted.
    """

    answer = models.ForeignKey(SavedAnswer, on_delete=models.CASCADE, related_name="uses")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="saved_answer_uses"
    )
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    inserted_at = models.DateTimeField(db_default=Now())
    client_key = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "conversation"], name="used_once"),
            models.CheckConstraint(
                condition=Q(client_key=None, sent_at=None)
                | Q(client_key__isnull=False, sent_at__isnull=False),
                name="a_sent_use_has_a_key",
            ),
        ]
        indexes = [
            models.Index("client_key", name="use_of_reply", condition=Q(client_key__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} in {self.conversation_id}"


class Guideline(models.Model):
    """How a brand speaks about a topic, in plain words; a line that begins with "- " is a point."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="guidelines")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="guidelines")
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "topic"], name="one_guideline_a_topic")
        ]

    def __str__(self) -> str:
        return f"How we speak about {self.topic}"


class GuidelineVersion(models.Model):
    """What a guideline said from a moment on, and who wrote it."""

    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["guideline", "number"], name="one_guideline_a_version")
        ]

    def __str__(self) -> str:
        return f"Guideline {self.guideline_id}, version {self.number}"


class GuidelineConfirmation(models.Model):
    """Somebody's word that they have read this version of a guideline."""

    guideline = models.ForeignKey(Guideline, on_delete=models.CASCADE, related_name="confirmations")
    version = models.PositiveIntegerField()
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    confirmed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guideline", "version", "person"], name="confirmed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} has read {self.guideline_id} v{self.version}"


class StrongExample(models.Model):
    """An answer of ours that others should learn from, and why."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="strong_example")
    why = models.CharField(max_length=200)
    promoted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    promoted_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Message {self.message_id}: {self.why}"
