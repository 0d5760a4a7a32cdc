"""Free words on conversations: put on, taken off."""

from __future__ import annotations

from django.db import transaction

from harken.domain.conversations.events import TagAdded, TagRemoved
from harken.domain.conversations.models import Conversation, ConversationTag, Tag
from harken.domain.conversations.services.permission import may_change, teams_of
from harken.domain.journal.services import record
from harken.domain.people.models import User
from harken.kit.refusals import Invalid
from harken.kit.text import storable

LONGEST = 40  # characters


def tag_name(text: str) -> str:
    """How a tag is written: small, hyphens for spaces, without the leading `#`.

    Raises `Invalid` when nothing is left, or too much.
    """
    name = "-".join(storable(text, 400).replace(",", " ").strip().lstrip("#").casefold().split())
    if not name or len(name) > LONGEST:
        raise Invalid(f"Give the tag a name of at most {LONGEST} characters.")
    return name


def add_tag(
    conversation: Conversation, name: str, *, by: User | None, rule: int | None = None
) -> Tag:
    """Put a tag on the conversation and make it if it is new; twice is once.

    `by` is nobody when the rule with the id `rule` did it. Raises `NotAllowed`, `Invalid`.
    """
    if by is not None:
        may_change(by)
    tag, _ = Tag.objects.get_or_create(name=tag_name(name))
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        _, fresh = ConversationTag.objects.get_or_create(
            conversation=locked, tag=tag, defaults={"added_by": by}
        )
        if fresh:
            record(
                TagAdded(
                    conversation=locked.pk,
                    channel=locked.channel_id,
                    by=by.pk if by else None,
                    teams=teams_of(locked),
                    tag=tag.pk,
                    rule=rule,
                )
            )
    return tag


def remove_tag(
    conversation: Conversation, name: str, *, by: User | None, rule: int | None = None
) -> Tag | None:
    """Take a tag off; None when no tag has that name. Otherwise as `add_tag`."""
    if by is not None:
        may_change(by)
    tag = Tag.objects.filter(name=tag_name(name)).first()
    if tag is None:
        return None
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        gone, _ = ConversationTag.objects.filter(conversation=locked, tag=tag).delete()
        if gone:
            record(
                TagRemoved(
                    conversation=locked.pk,
                    channel=locked.channel_id,
                    by=by.pk if by else None,
                    teams=teams_of(locked),
                    tag=tag.pk,
                    rule=rule,
                )
            )
    return tag
