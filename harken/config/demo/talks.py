"""Two customers of the demo who went on in private; one of them waits for a call.

The house only ever speaks when a person does, so nothing of ours is said here.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from harken.domain.conversations.models import Conversation, Place
from harken.domain.handover.links import fingerprint, new_token, new_word
from harken.domain.handover.models import HandOver
from harken.domain.handover.services.enter import open_talk_by
from harken.domain.handover.services.talk import ask_for_call, hear, leave_details
from harken.domain.people.models import User
from harken.kit import clock

PHONE = "+31 20 794 0815"  # of a range that is given to nobody
FIRST = "Hello, here I am. It is about order 4711, the frame came with a scratch."
ABOUT = "the refund"


def talk_in_private() -> None:
    """Let the customers of two answered conversations open a link. Runs once, on loading."""
    mika = User.objects.get(username="mika")
    answered = Conversation.objects.filter(place=Place.CLOSED, assignee=mika, language="en")
    for number, conversation in enumerate(answered.order_by("-listed_at")[:2]):
        talk = _opened(conversation, mika)
        if number:
            leave_details(talk, name="", email="", phone=PHONE)
            ask_for_call(talk, phone=PHONE, wanted_at=None, about=ABOUT, client_key=uuid.uuid4())
        else:
            hear(talk, body=FIRST, client_key=uuid.uuid4())


def _opened(conversation: Conversation, by: User) -> HandOver:
    token = new_token()
    made = HandOver.objects.create(
        conversation=conversation,
        made_by=by,
        token_sha256=fingerprint(token),
        word=new_word(),
        expires_at=clock.now() + timedelta(days=3),
    )
    open_talk_by(token)
    made.refresh_from_db()
    return made
