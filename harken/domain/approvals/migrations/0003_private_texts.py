"""An approval is of an answer or of a private text, and says in which conversation."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

# A decision stands, and so its row: only here it is told where it was made. What a transaction has
# written must be checked before the table is changed.
FILL = """
ALTER TABLE approvals_approval DISABLE TRIGGER keep_decision;
UPDATE approvals_approval a SET conversation_id = r.conversation_id
FROM replies_reply r WHERE r.id = a.reply_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE approvals_approval ENABLE TRIGGER keep_decision;
"""
SQL = (Path(__file__).parent.parent / "sql" / "private.sql").read_text()
UNDO = """
DROP TRIGGER guard_text ON handover_privatetext;
DROP FUNCTION approvals_guard_text();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0002_bytes'),
        ('conversations', '0010_private'),
        ('handover', '0003_waiting_texts'),
        ('replies', '0006_retractions'),
    ]

    operations = [
        migrations.AddField(
            model_name='approval',
            name='conversation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='approval',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='approval',
            name='text',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='approval', to='handover.privatetext'),
        ),
        migrations.AlterField(
            model_name='approval',
            name='reply',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='approval', to='replies.reply'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reply__isnull', False), ('text__isnull', True)), models.Q(('reply__isnull', True), ('text__isnull', False)), _connector='OR'), name='of_an_answer_or_a_private_text'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
