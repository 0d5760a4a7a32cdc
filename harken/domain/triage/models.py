"""What triage keeps: judgements, what people said of them, and the model that learnt from it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation, Message, Topic
from harken.domain.people.models import User


class Judgement(models.Model):
    """What software thinks of one version of one message; a person's correction stands here too.

    The columns hold the answers as they are now. `detail` holds what software said: for each
    question the label, its confidence, the places of the words that led to it, and the labels it
    thought of next. `model` is the version of the model that said it.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="judgements")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False)
    text_version = models.CharField(max_length=80, blank=True)
    model = models.IntegerField(default=0)
    language = models.CharField(max_length=12, blank=True)
    topic = models.ForeignKey(Topic, on_delete=models.SET_NULL, null=True, db_index=False)
    sentiment = models.CharField(max_length=12)
    urgency = models.CharField(max_length=12)
    relevance = models.CharField(max_length=12)
    person = models.CharField(max_length=12)
    stakes = models.CharField(max_length=12)
    detail = models.JSONField()
    judged_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "text_version"], name="judged_once")
        ]
        indexes = [models.Index(fields=["conversation", "-message"], name="judgement_newest")]

    def __str__(self) -> str:
        return f"Message {self.message_id}: {self.sentiment}"


class Correction(models.Model):
    """A person's word on one answer: `before` is what software said, `after` what is right.

    The same label twice is a person who agrees. `version` is the model that learnt it; `taken_back`
    is set when somebody went back to a model from before, so that it is not learnt again.
    """

    judgement = models.ForeignKey(Judgement, on_delete=models.CASCADE, related_name="corrections")
    question = models.CharField(max_length=12)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20, blank=True)
    confidence = models.FloatField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(null=True)
    taken_back = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["question", "-id"], name="correction_newest")]

    def __str__(self) -> str:
        return f"{self.question}: {self.before} is {self.after}"


class ModelVersion(models.Model):
    """One step of the model, for one question; numbers rise by one over all questions.

    `is_whole`: the weights are all of that question's, otherwise only those that moved. `by` is
    the person whose word it was. Never changed, never deleted: any version can be made again.
    """

    number = models.IntegerField(primary_key=True)
    question = models.CharField(max_length=12)
    why = models.CharField(max_length=12)
    is_whole = models.BooleanField()
    weights = models.BinaryField()
    facts = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["question", "-number"], name="version_newest")]

    def __str__(self) -> str:
        return f"Version {self.number} ({self.question})"


class TopicWords(models.Model):
    """The words that lead to a topic, as a lead wrote them; without a row the usual ones."""

    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, related_name="routing")
    words = ArrayField(models.CharField(max_length=80))
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False)
    changed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Words of {self.topic}"


class TriageCursor(models.Model):
    """How far triage has read the journal; moves only together with what it wrote."""

    name = models.CharField(max_length=20, primary_key=True)
    xid = models.BigIntegerField()
    event = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} {self.xid}-{self.event}"
