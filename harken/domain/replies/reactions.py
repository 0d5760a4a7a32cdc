"""What replies do when something happens to a conversation."""

from __future__ import annotations

from django.db.models import Q

from harken.domain.conversations.events import MessageDeleted
from harken.domain.notifications.services.tell import notify
from harken.domain.people.models import Role, User
from harken.domain.replies.events import ActionRefused, ReplyUndone
from harken.domain.replies.models import WAITING, Reply, ReplyState
from harken.domain.replies.models_retraction import Retraction


def stop_reply_to_deleted_post(event: MessageDeleted) -> None:
    """A waiting or held reply to a post that was taken back does not leave; its text is kept."""
    from harken.domain.replies.services.undo import take_back

    for reply in Reply.objects.select_for_update().filter(
        target_id=event.message, state__in=[*WAITING, ReplyState.HELD]
    ):
        take_back(reply, why="The post was taken back by its author before this reply left.")


def tell_of_what_stays(event: ActionRefused) -> None:
    """The network keeps a post that was taken back: who wrote it, who asked, and their leads."""
    asked = Retraction.objects.select_related("action__message__conversation")
    kept = asked.filter(action=event.action).first()
    if kept is None:  # a like was refused
        return
    conversation = kept.action.message.conversation
    concerned = Q(pk__in=[kept.action.author_id, kept.author_id])
    leads = Q(role=Role.MANAGER) | Q(role=Role.LEAD, teams=conversation.team_id)
    notify(
        "not_deleted",
        to=User.objects.filter(concerned | leads, is_active=True).distinct(),
        text="The network will not delete an answer that was taken back: it still stands there",
        conversation=conversation,
    )


def tell_that_it_stayed(event: ReplyUndone) -> None:
    """What its author had scheduled did not leave, and nobody took it back: they have to look."""
    if event.by is not None:
        return
    reply = Reply.objects.select_related("author", "conversation").get(pk=event.reply)
    if reply.go_at is not None:
        text = "An answer you scheduled stayed here; it is your draft again"
        notify("stayed", to=[reply.author], text=text, conversation=reply.conversation)
