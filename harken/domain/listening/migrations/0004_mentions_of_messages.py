"""What was heard before there were mentions and is one of a conversation becomes a mention."""

from __future__ import annotations

from django.db import migrations

KEEP = """
INSERT INTO listening_mention (network, uri, url, author, text, lang, links, pictures, reach,
                               sent_at, deleted_at, message_id, untagged, by_us, sketch, state,
                               reason, note)
SELECT DISTINCT ON (h.network, h.uri)
       h.network, h.uri, m.url, coalesce(w.handle, ''), m.body, m.lang, '{}',
       jsonb_array_length(m.images), w.followers, m.sent_at, m.deleted_at, m.id,
       m.why = 'search', false, '{}', 'taken', '', ''
FROM listening_monitorhit h
JOIN conversations_message m ON m.id = h.message_id AND NOT m.is_private
LEFT JOIN contacts_handle w ON w.id = m.handle_id
ORDER BY h.network, h.uri, h.message_id
"""
JOIN = """
UPDATE listening_monitorhit h SET mention_id = o.id
FROM listening_mention o WHERE o.network = h.network AND o.uri = h.uri AND h.message_id IS NOT NULL
"""


class Migration(migrations.Migration):
    """Run once; a way back needs none, the table goes with its own migration."""

    dependencies = [("listening", "0003_mentions")]

    operations = [
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RunSQL(JOIN, migrations.RunSQL.noop),
    ]
