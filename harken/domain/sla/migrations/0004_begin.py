"""Starting plain clocks in the database; their text lies beside the models as SQL."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "begin.sql").read_text()
UNDO = """
DROP FUNCTION sla_begin(bigint[], double precision);
DROP FUNCTION conversations_promised(bigint, bigint, text);
CREATE FUNCTION conversations_promised(bigint, bigint, text) RETURNS integer
LANGUAGE sql STABLE AS 'SELECT NULL::integer';
DROP FUNCTION sla_policy_for(bigint, bigint, bigint, bigint, text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sla", "0003_conditions"),
        ("conversations", "0005_tags"),
        ("contacts", "0002_mark"),
    ]

    operations = [migrations.RunSQL(SQL, UNDO)]
