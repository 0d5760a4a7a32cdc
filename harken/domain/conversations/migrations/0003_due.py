"""When a turn's answer is due, beside the turn; and the intake says which conversations it touched."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = (Path(__file__).parent.parent / "sql" / "receive.sql").read_text()
DROP = """
DROP FUNCTION conversations_receive(bigint, jsonb, bytea[]);
DROP TYPE conversations_intake_context;
DROP TYPE conversations_intake_post;
"""
WAITING = Q(state="open", waiting_since__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0002_receive")]

    operations = [
        migrations.RemoveIndex(model_name="conversation", name="open_waiting"),
        migrations.AddField(
            model_name="conversation", name="due_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="conversation",
            name="due_seconds",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                models.F("due_at"),
                models.F("waiting_since"),
                models.F("id"),
                condition=WAITING,
                name="open_due",
            ),
        ),
        migrations.RunSQL(DROP + SQL, migrations.RunSQL.noop),
    ]
