"""What the desk and the portal ask about hand-overs.

Rights come with the conversation for colleagues, and with link and cookie for the customer.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.conversations.queries import visible_to
from harken.domain.handover.links import fingerprint, is_signed
from harken.domain.handover.models import CallBack, HandOver, PrivateText, TextState
from harken.domain.lookups import Lookup, greatest, look_up, number_of
from harken.domain.people.models import User
from harken.domain.replies.models import WAITING, Reply, ReplyState
from harken.kit import clock

COUNTED = timedelta(days=7)  # in which kept and broken calls are counted
MOST = 100  # open calls listed
UNSEEN = [TextState.APPROVAL, TextState.HELD]  # private texts the customer cannot read yet
UNSAID = [ReplyState.UNDONE, *WAITING]  # nobody reads such an answer (yet)


def known(token: str) -> HandOver | None:
    """The hand-over of a link, whatever became of it. Asks the database for every token alike."""
    signed = is_signed(token)
    around = HandOver.objects.select_related("conversation__channel__brand", "made_by")
    found = around.filter(token_sha256=fingerprint(token)).first()
    return found if signed else None


def is_over(found: HandOver, at: datetime) -> bool:
    """Whether this link opens for nobody any more."""
    until = found.ends_at or found.expires_at
    return found.ended_at is not None or until <= at


def talk_of(token: str, browser: str) -> HandOver | None:
    """The talk that this browser opened by this link; None for everybody else."""
    found = known(token)
    own = hmac.compare_digest(fingerprint(browser), found.browser_sha256 if found else "")
    return found if found and own and browser and not is_over(found, clock.now()) else None


def is_free(found: HandOver | None) -> bool:
    """Whether the link can still be opened."""
    return found is not None and found.opened_at is None and not is_over(found, clock.now())


def said_in(talk: HandOver) -> QuerySet[Message]:
    """What was said in a talk, oldest first."""
    found = Message.objects.filter(privately__hand_over=talk).select_related("author")
    return found.defer("raw", "words").order_by("pk")


def hand_overs_of(conversations: Iterable[Conversation]) -> list[HandOver]:
    """The newest hand-over that left for each of these, with what the customer left, by age."""
    newest = (
        HandOver.objects.filter(conversation__in=list(conversations))
        .filter(Q(reply__isnull=False) | Q(opened_at__isnull=False))
        .exclude(reply__state__in=UNSAID, opened_at=None)
        .values("conversation")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    found = HandOver.objects.filter(pk__in=newest).select_related("made_by", "reply", "details")
    waiting = PrivateText.objects.filter(state__in=UNSEEN).select_related("author")
    texts = Prefetch("texts", waiting.order_by("pk"), to_attr="unseen")
    return list(found.prefetch_related("call_backs__done_by", texts).order_by("pk"))


def open_talk(conversation: Conversation) -> HandOver | None:
    """The private talk that colleagues can write into; None: there is none (any more)."""
    opened = HandOver.objects.filter(
        conversation=conversation, opened_at__isnull=False, ended_at=None, ends_at__gt=clock.now()
    )
    return opened.order_by("-pk").first()


def private_texts(user: User) -> QuerySet[PrivateText]:
    """The private texts of ours that this person may know about, of every state."""
    found = PrivateText.objects.filter(hand_over__conversation__in=visible_to(user))
    return found.select_related("hand_over__conversation__channel", "author")


def taken_back_of(conversation: Conversation, author: User) -> PrivateText | None:
    """The newest private text that came back to this person, not in their hands yet."""
    back = PrivateText.objects.filter(
        hand_over__conversation=conversation,
        author=author,
        state=TextState.UNDONE,
        returned_at=None,
    )
    return back.order_by("-settled_at", "-pk").first()


def public_side_open(conversation: Conversation) -> bool:
    """Whether the public still waits for a word of ours, after a private talk began.

    It does until we have said something in public since, and after the customer's newest public
    post. Where they took back everything they said in public, nobody waits there.
    """
    public = conversation.messages.filter(is_private=False, deleted_at=None)
    written = Reply.objects.filter(conversation=conversation).exclude(state__in=UNSAID)
    newest = look_up(
        opened=greatest(HandOver.objects.filter(conversation=conversation), "opened_at"),
        asked=greatest(public.filter(direction=Direction.INBOUND), "sent_at"),
        written=greatest(written, "written_at"),
        elsewhere=greatest(public.filter(direction=Direction.OUTBOUND), "sent_at"),
    )
    if newest["opened"] is None or newest["asked"] is None:
        return False
    until = max(newest["opened"], newest["asked"])
    said = (newest["written"], newest["elsewhere"])
    return not any(moment and moment > until for moment in said)


def call_backs(user: User) -> QuerySet[CallBack]:
    """The calls this person may know about, of every state."""
    found = CallBack.objects.filter(hand_over__conversation__in=visible_to(user))
    return found.select_related(
        "hand_over__conversation__contact",
        "hand_over__conversation__handle",
        "hand_over__conversation__assignee",
        "hand_over__conversation__team",
        "done_by",
    )


def open_calls(user: User) -> list[CallBack]:
    """The calls to be made, the one promised first on top; at most 100."""
    return list(call_backs(user).filter(done_at=None).order_by("promised_at", "pk")[:MOST])


def open_calls_count(user: User) -> Lookup[int]:
    """How many calls are to be made."""
    waiting = CallBack.objects.filter(done_at=None)
    if user.sees_all:
        return number_of(waiting)
    return number_of(waiting.filter(hand_over__conversation__in=visible_to(user)))


def kept_and_broken(user: User) -> tuple[int, int]:
    """How many promised calls of the last seven days were kept, and how many broken."""
    lately = call_backs(user).filter(promised_at__gt=clock.now() - COUNTED)
    made = Q(done_at__isnull=False, broken_at=None) & ~Q(outcome="not_needed")
    found = lately.order_by().aggregate(
        kept=Count("pk", filter=made), broken=Count("pk", filter=Q(broken_at__isnull=False))
    )
    return found["kept"], found["broken"]


def has_open_call(conversation: Conversation) -> bool:
    """Whether a call to this customer is promised and not made."""
    return CallBack.objects.filter(hand_over__conversation=conversation, done_at=None).exists()
