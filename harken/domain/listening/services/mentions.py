"""Each post that was heard is kept once, as a mention, with the conversation it is part of.

The same post may come from a channel, from a source, and from both in either order. Who stores
mentions holds one lock until the end of the transaction, so two of them never meet on one post.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Direction, Message
from harken.domain.conversations.models_early import Tombstone
from harken.domain.journal.services import record_all
from harken.domain.listening.events import MentionHeard
from harken.domain.listening.folds import Firsts, sketch_of
from harken.domain.listening.models import Monitor, MonitorHit
from harken.domain.listening.models_mentions import Mention, MentionRef, MentionState
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.services.asking import ask_at_once, teams_told
from harken.domain.listening.services.authors import lock_mentions, name_the_known
from harken.domain.listening.stored import Post
from harken.kit import clock
from harken.kit.connector import Why
from harken.kit.heard import Heard
from harken.kit.markup import web_address
from harken.kit.text import storable

COLUMNS = ("channel", "external_id", "direction", "why", "deleted_at", "conversation")
#: A mention is folded under another that was heard so long ago at most.
FOLDED_WITHIN = timedelta(days=3)
MOST_FIRSTS = 500  # mentions a batch is compared with, the newest
#: What a source that knows only ids says of a post's author anew is not news.
LOOKED_UP = ("author", "reach")
Key = tuple[str, str]
#: What a new mention may be folded under: one in the inbox was answered, a new one was not.
OPEN_TO_FOLDS = (MentionState.NEW, MentionState.LEARNT, MentionState.DISMISSED)


@dataclass(slots=True)
class Matched:
    """A post and the monitors that heard it."""

    post: Post
    monitors: frozenset[int]

    @property
    def key(self) -> Key:
        """What names the post for ever."""
        return self.post.heard.network, self.post.heard.uri


def keep(heard: Iterable[Matched]) -> dict[Key, Mention]:
    """Store what is new of these and join what is known to its conversation; all of them.

    In the caller's transaction, which stores the hits behind it.
    """
    matched = _by_post(heard)
    lock_mentions()
    known = _known(matched)
    around = _Around(list(matched.values()))
    fresh = [around.mention(each) for key, each in matched.items() if key not in known]
    name_the_known(fresh)
    _fold(fresh, matched)
    Mention.objects.bulk_create([each for each in fresh if each.fold is None])
    Mention.objects.bulk_create([each for each in fresh if each.fold is not None])
    _keep_refs({**{(each.network, each.uri): each for each in fresh}, **known}, matched)
    changed = [
        mention
        for key, mention in known.items()
        if _bring_up_to_date(mention, matched[key].post, around.message_of(matched[key]))
    ]
    monitors = Monitor.objects.in_bulk({pk for each in matched.values() for pk in each.monitors})
    _tell([*fresh, *changed], matched, monitors)
    ask_at_once([(each, matched[each.network, each.uri].monitors) for each in fresh], monitors)
    return {(each.network, each.uri): each for each in (*fresh, *known.values())}


def follow(posts: Sequence[Post]) -> None:
    """What these messages and changed posts say now, their mentions say too.

    A mention of such a message that was heard before is joined to it.
    """
    messages = {(post.heard.network, post.heard.uri): post for post in posts}
    known = _known(messages)
    if known:
        ids = [post.message for post in posts if post.message is not None]
        stored = {each.pk: each for each in Message.objects.filter(pk__in=ids).only(*COLUMNS)}
        for key, mention in known.items():
            post = messages[key]
            _bring_up_to_date(mention, post, stored.get(post.message or 0))


def take_back(messages: Collection[int]) -> None:
    """The authors of these messages took them back, and so their mentions."""
    # By the post and not by the message: one that was gone before it met the monitors never joined.
    gone = Message.objects.filter(pk__in=messages, deleted_at__isnull=False)
    rows = gone.values_list("channel__network", "external_id", "deleted_at")
    graves = {(network, uri): when for network, uri, when in rows if when is not None}
    for key, mention in _known(graves).items():
        if mention.deleted_at is None:
            bury(mention, graves[key])


def bury(mention: Mention, when: datetime) -> None:
    """A post is gone for good."""
    Mention.objects.filter(pk=mention.pk).update(deleted_at=when, sketch=[])
    mention.deleted_at = when
    _hand_on(mention)


def _hand_on(mention: Mention) -> None:
    """What was folded under a mention that is listed no more is shown under their oldest now."""
    alike = Mention.objects.filter(fold=mention, deleted_at=None, message=None)
    first = alike.order_by("sent_at", "pk").first()
    if first is None:
        return
    Mention.objects.filter(fold=mention).exclude(pk=first.pk).update(fold=first)
    first.fold, first.sketch = None, sketch_of(first.text)
    if mention.state != MentionState.TAKEN:
        first.state, first.reason, first.note = mention.state, mention.reason, mention.note
        first.settled_by_id, first.settled_at = mention.settled_by_id, mention.settled_at
    first.save()


def join(mention: Mention, message: Message) -> None:
    """A mention is one of a conversation from now on, and its hits are hits of that message.

    Others who said the same have no answer by that: the oldest of them is listed in its place.
    """
    mention.message, mention.state = message, MentionState.TAKEN
    mention.untagged = message.why == Why.SEARCH
    mention.sketch, mention.deleted_at = [], message.deleted_at
    mention.save()
    MonitorHit.objects.filter(mention=mention, message=None).update(message=message)
    _hand_on(mention)


def _keep_refs(mentions: Mapping[Key, Mention], matched: Mapping[Key, Matched]) -> None:
    """What the sources call these, so that they can say what became of them.

    Posts in a stream may come from another Harken's sources, which mean nothing here.
    """
    called = [(key, each.post.heard) for key, each in matched.items()]
    called = [(key, heard) for key, heard in called if heard.source and heard.ref]
    if not called:
        return
    ours = ListeningSource.objects.filter(pk__in={heard.source for _, heard in called})
    here = set(ours.values_list("pk", flat=True))
    MentionRef.objects.bulk_create(
        [
            MentionRef(source_id=heard.source, ref=storable(heard.ref, 100), mention=mentions[key])
            for key, heard in called
            if heard.source in here
        ],
        ignore_conflicts=True,
    )


def _by_post(heard: Iterable[Matched]) -> dict[Key, Matched]:
    """Each post once; the way that knows of a message goes first."""
    found: dict[Key, Matched] = {}
    for each in sorted(heard, key=lambda each: (each.key, each.post.message is None)):
        first = found.setdefault(each.key, each)
        first.monitors |= each.monitors
    return found


def _known(keys: Collection[Key]) -> dict[Key, Mention]:
    networks, uris = {network for network, _ in keys}, [uri for _, uri in keys]
    found = Mention.objects.filter(network__in=networks, uri__in=uris)
    return {key: each for each in found if (key := (each.network, each.uri)) in keys}


class _Around:
    """What is known beside some posts: our accounts, the messages they are, what was taken back."""

    def __init__(self, matched: Sequence[Matched]) -> None:
        networks = {each.post.heard.network for each in matched}
        channels = {each.pk: each for each in Channel.objects.filter(network__in=networks)}
        self._accounts = {
            (each.network, name.casefold())
            for each in channels.values()
            for name in (each.external_id, each.handle)
        }
        self._calls = [(each.network, f"@{each.handle}".casefold()) for each in channels.values()]
        uris = [each.post.heard.uri for each in matched]
        place = {"channel__in": list(channels), "external_id__in": uris}
        self._messages: dict[Key, Message] = {}
        found = Message.objects.filter(**place, is_private=False).select_related("conversation")
        for message in found.only(*COLUMNS, "conversation__team").order_by("-pk"):
            network = channels[message.channel_id].network
            self._messages[network, message.external_id] = message
        self._graves = {
            (channels[each.channel_id].network, each.external_id): each.deleted_at
            for each in Tombstone.objects.filter(**place)
        }

    def message_of(self, each: Matched) -> Message | None:
        """The customer's message that a post is."""
        found = self._messages.get(each.key)
        return found if found and found.direction == Direction.INBOUND else None

    def mention(self, each: Matched) -> Mention:
        """A post as a mention nobody has seen yet."""
        heard, message = each.post.heard, self.message_of(each)
        outbound = each.key in self._messages and message is None
        by_us = outbound or (heard.network, heard.author.casefold()) in self._accounts
        made = Mention(network=heard.network, uri=heard.uri, sent_at=heard.sent_at, by_us=by_us)
        made.counts_from = heard.counts_from
        _say(made, heard)
        made.deleted_at = self._graves.get(each.key)
        made.untagged = not by_us and self._is_untagged(heard, message)
        if message is not None:
            made.message, made.state = message, MentionState.TAKEN
            made.deleted_at = made.deleted_at or message.deleted_at
        return made

    def _is_untagged(self, heard: Heard, message: Message | None) -> bool:
        if message is not None:
            return message.why == Why.SEARCH
        said = heard.text.casefold()
        return not any(network == heard.network and call in said for network, call in self._calls)


