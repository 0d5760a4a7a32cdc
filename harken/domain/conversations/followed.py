"""Which public trees are looked at again, because a network does not tell everything."""

from __future__ import annotations

from datetime import datetime, timedelta

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation, Message, Place, State
from harken.kit import clock
from harken.kit.connector import Followed

OPEN_FOR = timedelta(hours=48)  # without activity, after which an open conversation is left alone
CLOSED_FOR = timedelta(hours=24)
CLOSED_EVERY = 6  # rounds: a closed conversation may be taken up again, but nobody waits in it
CANDIDATES = 1000  # trees considered; beyond it only the newest are
POSTS = 100  # of one tree, the newest


class Rounds:
    """Gives out the trees of one channel, a few at a time: half the newest, half in turn."""

    def __init__(self) -> None:
        self._round = 0
        self._turn: dict[State, int] = {State.OPEN: 0, State.CLOSED: 0}

    def next(self, channel: Channel, most: int) -> list[Followed]:
        """The trees to read again now, `most` at most."""
        self._round += 1
        closed = self._round % CLOSED_EVERY == 0
        state, age = (State.CLOSED, CLOSED_FOR) if closed else (State.OPEN, OPEN_FOR)
        keys = self._pick(state, _keys(channel, state, age), most)
        return _with_posts(channel, keys)

    def _pick(self, state: State, keys: list[str], most: int) -> list[str]:
        if len(keys) <= most:
            return keys
        newest, rest = keys[: most // 2], keys[most // 2 :]
        start = self._turn[state] % len(rest)
        some = (rest[start:] + rest[:start])[: most // 2]
        self._turn[state] = start + len(some)
        return newest + some


def _keys(channel: Channel, state: State, age: timedelta) -> list[str]:
    since = clock.now() - age
    fresh = Conversation.objects.filter(channel=channel, state=state, last_message_at__gte=since)
    # Each place has its own index, by `listed_at`, which is never before the last message.
    keys: list[tuple[datetime, int, str]] = []
    for place in Place.values:
        rows = fresh.filter(place=place, listed_at__gte=since).order_by("-listed_at", "-id")
        keys += rows.values_list("last_message_at", "pk", "thread_key")[:CANDIDATES]
    return list(dict.fromkeys(key for _, _, key in sorted(keys, reverse=True)[:CANDIDATES]))


def _with_posts(channel: Channel, keys: list[str]) -> list[Followed]:
    posts: dict[str, list[str]] = {key: [] for key in keys}
    rows = (
        Message.objects.filter(
            conversation__channel=channel, conversation__thread_key__in=keys, deleted_at=None
        )
        .filter(is_private=False)  # the network does not know of these and never will
        .order_by("sent_at", "id")
        .values_list("conversation__thread_key", "external_id")
    )
    for key, external_id in rows:
        posts[key].append(external_id)
    return [Followed(key, tuple(ids[-POSTS:])) for key, ids in posts.items() if ids]
