"""Starting plain clocks in the database; their text lies beside the models as SQL."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "begin.sql").read_text()
UNDO = """
DROP FUNCTION sla_begin(bigint[], double precision);
DROP FUNCTION conversations_promised(bigint, bigint, text);
CREATE FUNCTION conversations_promised(bigint, bigint, text) RETURNS integer
LANGUAGE sql STABLE AS 'SELECT NULL::integer';
DROP FUNCTION sla_policy_for(bigint, bigint, bigint, bigint, text);
"""


class Migration(migrations.Migration):
    dependencies = [("sla", "0002_one_minute"), ("conversations", "0004_promised")]

    operations = [migrations.RunSQL(SQL, UNDO)]
