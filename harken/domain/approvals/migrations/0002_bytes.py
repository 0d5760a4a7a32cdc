"""Only the bytes that were approved leave, and a voice is one person's."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "bytes.sql").read_text()
UNDO = """
DROP TRIGGER keep_decision ON approvals_approval;
DROP TRIGGER guard_reply ON replies_reply;
DROP TRIGGER guard_new_reply ON replies_reply;
DROP FUNCTION approvals_keep_decision();
DROP FUNCTION approvals_guard_reply();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0001_initial'),
        ('replies', '0004_waiting_states'),
    ]

    operations = [migrations.RunSQL(SQL, UNDO)]
