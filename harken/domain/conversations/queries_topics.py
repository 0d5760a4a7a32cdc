"""The topics as a tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harken.domain.conversations.models import Topic


@dataclass(frozen=True, slots=True)
class Branch:
    """A topic at its place: `depth` from 0, `path` are the names of the topics above it."""

    topic: Topic
    depth: int
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name with those above it, for lists in which the place alone does not show."""
        return " › ".join([*self.path, self.topic.name])


def topic_tree() -> list[Branch]:
    """The topics in use, each below its parent, side by side by name.

    What hangs below a retired topic stands at the top.
    """
    found = Topic.objects.filter(retired_at=None).select_related("team", "owner", "deputy")
    topics = list(found.order_by("name"))
    known = {topic.pk for topic in topics}
    below: dict[int | None, list[Topic]] = defaultdict(list)
    for topic in topics:
        below[topic.parent_id if topic.parent_id in known else None].append(topic)
    return list(_branches(below, None, ()))


def _branches(
    below: dict[int | None, list[Topic]], parent: int | None, path: tuple[str, ...]
) -> Iterator[Branch]:
    for topic in below[parent]:
        yield Branch(topic, len(path), path)
        yield from _branches(below, topic.pk, (*path, topic.name))


def beneath(topic: Topic, tree: Iterable[Branch]) -> set[int]:
    """The topic and everything that hangs from it, as ids."""
    found = {topic.pk}
    for branch in tree:  # parents come before their children
        if branch.topic.parent_id in found:
            found.add(branch.topic.pk)
    return found


def retired_topics() -> list[Topic]:
    """Topics out of use, the last one first."""
    return list(Topic.objects.filter(retired_at__isnull=False).order_by("-retired_at"))
