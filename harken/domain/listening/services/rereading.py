"""What a source heard lately and may have missed a change of: the mentions to look at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from harken.domain.listening.models_mentions import Mention, MentionRef
from harken.kit import clock
from harken.kit.heard import Heard

MOST = 200  # mentions of one look, the newest: ten questions to a Mastodon server
RECENT = timedelta(days=7)


def recent_mentions(source: int) -> dict[str, Mention]:
    """By what the source calls them, the newest first; those that still stand and are no message.

    (A message follows its channel.)
    """
    rows = MentionRef.objects.filter(
        source=source,
        mention__deleted_at=None,
        mention__message=None,
        mention__heard_at__gte=clock.now() - RECENT,
    )
    found = rows.select_related("mention").defer("mention__sketch").order_by("-pk")[:MOST]
    return {row.ref: row.mention for row in found}


def changed(posts: Iterable[Heard], known: Mapping[str, Mention]) -> list[Heard]:
    """Those whose author changed them since they were heard."""
    return [
        post
        for post in posts
        if (mention := known.get(post.ref))
        and post.edited
        and (post.text, post.pictures) != (mention.text, mention.pictures)
    ]
