"""What happens in a merged conversation is told of its case: that is what people have open."""

from __future__ import annotations

from dataclasses import replace

import psycopg

from harken.domain.journal.queries import Entry

# Told of the merged one itself, so that its row leaves and enters the lists.
OF_ITS_OWN = frozenset({"ConversationMerged", "ConversationUnmerged"})
LEADERS = """
SELECT merged.id, leads.id, leads.team_id
FROM conversations_conversation merged
JOIN conversations_conversation leads ON leads.id = merged.merged_into_id
WHERE merged.id = ANY(%s)
"""


async def as_cases(connection: psycopg.AsyncConnection, entries: list[Entry]) -> list[Entry]:
    """The same entries; those of a merged conversation are about the leading one, for its team.

    One look at the keys of all conversations at once, none without any.
    """
    asked = {each.conversation for each in entries if each.kind not in OF_ITS_OWN} - {None}
    if not asked:
        return entries
    rows = await (await connection.execute(LEADERS, [list(asked)])).fetchall()
    leads: dict[int, tuple[int, tuple[int, ...]]]
    leads = {merged: (leading, (team,) if team else ()) for merged, leading, team in rows}
    return [_told(each, leads) for each in entries] if leads else entries


def _told(each: Entry, leads: dict[int, tuple[int, tuple[int, ...]]]) -> Entry:
    if each.kind in OF_ITS_OWN or each.conversation is None or each.conversation not in leads:
        return each
    leading, teams = leads[each.conversation]
    return replace(each, conversation=leading, teams=teams)
