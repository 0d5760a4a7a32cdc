"""The intake asks how long a newcomer is promised, so that it writes the due time with the row."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "receive.sql").read_text()
DROP = """
DROP FUNCTION conversations_receive(bigint, jsonb, bytea[]);
DROP TYPE conversations_intake_context;
DROP TYPE conversations_intake_post;
"""
# The room that promises puts its own in place of this one.
NOTHING = """
CREATE FUNCTION conversations_promised(p_channel bigint, p_team bigint, p_why text)
RETURNS integer LANGUAGE sql STABLE AS 'SELECT NULL::integer';
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_due")]

    operations = [
        migrations.RunSQL(NOTHING, "DROP FUNCTION conversations_promised(bigint, bigint, text)"),
        migrations.RunSQL(DROP + SQL, migrations.RunSQL.noop),
    ]