def _say(mention: Mention, heard: Heard) -> bool:
    """Let a mention say what its post says; whether that is anything new."""
    says = {
        "text": heard.text,
        "account": storable(heard.account, 200),
        "author": storable(heard.author, 200),
        "lang": storable(heard.lang, 35),
        "links": list(heard.links),
        "pictures": heard.pictures,
        "reach": heard.reach,
        "url": web_address(heard.url) or web_address(heard.uri),
    }
    if heard.account and heard.author == heard.account == mention.account:
        says = {name: said for name, said in says.items() if name not in LOOKED_UP}
    is_new = any(getattr(mention, name) != value for name, value in says.items())
    for name, value in says.items():
        setattr(mention, name, value)
    return is_new


def _bring_up_to_date(mention: Mention, post: Post, message: Message | None) -> bool:
    """A post came again: its message is known now, or its author changed it.

    Once it is a message, the channel knows the order of its changes; what a source says may be old.
    """
    joins = message is not None and mention.message_id is None and mention.deleted_at is None
    if post.message is None and mention.message_id is not None:
        return False
    changed = _say(mention, post.heard)
    if joins and message is not None:
        join(mention, message)
    elif changed:
        mention.save()
    return changed or joins


def _fold(fresh: Sequence[Mention], matched: dict[Key, Matched]) -> None:
    """Put those that say what an earlier one says under it; the others get their sketch."""
    waiting = [each for each in fresh if _may_fold(each)]
    for each in waiting:
        each.sketch = sketch_of(each.text)
    hashes = {one for each in waiting for one in each.sketch}
    stored = _firsts(hashes) if hashes else []
    firsts, leaders = Firsts(), dict(enumerate(stored))
    heard_by = _monitors_of(stored)
    for number, each in leaders.items():
        firsts.add(number, each.text, each.sketch, heard_by[each.pk])
    for each in sorted(waiting, key=lambda each: each.sent_at):
        monitors = matched[each.network, each.uri].monitors
        first = firsts.like(each.text, each.sketch, monitors) if each.sketch else None
        if first is not None:
            each.fold, each.sketch = leaders[first], []
        elif each.sketch:
            leaders[len(leaders)] = each
            firsts.add(len(leaders) - 1, each.text, each.sketch, monitors)


