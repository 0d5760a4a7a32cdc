"""What leads decide about checks, what checks found, and what is known of links."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import Brand, Role, User
from harken.domain.replies.models import Reply


class SetSeverity(models.TextChoices):
    """How much a finding of a check weighs; the values are those of `checks.port.Severity`."""

    OFF = "off", "Off"
    NOTE = "note", "Note"
    WARN = "warn", "Warn"
    BLOCK = "block", "Block"


class CheckSetting(models.Model):
    """The severity of a check for a brand; with `role`, for the people in that role alone."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="check_settings")
    role = models.CharField(max_length=12, choices=Role, blank=True, db_default="")
    check_key = models.CharField(max_length=20)
    severity = models.CharField(max_length=5, choices=SetSeverity)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "role", "check_key"], name="one_severity_a_check"
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_key} of {self.brand_id}: {self.severity}"


class WordList(models.TextChoices):
    """The lists of a brand."""

    FORBIDDEN = "forbidden", "Forbidden"
    RISKY = "risky", "Risky"
    OURS = "ours", "Our own"


class BrandWord(models.Model):
    """A line of a brand's list: a word, a phrase, or a pattern between slashes."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="words")
    word_list = models.CharField(max_length=9, choices=WordList)
    line = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "word_list", "line"], name="a_line_once_in_a_list"
            )
        ]

    def __str__(self) -> str:
        return self.line


class Decision(models.TextChoices):
    """What the author did about a finding; empty while nothing was sent."""

    KEPT = "kept", "Sent as it was"
    CHANGED = "changed", "Changed before it was sent"
    BLOCKED = "blocked", "Refused"


class CheckResult(models.Model):
    """A finding that was shown to an author, and what they did about it.

    `client_key` is that of the draft and of the reply it becomes; `finding` the id of the finding
    (`Found.id`). A finding that is blocked and then changed ends as changed; its severity says
    that it was a block.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="check_results"
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_key = models.UUIDField()
    reply = models.ForeignKey(
        Reply, on_delete=models.CASCADE, null=True, related_name="check_results", db_index=False
    )
    check_key = models.CharField(max_length=20)
    finding = models.CharField(max_length=16)
    severity = models.CharField(max_length=5, choices=SetSeverity)
    why = models.TextField()
    shown_at = models.DateTimeField(db_default=Now())
    decision = models.CharField(max_length=7, choices=Decision, blank=True, db_default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_key", "finding"], name="shown_once"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None)
                | ~Q(decision="") & Q(decided_at__isnull=False),
                name="a_decision_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_key}: {self.decision or 'shown'}"


class LinkLook(models.Model):
    """What a worker saw at a link that somebody wrote; `looked_at` empty: nobody looked yet."""

    url = models.CharField(max_length=1000, unique=True)
    asked_at = models.DateTimeField(db_default=Now())
    looked_at = models.DateTimeField(null=True)
    is_alive = models.BooleanField(null=True)
    detail = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index("asked_at", name="links_to_look_at", condition=Q(looked_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.url
