"""What somebody else has to agree to: each approval, its wordings, and whom it asked.

An approval is of a public answer or of a text of a private talk, never of both or of nothing.

The moment at which the next person is asked stands in the row, so no process has to remember it.
Wordings and steps are only ever added. Lock order, for everybody who changes an approval: the
conversation's row first, then the reply's or the text's, then the approval's.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from harken.domain.approvals.models_rules import ApprovalRule, Voice
from harken.domain.conversations.models import Conversation
from harken.domain.handover.models import PrivateText
from harken.domain.people.models import User
from harken.domain.replies.models import Reply


class Decision(models.TextChoices):
    """What became of an approval; empty while it waits."""

    APPROVED = "approved", "Approved"
    RETURNED = "returned", "Returned to its writer"
    WITHDRAWN = "withdrawn", "Taken back"


class Approval(models.Model):
    """One answer, or private text, that waits for somebody's word, and who gave it.

    Asked for by a rule, or because it speaks in a `voice`: then `only_by` is the one person who may
    approve it. `why` is the sentence its writer read. `asked` counts how far down the chain people
    were asked and `next_at` is when the next one is (empty: nobody else, or it is decided).
    `sha256` is of the bytes that were approved; the database lets no others leave.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    reply = models.OneToOneField(
        Reply, on_delete=models.CASCADE, null=True, related_name="approval"
    )
    text = models.OneToOneField(
        PrivateText, on_delete=models.CASCADE, null=True, related_name="approval"
    )
    rule = models.ForeignKey(ApprovalRule, on_delete=models.PROTECT, null=True, related_name="+")
    voice = models.ForeignKey(Voice, on_delete=models.PROTECT, null=True, related_name="+")
    only_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    writer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300)
    asked_at = models.DateTimeField(db_default=Now())
    asked = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=9, choices=Decision, blank=True, db_default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True, db_default="")
    sha256 = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reply__isnull=False, text__isnull=True)
                | Q(reply__isnull=True, text__isnull=False),
                name="of_an_answer_or_a_private_text",
            ),
            models.CheckConstraint(
                condition=Q(rule__isnull=False, voice__isnull=True, only_by__isnull=True)
                | Q(rule__isnull=True, voice__isnull=False, only_by__isnull=False),
                name="asked_by_a_rule_or_a_voice",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(decision="") & Q(decided_at__isnull=False, next_at__isnull=True),
                name="a_decided_approval_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(decision="approved")
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("writer")) & ~Q(sha256=""),
                name="somebody_else_approves_bytes",
            ),
            models.CheckConstraint(
                condition=~Q(decision="approved")
                | Q(only_by__isnull=True)
                | Q(decided_by=F("only_by")),
                name="a_voice_is_one_person_s",
            ),
        ]
        indexes = [
            models.Index("next_at", "id", name="approval_due", condition=Q(next_at__isnull=False)),
            models.Index("asked_at", "id", name="approval_open", condition=Q(decision="")),
        ]

    def __str__(self) -> str:
        return f"Approval {self.pk} of {self.of}"

    @property
    def of(self) -> Reply | PrivateText:
        """What waits, or waited."""
        found = self.reply or self.text
        assert found is not None, "a constraint holds it"
        return found

    @property
    def is_private(self) -> bool:
        """Whether it is about a text of a private talk."""
        return self.text_id is not None

    @property
    def is_open(self) -> bool:
        """Whether nobody decided it yet."""
        return self.decision == ""


class Wording(models.Model):
    """The text as one person left it. The first is its writer's, the last what counts."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="wordings")
    number = models.PositiveIntegerField()
    body = models.TextField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["approval", "number"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "number"], name="wordings_in_order")
        ]

    def __str__(self) -> str:
        return f"Wording {self.number} of {self.approval_id}"


class ApprovalStep(models.Model):
    """One person of the chain who was asked, or passed over because they were not there.

    `person` is empty where the chain names the lead on duty and there is none.
    """

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="steps")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    was_asked = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["approval", "person"],
                name="asked_for_approval_once",
                condition=Q(was_asked=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} for {self.approval_id}"
