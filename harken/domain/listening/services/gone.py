"""Posts that were heard and are not there any more, as their sources tell it.

What is known of them stays, for who must show later what was said; nobody is asked to answer them.
One that is a message by now follows its channel, which knows the order of its changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from harken.domain.journal.services import record_all
from harken.domain.listening.events import MentionMissed
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_mentions import Mention, MentionRef
from harken.domain.listening.services.asking import teams_of
from harken.domain.listening.services.authors import lock_mentions
from harken.domain.listening.services.mentions import bury
from harken.kit import clock
from harken.kit.source import Gone


def take_back_heard(source: int, gone: Sequence[Gone]) -> int:
    """The authors of these posts took them back; how many of them were mentions.

    In the caller's transaction, with the cursor that says where it was read.
    """
    refs = MentionRef.objects.filter(source=source, ref__in=[each.ref for each in gone if each.ref])
    named = Q(pk__in=refs.values("mention"))
    for network in {each.network for each in gone if each.uri}:
        uris = [each.uri for each in gone if each.uri and each.network == network]
        named |= Q(network=network, uri__in=uris)
    standing = Mention.objects.filter(named, deleted_at=None, message=None)
    if not standing.exists():  # as most: of a firehose hardly anything was a mention
        return 0
    lock_mentions()
    found = list(standing)
    now = clock.now()
    for mention in found:
        bury(mention, now)
    record_all(MentionMissed(mention=each.pk, teams=teams_of(_monitors_of(each))) for each in found)
    return len(found)


def _monitors_of(mention: Mention) -> list[Monitor]:
    return list(Monitor.objects.filter(monitorhit__mention=mention).distinct())
