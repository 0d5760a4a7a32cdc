"""Which tags there are to choose from."""

from __future__ import annotations

from collections import Counter

from harken.domain.conversations.models import Conversation, ConversationTag, Tag
from harken.domain.conversations.queries import visible_to
from harken.domain.people.models import User

RECENT = 2000  # uses of tags looked at, the newest
MOST = 200  # tags offered


def tags_in_use(user: User) -> list[Tag]:
    """The tags on conversations this person may see, most used lately first."""
    seen = ConversationTag.objects.filter(conversation__in=visible_to(user))
    uses = Counter(seen.order_by("-pk").values_list("tag", flat=True)[:RECENT])
    named = Tag.objects.in_bulk([tag for tag, _ in uses.most_common(MOST)])
    return sorted(named.values(), key=lambda tag: (-uses[tag.pk], tag.name))


def tags_for(user: User, conversation: Conversation) -> list[tuple[Tag, bool]]:
    """Tags to choose from and whether the conversation has them; its own stand first."""
    on = list(Tag.objects.filter(tagged__conversation=conversation))
    others = [tag for tag in tags_in_use(user) if tag not in on]
    return [(tag, True) for tag in on] + [(tag, False) for tag in others]
