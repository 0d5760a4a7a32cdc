"""Sending an answer: one customer turn gets one, whoever is faster and however often they ask."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Max

from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.conversations.services.assign import take
from harken.domain.journal.services import record
from harken.domain.knowledge.services import uses
from harken.domain.people.models import User
from harken.domain.replies.alike import plain, shape, trigrams
from harken.domain.replies.checks.registry import Found
from harken.domain.replies.events import ReplyHeldBack
from harken.domain.replies.gates import gate_for
from harken.domain.replies.models import GONE, Draft, Reply, ReplyShape, ReplyState
from harken.domain.replies.queries import answer_to
from harken.domain.replies.queries_alike import personal_words
from harken.domain.replies.queries_moved import Moved, moved_since, place_in
from harken.domain.replies.services.checked import Stopped, note_blocked, note_sent, weigh
from harken.domain.replies.services.draft import LONGEST_BODY, save_draft
from harken.domain.replies.services.permission import may_write, place_of
from harken.domain.replies.services.release import on_its_way, told
from harken.kit.connector import Connector
from harken.kit.refusals import Invalid, Refusal
from harken.kit.text import storable


class AlreadyAnswered(Refusal):
    """The turn has its answer. `reply` is the colleague's (None: closed or answered elsewhere).

    What was typed is kept as the sender's draft; `again=True` answers anyway.
    """

    def __init__(self, reply: Reply | None) -> None:
        who = _said_by(reply) if reply else "Nobody waits here."
        super().__init__(f"{who} Your text is kept as a draft; you can still send it as well.")
        self.reply = reply


def _said_by(reply: Reply) -> str:
    if reply.state == ReplyState.APPROVAL:
        return f"{reply.author} has written an answer that waits for approval."
    return f"{reply.author} has answered this already."


class ThreadMoved(Refusal):
    """Something happened after the writer began: `moved`. What was typed is kept as a draft."""

    def __init__(self, moved: list[Moved]) -> None:
        super().__init__("It was not sent: something happened meanwhile. Look at it and send then.")
        self.moved = moved


class EmptyReply(Invalid):
    """There is nothing to send."""


class TooLong(Invalid):
    """The network does not take a text of this length."""


class CannotReply(Refusal):
    """There is no post to answer, or the network takes no answers."""


class UsedKey(Invalid):
    """The client key belongs to another answer."""

    def __init__(self) -> None:
        super().__init__("This form was used for another answer. Reload the page and send again.")


class Before(TypedDict, total=False):
    """What the writer knew and decided before they sent; None: whatever there was.

    `seen` is the id of the newest customer message on their screen, `read_up_to` the place up to
    which they had read the conversation (`queries_moved.place_in`), `confirmed` the ids of the
    warnings they have read. `again`: answer although there is an answer, or nobody waits.
    `go_at` is the moment it is to leave (aware); None or past: at once.
    """

    again: bool
    seen: int | None
    read_up_to: int | None
    confirmed: Collection[str] | None
    go_at: datetime | None


def send(
    conversation: Conversation,
    *,
    body: str,
    client_key: uuid.UUID,
    by: User,
    **before: Unpack[Before],
) -> Reply:
    """Hand an answer to the outbox and return it; the same `client_key` returns the first one.

    A customer message its writer had not seen is not settled by this answer; whatever happened
    after they had read stops it, and so does a warning they have not read. What a check blocks
    stays here, what somebody must agree to waits. Nobody's conversation becomes the sender's.
    Raises `NotAllowed`, `EmptyReply`, `TooLong`, `CannotReply`, `AlreadyAnswered`, `ThreadMoved`,
    `BlockedByCheck`, `NotYetRead`.
    """
    try:
        with transaction.atomic():
            locked = _alone_in(conversation)
            first = Reply.objects.filter(client_key=client_key).first()
            if first is not None:
                return _replayed(first, locked, by)
            may_write(locked, by)
            connector = pure_connector(locked.channel)
            text = _checked(connector, body)
            reply = _place(locked, by, again=before.get("again", False), seen=before.get("seen"))
            _still_as_read(locked, by, before.get("read_up_to"))
            reply.client_key, reply.key, reply.body = client_key, connector.new_key(), text
            _schedule(reply, locked, before.get("go_at"))
            found = weigh(locked, text, by=by, confirmed=before.get("confirmed"))
            return _queue(reply, locked, found)
    except IntegrityError as error:
        refusal: Refusal = _lost_race(conversation, error)
    except (AlreadyAnswered, ThreadMoved) as error:
        refusal = error
    except Stopped as error:
        refusal = error
        note_blocked(conversation, error.found, client_key=client_key, by=by)
    save_draft(conversation, body=body, by=by, client_key=client_key)
    raise refusal


def _schedule(reply: Reply, conversation: Conversation, go_at: datetime | None) -> None:
    if go_at is not None:
        reply.go_at, reply.read_up_to = go_at, place_in(conversation)


def _alone_in(conversation: Conversation) -> Conversation:
    """Everything that writes a reply waits here, so all of them see each other's rows."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=conversation.pk)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What `send` would do now: this text under this post, or first say `answered`."""

    body: str
    target: Message
    answered: AlreadyAnswered | None


