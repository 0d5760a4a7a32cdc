"""The intake function; its text lies beside the models as SQL."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "receive.sql").read_text()
UNDO = """
DROP FUNCTION conversations_receive(bigint, jsonb, bytea[]);
DROP TYPE conversations_intake_context;
DROP TYPE conversations_intake_post;
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial"), ("journal", "0001_initial")]

    operations = [migrations.RunSQL(SQL, UNDO)]