def _may_fold(mention: Mention) -> bool:
    return mention.message_id is None and mention.deleted_at is None and not mention.by_us


def _firsts(hashes: Collection[int]) -> list[Mention]:
    found = Mention.objects.filter(
        sketch__overlap=list(hashes),
        state__in=OPEN_TO_FOLDS,
        fold=None,
        message=None,
        heard_at__gte=clock.now() - FOLDED_WITHIN,
    )
    return list(found.order_by("-pk")[:MOST_FIRSTS])


def _monitors_of(mentions: Sequence[Mention]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {each.pk: set() for each in mentions}
    hits = MonitorHit.objects.filter(mention__in=found).values_list("mention", "monitor")
    for mention, monitor in hits:
        found[mention].add(monitor)
    return found


def _tell(
    changed: Sequence[Mention], matched: dict[Key, Matched], monitors: dict[int, Monitor]
) -> None:
    """Say which lines of the lists are new or changed, each once, to the teams they are for."""
    teams: dict[int, set[int | None]] = {}
    for each in changed:
        if each.untagged and each.deleted_at is None:
            heard = {monitors[pk].team_id for pk in matched[each.network, each.uri].monitors}
            if each.message is not None:
                heard = {each.message.conversation.team_id}
            teams.setdefault(each.fold_id or each.pk, set()).update(heard)
    record_all(
        MentionHeard(mention=mention, teams=teams_told(theirs)) for mention, theirs in teams.items()
    )
