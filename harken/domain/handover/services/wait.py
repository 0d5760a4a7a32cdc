"""A private text that waits for somebody's word: other words, on its way, or back to its author.

Whether somebody may is the caller's; who decides about such texts is the room of approvals.
"""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.services.private import alone_in
from harken.domain.handover.events import PrivateTextHeld
from harken.domain.handover.models import PrivateText, TextState
from harken.domain.handover.queries import is_over
from harken.domain.handover.services.say import OVER, NoTalk, let_out, stay, until
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.domain.replies.services.permission import place_of
from harken.domain.replies.services.release import NotWaiting
from harken.kit import clock


def locked(text: PrivateText) -> PrivateText:
    """The text with all around it, its row held until the transaction ends.

    The caller holds the conversation's row already: everybody takes them in this order.
    """
    rows = PrivateText.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("hand_over__conversation__channel__brand", "author").get(pk=text.pk)


def reword(text: PrivateText, body: str, *, author: User) -> PrivateText:
    """Give it these words and this author, and return it. Raises `NotWaiting` once decided."""
    waiting = PrivateText.objects.filter(pk=text.pk, state=TextState.APPROVAL)
    if not waiting.update(body=body, author=author):
        raise NotWaiting("It is decided already. Reload to see what became of it.")
    text.body, text.author = body, author
    return text


def release(text: PrivateText, *, by: User) -> PrivateText:
    """Let it go into its countdown, and return it. The caller holds its row.

    Raises `NotWaiting` when it was decided already, `NoTalk` when nobody could read it any more.
    """
    if text.state != TextState.APPROVAL:
        raise NotWaiting("It is decided already. Reload to see what became of it.")
    if is_over(text.hand_over, clock.now()):
        raise NoTalk("The private talk is over, so nobody would read this. Return it instead.")
    text.state, text.hold_until = TextState.HELD, until(text.conversation)
    text.save(update_fields=["state", "hold_until"])
    text.refresh_from_db(fields=["hold_until"])
    record(PrivateTextHeld(text=text.pk, by=by.pk, **place_of(text.conversation)))
    return let_out(text) or text


def give_up(text: PrivateText) -> bool:
    """Give a waiting text whose talk is over back to its author; False: somebody was faster."""
    with transaction.atomic():
        alone_in(text.conversation)
        mine = locked(text)
        if mine.state != TextState.APPROVAL or not is_over(mine.hand_over, clock.now()):
            return False
        stay(mine, why=OVER)
        return True