def rehearse(
    conversation: Conversation, *, body: str, by: User, seen: int | None = None
) -> Rehearsal:
    """Everything `send` looks at, without sending. Raises what it raises, but `AlreadyAnswered`."""
    may_write(conversation, by)
    text = _checked(pure_connector(conversation.channel), body)
    try:
        reply, answered = _place(conversation, by, again=False, seen=seen), None
    except AlreadyAnswered as refusal:
        reply, answered = _place(conversation, by, again=True, seen=seen), refusal
    return Rehearsal(text, reply.target, answered)


def _replayed(first: Reply, conversation: Conversation, by: User) -> Reply:
    if first.author_id != by.pk or first.conversation_id != conversation.pk:
        raise UsedKey
    return first


def _lost_race(conversation: Conversation, error: IntegrityError) -> Refusal:
    """The database was the last line. Any other broken rule is a defect and stays loud."""
    if "client_key" in str(error):  # used in another conversation at the same moment
        return UsedKey()
    if "one_answer_a_turn" not in str(error):
        raise error
    return AlreadyAnswered(
        Reply.objects.filter(conversation=conversation)
        .exclude(state__in=GONE)
        .order_by("-id")
        .first()
    )


def _checked(connector: Connector, body: str) -> str:
    if not connector.capabilities.can_reply:
        raise CannotReply(f"{connector.label} takes no answers. Answer on another network.")
    text = storable(body, LONGEST_BODY).strip()
    if not text:
        raise EmptyReply("The answer is empty. Write something to send.")
    length = connector.length(text)
    if length.left < 0:
        raise TooLong(
            f"The answer is {-length.left} {length.unit} too long for {connector.label}. "
            "Shorten it and send again."
        )
    return text


def _still_as_read(conversation: Conversation, by: User, read_up_to: int | None) -> None:
    moved = [] if read_up_to is None else moved_since(conversation, read_up_to, but_by=by)
    if moved:
        raise ThreadMoved(moved)


def _place(conversation: Conversation, by: User, *, again: bool, seen: int | None) -> Reply:
    """An unsaved reply at its turn, slot and target."""
    known = Message.objects.filter(
        conversation=conversation, direction=Direction.INBOUND, deleted_at=None
    )
    if seen is not None:
        known = known.filter(pk__lte=seen)
    # An answer stands under a public post, also when what waits was said in private.
    newest = known.filter(is_private=False).order_by("-sent_at", "-id").first()
    if newest is None:
        raise CannotReply("The customer took this post back, so there is nothing to answer.")
    waiting = conversation.turn
    if waiting is not None and seen is not None and waiting.pk > seen:
        waiting = None  # it came after the writer looked: this answer is about something else
    turn = waiting or newest
    answer = answer_to(turn)
    if not again and (answer is not None or waiting is None):
        raise AlreadyAnswered(answer)
    return Reply(
        conversation=conversation,
        channel=conversation.channel,
        author=by,
        turn=turn,
        slot=answer.slot + 1 if answer else 0,
        target=newest,
        answers_id=known.aggregate(highest=Max("pk"))["highest"],
    )


def _queue(reply: Reply, conversation: Conversation, found: list[Found]) -> Reply:
    by = reply.author
    reply.body_sha256 = hashlib.sha256(reply.body.encode()).hexdigest()
    on_its_way(reply)
    gate = gate_for(conversation, reply.body, by)
    if gate is not None:
        reply.state = ReplyState.APPROVAL
    reply.save(force_insert=True)
    reply.refresh_from_db(fields=["hold_until", "next_attempt_at", "written_at"])
    bands = shape(trigrams(plain(reply.body, personal_words(conversation, by))))
    if bands:
        ReplyShape.objects.create(reply=reply, bands=bands)
    note_sent(reply, found)
    uses.note_sent(conversation, reply.body, client_key=reply.client_key)
    Draft.objects.filter(conversation=conversation, author=by).delete()
    if conversation.assignee_id is None:
        take(conversation, by=by)
    if gate is None:
        told(reply, by=by)
    else:
        record(ReplyHeldBack(reply=reply.pk, by=by.pk, **place_of(conversation)))
        gate.opened(reply)
    return reply
