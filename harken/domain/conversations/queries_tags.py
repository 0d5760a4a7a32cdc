"""Which tags there are to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from harken.domain.conversations.models import Conversation, ConversationTag, Tag
from harken.domain.conversations.queries import visible_to
from harken.domain.lookups import Lookup, Rows
from harken.domain.people.models import User

RECENT = 2000  # uses of tags looked at, the newest
MOST = 200  # tags offered


class TagName(NamedTuple):
    """A tag as it is chosen."""

    id: int
    name: str


def tags_in_use(user: User) -> Lookup[list[TagName]]:
    """The tags on conversations this person may see, most used lately first."""
    seen = ConversationTag.objects.filter(conversation__in=visible_to(user))

    def read(rows: Rows) -> list[TagName]:
        uses = Counter(TagName(*row) for row in rows)
        return sorted(dict(uses.most_common(MOST)), key=lambda tag: (-uses[tag], tag.name))

    return Lookup(seen.order_by("-pk").values_list("tag_id", "tag__name")[:RECENT], read)


def tags_on(conversation: Conversation) -> Lookup[list[TagName]]:
    """The tags of a conversation, by name."""
    found = Tag.objects.filter(tagged__conversation=conversation).order_by("name")
    return Lookup(found.values_list("id", "name"), lambda rows: [TagName(*row) for row in rows])


def to_choose(on: Sequence[TagName], in_use: Sequence[TagName]) -> list[tuple[TagName, bool]]:
    """Tags to choose from and whether the conversation has them; its own stand first."""
    return [(tag, True) for tag in on] + [(tag, False) for tag in in_use if tag not in on]
