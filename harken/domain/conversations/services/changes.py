"""What an author does to a post at the network: edits and deletions, honoured here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harken.domain.channels.models import Channel
from harken.domain.conversations.events import MessageDeleted, MessageEdited
from harken.domain.conversations.models import ContextPost, Message
from harken.domain.conversations.models_early import EarlyEdit, Tombstone
from harken.domain.conversations.services.waiting import recompute
from harken.domain.journal.services import record
from harken.kit.connector import PostDeleted, PostEdited
from harken.kit.text import storable


def apply_edit(channel: Channel, edit: PostEdited) -> int:
    """Give a stored message its newer text; returns 1 when something changed.

    An older `version` than the stored one is ignored; an edit of a post we do not have yet is
    kept until it comes.
    """
    body = storable(edit.text, 64_000)
    images = [{"url": i.url, "alt": i.alt, "thumb": i.thumb_url} for i in edit.images]
    known = Message.objects.filter(channel=channel, external_id=edit.external_id)
    changed = known.filter(version__lt=edit.version, deleted_at=None).update(
        body=body, images=images, edited_at=edit.edited_at, version=edit.version
    )
    if changed:
        message = known.select_related("conversation").get()
        recompute([message.conversation_id])
        record(MessageEdited(message=message.pk, **place(message)))
    elif not known.exists():
        _keep_for_later(channel, edit, body, images)
    return changed


def _keep_for_later(
    channel: Channel, edit: PostEdited, body: str, images: list[dict[str, str]]
) -> None:
    values = {
        "body": body,
        "images": images,
        "edited_at": edit.edited_at,
        "version": edit.version,
    }
    early, fresh = EarlyEdit.objects.get_or_create(
        channel=channel, external_id=edit.external_id, defaults=values
    )
    if not fresh and early.version < edit.version:
        EarlyEdit.objects.filter(pk=early.pk).update(**values)


def apply_early_edits(channel: Channel, external_ids: Sequence[str]) -> int:
    """Apply and drop the edits that were waiting for these posts; returns how many changed."""
    changed = 0
    for early in EarlyEdit.objects.filter(channel=channel, external_id__in=external_ids):
        changed += Message.objects.filter(
            channel=channel, external_id=early.external_id, version__lt=early.version
        ).update(
            body=early.body,
            images=early.images,
            edited_at=early.edited_at,
            version=early.version,
        )
        early.delete()
    if changed:
        recompute(
            Message.objects.filter(channel=channel, external_id__in=external_ids)
            .values_list("conversation_id", flat=True)
            .distinct()
        )
    return changed


def apply_deletion(channel: Channel, deletion: PostDeleted) -> int:
    """Mark a message as taken back by its author; returns 1 when it was not marked before.

    A tombstone keeps a later delivery of the post out. The text stays, struck through, as
    evidence of what was answered.
    """
    where = {"channel": channel, "external_id": deletion.external_id}
    Tombstone.objects.get_or_create(**where, defaults={"deleted_at": deletion.deleted_at})
    EarlyEdit.objects.filter(**where).delete()
    ContextPost.objects.filter(**where, deleted_at=None).update(deleted_at=deletion.deleted_at)
    message = (
        Message.objects.filter(**where, deleted_at=None).select_related("conversation").first()
    )
    if message is None:
        return 0
    Message.objects.filter(pk=message.pk).update(deleted_at=deletion.deleted_at)
    recompute([message.conversation_id])
    record(MessageDeleted(message=message.pk, **place(message)))
    return 1


def place(message: Message) -> dict[str, Any]:
    """Where an event about this message belongs: `conversation`, `channel` and `teams`."""
    team = message.conversation.team_id
    return {
        "conversation": message.conversation_id,
        "channel": message.channel_id,
        "teams": (team,) if team else (),
    }
