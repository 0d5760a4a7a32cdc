"""The earlier answers of the team that a text resembles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import combinations
from typing import Any

from django.db import connection

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.alike import plain, shape, similarity, trigrams
from harken.domain.replies.checks.port import Earlier
from harken.domain.replies.models import GONE
from harken.kit import clock

WINDOW = timedelta(days=30)
LOOKED_AT = 100  # replies compared in full; who is copied more often is found all the same
SHOWN = 3
LIKELY = 0.5  # below which nobody wants to see it

# A band that stands in a house's every second answer leads to tens of thousands of them. Those
# with a rare band are looked at, and those with two of the common ones; both are bounded.
OFTEN = 500  # replies from which a band alone leads nowhere
READ = 60_000  # entries of the index that pairs of common bands may cost
WEIGHED = 2_000  # replies with a pair of common bands that are weighed

# Which are common stands in PostgreSQL's statistics: they hold every band that more than about
# one reply in 1,600 has. Before the first ANALYZE all are rare, and so are the replies.
HOW_OFTEN = """
SELECT known.band, known.part * c.reltuples
FROM pg_stats s
JOIN pg_class c ON c.oid = 'replies_replyshape'::regclass
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
CROSS JOIN unnest(s.most_common_elems::text::bigint[], s.most_common_elem_freqs) known(band, part)
WHERE s.tablename = 'replies_replyshape' AND s.attname = 'bands'
  AND known.band = ANY (%(bands)s::bigint[])
"""

# Those that share most bands come first; what left with another name or signature is compared as
# a text.
CANDIDATES = """
SELECT r.id, coalesce(nullif(u.display_name, ''), u.username), r.written_at, r.body,
       x.name_to_use, u.signature
FROM (
    SELECT reply_id FROM ({near}) near
    GROUP BY reply_id
    ORDER BY max({shared}) DESC, reply_id DESC
    LIMIT %(most)s
) s
JOIN replies_reply r ON r.id = s.reply_id
JOIN people_user u ON u.id = r.author_id
JOIN conversations_conversation c ON c.id = r.conversation_id
JOIN contacts_contact x ON x.id = c.contact_id
WHERE r.state <> ALL (%(gone)s) AND r.conversation_id <> %(mine)s
"""
WITH_A_RARE_ONE = """
SELECT reply_id, bands FROM replies_replyshape
WHERE bands && %(rare)s::bigint[] AND written_at >= %(since)s
"""
WITH_A_PAIR = """
UNION ALL (
    SELECT reply_id, bands FROM replies_replyshape
    WHERE ({pairs}) AND written_at >= %(since)s
    LIMIT %(weighed)s
)
"""


def personal_words(conversation: Conversation, author: User) -> list[str]:
    """What every answer of its own differs by: the customer's name, the signature."""
    return [conversation.contact.name_to_use, author.signature]


def earlier_like(text: str, conversation: Conversation, *, by: User) -> list[Earlier]:
    """Answers of the last thirty days to other customers that `text` resembles, nearest first."""
    mine = trigrams(plain(text, personal_words(conversation, by)))
    bands = shape(mine)
    if not bands:
        return []
    found = []
    with connection.cursor() as cursor:
        cursor.execute(HOW_OFTEN, {"bands": bands})
        statement, asked = _near(bands, dict(cursor.fetchall()))
        cursor.execute(statement, asked | {"gone": list(GONE), "mine": conversation.pk})
        for id_, author, at, body, name, signature in cursor.fetchall():
            alike = similarity(mine, trigrams(plain(body, [name, signature])))
            if alike >= LIKELY:
                found.append(Earlier(id_, author, at, body, alike))
    return sorted(found, key=lambda each: (-each.similarity, -each.reply))[:SHOWN]


def _near(bands: list[int], how_often: Mapping[int, float]) -> tuple[str, dict[str, Any]]:
    """The statement that finds candidates by these bands, and what it asks for."""
    names = {band: f"b{place}" for place, band in enumerate(bands)}
    often = {band: how_often.get(band, 0.0) for band in names}
    common = sorted((band for band in names if often[band] > OFTEN), key=lambda band: often[band])
    near, cost = WITH_A_RARE_ONE, 0.0
    pairs: list[str] = []
    for one, other in combinations(common, 2):  # the rarest first
        cost += often[one]
        if pairs and cost > READ:
            break
        pairs.append(f"bands @> ARRAY[%({names[one]})s, %({names[other]})s]::bigint[]")
    if pairs:
        near += WITH_A_PAIR.format(pairs=" OR ".join(pairs))
    shared = " + ".join(f"(%({name})s = ANY (bands))::int" for name in names.values())
    asked = {name: band for band, name in names.items()} | {
        "rare": [band for band in names if band not in common],
        "since": clock.now() - WINDOW,
        "weighed": WEIGHED,
        "most": LOOKED_AT,
    }
    return CANDIDATES.format(near=near, shared=shared), asked
