"""What a person is about to send, with everything the checks must know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from harken.domain.channels.models import Channel
from harken.domain.channels.registry import pure_connector
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.knowledge.queries_begun import known_beside
from harken.domain.people.models import Brand, User
from harken.domain.replies.brand_words import places
from harken.domain.replies.checks.links import urls
from harken.domain.replies.checks.port import LinkState, Pattern, Reading, SavedText, Severity
from harken.domain.replies.checks.registry import Found, run
from harken.domain.replies.models_checks import BrandWord, CheckSetting, LinkLook, WordList
from harken.domain.replies.queries_alike import earlier_like
from harken.kit import clock

MOST_ASKED = 10  # messages of the customer that are read
STALE = timedelta(days=7)  # after which nothing is known of a link any more
UNSEEN = "it was not looked at yet"

Feelings = Callable[[Conversation], str]
_feelings: list[Feelings] = []


def ask_feelings_of(told: Feelings) -> None:
    """Who says how a customer feels ("positive", "negative", ...): a room above this one."""
    _feelings[:] = [told]


def looked_over(conversation: Conversation, text: str, *, by: User) -> list[Found]:
    """What the checks find in `text`, the heaviest first, as heavy as its brand wants it."""
    return run(reading_of(conversation, text, by=by), severities(conversation.channel.brand, by))


def severities(brand: Brand, by: User) -> dict[str, Severity]:
    """The severities a brand has set, by check; the word for a role goes before that for all."""
    rows = CheckSetting.objects.filter(Q(role="") | Q(role=by.role), brand=brand)
    return {row.check_key: Severity(row.severity) for row in rows.order_by("role")}


def reading_of(conversation: Conversation, text: str, *, by: User) -> Reading:
    """`text` as an answer of `by` in this conversation, for the checks."""
    contact, channel = conversation.contact, conversation.channel
    length = pure_connector(channel).length(text)
    words = list(channel.brand.words.all())
    others = Channel.objects.exclude(brand=channel.brand).values_list("handle", flat=True)
    return Reading(
        text=text,
        name_to_use=contact.name_to_use,
        display_name=conversation.handle.display_name,
        handle=conversation.handle.handle,
        asked=_asked(conversation),
        language=conversation.language,
        feels=_feelings[0](conversation) if _feelings else "",
        signature=by.signature,
        brand=channel.brand.name,
        other_brands=tuple(
            Brand.objects.exclude(pk=channel.brand_id).values_list("name", flat=True)
        ),
        other_handles=tuple(others),
        ours=_ours(channel, words),
        portal=portal_links(),
        used=length.used,
        limit=length.limit,
        unit=length.unit,
        today=clock.now().date(),
        patterns=_patterns(words, text),
        links=_links(text),
        earlier=tuple(earlier_like(text, conversation, by=by)),
        saved=tuple(_saved(conversation, text)),
    )


def portal_links() -> str:
    """How every link to a private talk begins; empty where customers can reach no such page."""
    return f"{settings.PORTAL_URL}/private/" if settings.PORTAL_URL else ""


def _asked(conversation: Conversation) -> tuple[str, ...]:
    theirs = Message.objects.filter(
        conversation=conversation, direction=Direction.INBOUND, deleted_at=None
    ).order_by("-sent_at", "-id")
    open_ones = theirs.filter(pk__gt=conversation.settled_id)[:MOST_ASKED]
    return tuple(message.body for message in open_ones)[::-1]


def _ours(channel: Channel, words: list[BrandWord]) -> tuple[str, ...]:
    own = [word.line for word in words if word.word_list == WordList.OURS]
    return (*own, channel.handle)


def _saved(conversation: Conversation, text: str) -> Iterator[SavedText]:
    for known in known_beside(conversation, text):
        yield SavedText(
            title=known.answer.title,
            says=known.says,
            began=known.began,
            owner=str(known.answer.owner),
            valid_until=known.answer.valid_until,
            is_old=known.is_old,
            is_retired=known.answer.retired_at is not None,
        )


def _patterns(words: list[BrandWord], text: str) -> tuple[Pattern, ...]:
    found = (
        Pattern(word.line, word.word_list == WordList.FORBIDDEN, places(word.line, text))
        for word in words
        if word.word_list != WordList.OURS
    )
    return tuple(each for each in found if each.places)


def _links(text: str) -> dict[str, LinkState]:
    written = [url for url, _, _ in urls(text)]
    if not written:
        return {}
    known = LinkLook.objects.filter(url__in=written).exclude(looked_at__lt=clock.now() - STALE)
    return {each.url: LinkState(each.is_alive, each.detail or UNSEEN) for each in known}
