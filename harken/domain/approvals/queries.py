"""Reading approvals: the queue, who may decide, and what was agreed about which text."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from harken.domain.approvals.models import Approval, ApprovalStep, Decision, Wording
from harken.domain.conversations.models import Conversation
from harken.domain.conversations.queries import visible_to
from harken.domain.handover.models import PrivateText
from harken.domain.lookups import Lookup, number_of
from harken.domain.people.models import User


def may_approve(user: User, approval: Approval) -> bool:
    """Whether this person may edit, return and approve it.

    Those who were asked, and leads and managers who see the conversation; never its writer. What
    speaks in a voice is decided by that person alone.
    """
    if not user.can_answer or not user.is_active or user.pk == approval.writer_id:
        return False
    if approval.only_by_id is not None:
        return user.pk == approval.only_by_id
    if not visible_to(user).filter(pk=approval.conversation_id).exists():
        return False
    return user.can_manage or approval.steps.filter(person=user, was_asked=True).exists()


def queue_of(user: User) -> QuerySet[Approval]:
    """What waits for this person's word, the least time left first."""
    return by_due(_open(user).filter(_for_the_word_of(user)))


def _for_the_word_of(user: User) -> Q:
    if not user.can_answer:
        return Q(pk__in=[])
    asked = ApprovalStep.objects.filter(approval=OuterRef("pk"), person=user, was_asked=True)
    theirs = Q(Exists(asked)) | Q(pk__isnull=not user.can_manage)
    return (theirs & ~Q(writer=user) & Q(only_by=None)) | Q(only_by=user)


def asked_by(user: User) -> QuerySet[Approval]:
    """What this person wrote and somebody else has to agree to, the least time left first."""
    return by_due(_open(user).filter(writer=user))


def by_due(found: QuerySet[Approval]) -> QuerySet[Approval]:
    """The order of every list of approvals: the customer's clock goes on all the time."""
    return found.order_by(
        F("conversation__hot_at").asc(nulls_last=True),
        F("conversation__waits_since").asc(nulls_last=True),
        "pk",
    )


def approvals_of(user: User) -> QuerySet[Approval]:
    """Every approval in the conversations this person may know about, with all around it."""
    steps = ApprovalStep.objects.select_related("person")
    return (
        Approval.objects.filter(conversation__in=visible_to(user))
        .select_related(
            "rule",
            "voice",
            "only_by",
            "writer",
            "decided_by",
            "reply__author",
            "reply__channel__brand",
            "reply__target",
            "text__author",
            "text__hand_over",
            "conversation__contact",
            "conversation__handle",
            "conversation__team",
            "conversation__channel__brand",
        )
        .prefetch_related(Prefetch("steps", steps), "wordings__author")
    )


def _open(user: User) -> QuerySet[Approval]:
    return approvals_of(user).filter(decision="")


def count_for(user: User) -> Lookup[int]:
    """How much waits for this person's word."""
    seen = Approval.objects.filter(conversation__in=visible_to(user), decision="")
    return number_of(seen.filter(_for_the_word_of(user)))


def last_return(
    conversation: Conversation, writer: User, *, privately: bool = False
) -> Approval | None:
    """What came back to this writer and has not been sent anew, with its wordings; None: nothing.

    Newer answers (`privately`: newer private texts) of theirs mean that they have gone on.
    """
    mine = Approval.objects.filter(
        conversation=conversation, writer=writer, reply__isnull=privately
    )
    newest = mine.select_related("decided_by").order_by("-pk").first()
    if newest is None or newest.decision != Decision.RETURNED:
        return None
    if privately:
        texts = PrivateText.objects.filter(hand_over__conversation=conversation, author=writer)
        return None if texts.filter(pk__gt=newest.text_id).exists() else newest
    later = writer.reply_set.filter(conversation=conversation, pk__gt=newest.reply_id)
    return None if later.exists() else newest


def last_wording(approval: Approval) -> Wording:
    """The words that count now."""
    return approval.wordings.select_related("author").latest("number")


def agreed(replies: Iterable[int]) -> dict[int, str]:
    """For each of these replies (ids) that needed somebody's word, who drafted and who agreed."""
    found = _not_withdrawn().filter(reply__in=list(replies))
    return {each.reply_id: _told(each) for each in found if each.reply_id}


def agreed_in_private(talks: Iterable[int]) -> dict[UUID, str]:
    """The same of the texts of these conversations (ids) in private, by their `client_key`."""
    found = _not_withdrawn().filter(conversation__in=list(talks)).select_related("text")
    return {each.text.client_key: _told(each) for each in found if each.text}


def _not_withdrawn() -> QuerySet[Approval]:
    found = Approval.objects.exclude(decision=Decision.WITHDRAWN)
    shown = found.select_related("writer", "decided_by", "voice", "only_by")
    return shown.prefetch_related("wordings")


def _told(approval: Approval) -> str:
    if approval.is_open:
        return approval.why
    drafted = f"drafted by {approval.writer}, " if approval.voice_id else ""
    edited = "changed and " if len(approval.wordings.all()) > 1 else ""
    return f"{drafted}{edited}approved by {approval.decided_by}"
