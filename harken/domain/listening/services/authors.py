"""The authors of mentions get their handles, names and followers.

Whoever a source names by an id only is looked up once the mention is stored (`naming`), and kept:
the next mention of theirs has its name at once. After a day it is looked up again when they are
heard again, since people rename themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from harken.domain.journal.services import record
from harken.domain.listening.events import AuthorsNamed
from harken.domain.listening.models_authors import HeardAuthor
from harken.domain.listening.models_mentions import Mention
from harken.kit import clock
from harken.kit.authors import Author
from harken.kit.text import storable

OLD = timedelta(days=1)
LOCK = "SELECT pg_advisory_xact_lock(hashtext('harken mentions'))"
LONGEST = 200  # characters of a handle that a mention holds


def lock_mentions() -> None:
    """Nobody else stores mentions, or names their authors, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)


def name_the_known(fresh: Iterable[Mention]) -> None:
    """Name the authors that were looked up before, and ask for the others; stores no mention."""
    nameless = [each for each in fresh if each.is_nameless and not each.by_us]
    if not nameless:
        return
    accounts = {each.account for each in nameless}
    found = HeardAuthor.objects.filter(account__in=accounts)
    known = {(each.network, each.account): each for each in found}
    for mention in nameless:
        author = known.get((mention.network, mention.account))
        if author is not None:
            mention.author = storable(author.handle, LONGEST) or mention.account
            mention.name, mention.reach = author.name, author.followers
    now = clock.now()
    asked = {(each.network, each.account) for each in nameless} - known.keys()
    HeardAuthor.objects.bulk_create(
        [HeardAuthor(network=network, account=id_, next_at=now) for network, id_ in sorted(asked)],
        ignore_conflicts=True,
    )
    old = [each.pk for each in known.values() if each.told_at and each.told_at < now - OLD]
    HeardAuthor.objects.filter(pk__in=old, next_at=None).update(next_at=now, tries=0)


def name(network: str, told: Sequence[Author]) -> None:
    """What a network told of these accounts now stands with them and with their mentions."""
    if not told:
        return
    with transaction.atomic():
        # Without the lock a mention that is just being stored would miss its name.
        lock_mentions()
        for each in told:
            values = {"handle": each.handle, "name": each.name, "followers": each.followers}
            rows = HeardAuthor.objects.filter(network=network, account=each.account)
            rows.update(**values, told_at=clock.now(), next_at=None, tries=0)
            Mention.objects.filter(network=network, account=each.account).update(
                author=storable(each.handle, LONGEST) or each.account,
                name=each.name,
                reach=each.followers,
            )
        record(AuthorsNamed(network=network))


def ask_later(
    authors: Iterable[HeardAuthor], next_at: datetime | None, *, counts: bool = True
) -> None:
    """Nobody told who these are: ask at `next_at`, or never again; `counts` as a try."""
    for each in authors:
        each.next_at, each.tries = next_at, each.tries + int(counts)
        each.save(update_fields=["next_at", "tries"])
