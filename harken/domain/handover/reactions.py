"""What hand-overs do when something happens to a conversation or an answer."""

from __future__ import annotations

from collections.abc import Sequence

from harken.domain.conversations.events import ConversationClosed
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.handover.events import LinkOffered
from harken.domain.handover.links import fingerprint, tokens_in
from harken.domain.handover.models import HandOver
from harken.domain.handover.queries import has_open_call, is_free, public_side_open
from harken.domain.handover.services.talk import prove_by
from harken.domain.journal.services import record
from harken.domain.replies.events import ReplyHeldBack, ReplyQueued, ReplyScheduled
from harken.domain.replies.models import Reply
from harken.domain.replies.services.permission import place_of
from harken.kit.refusals import Invalid, Refusal

NEWEST = 20  # messages looked at for the word of a talk


class PublicSideOpen(Refusal):
    """A private talk was begun in public and the public has not heard how it ended."""


class CallPromised(Refusal):
    """A call to this customer is promised and not made."""


def refuse_to_close_halfway(event: ConversationClosed) -> None:
    """A case stays open while its public side, or a promised call, is. Raises what is above."""
    conversation = Conversation.objects.get(pk=event.conversation or 0)
    if public_side_open(conversation):
        raise PublicSideOpen(
            "It stays open: the public has not heard how this ended. Answer in public first."
        )
    if has_open_call(conversation):
        raise CallPromised("It stays open: a call is promised. Call, or say that none is needed.")


def offer_the_link(event: ReplyQueued | ReplyHeldBack | ReplyScheduled) -> None:
    """An answer with a link leaves, or waits to: the link is this conversation's, and still open.

    Raises `Invalid` for one of somebody else, or one that opens nothing.
    """
    reply = Reply.objects.select_related("conversation").get(pk=event.reply)
    for token in set(tokens_in(reply.body)):
        rows = HandOver.objects.select_for_update(of=("self",))
        found = rows.filter(
            token_sha256=fingerprint(token), conversation=reply.conversation
        ).first()
        if found is None or not is_free(found):
            raise Invalid("The private link in this text opens nothing. Press p for a new one.")
        HandOver.objects.filter(pk=found.pk).update(reply=reply)
        place = place_of(reply.conversation)
        record(LinkOffered(hand_over=found.pk, reply=reply.pk, by=event.by, **place))


def look_for_the_word(conversations: Sequence[int]) -> None:
    """The customer wrote: maybe in public, what only who has their talk open can know."""
    talking = HandOver.objects.filter(
        conversation__in=conversations, opened_at__isnull=False, ended_at=None, proven_at=None
    )
    asked = list(talking.values_list("conversation", flat=True))
    if asked:
        public = Message.objects.filter(
            conversation__in=asked, is_private=False, direction=Direction.INBOUND
        )
        for message in public.order_by("-pk")[:NEWEST]:
            prove_by(message)
