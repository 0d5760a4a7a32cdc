"""Set a conversation aside until a moment, or behind another one; lists read where it stands."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "case.sql").read_text()
UNDO = """
DROP TRIGGER gather_case ON conversations_conversation;
DROP TRIGGER tell_case_team ON conversations_conversation;
DROP FUNCTION conversations_gather_case();
DROP FUNCTION conversations_tell_case_team();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0002_initial'),
        ('contacts', '0002_mark'),
        ('conversations', '0005_tags'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('undone_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Snooze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_why', models.CharField(blank=True, choices=[('moment', 'Its moment came'), ('customer', 'The customer wrote'), ('due', 'An answer is due'), ('person', 'Somebody woke it'), ('closed', 'It was closed'), ('again', 'Snoozed anew'), ('merged', 'It was merged into another')], max_length=8)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='conversation',
            name='open_newest',
        ),
        migrations.RemoveIndex(
            model_name='conversation',
            name='open_team',
        ),
        migrations.RemoveIndex(
            model_name='conversation',
            name='open_mine',
        ),
        migrations.RemoveIndex(
            model_name='conversation',
            name='closed_newest',
        ),
        migrations.RemoveIndex(
            model_name='conversation',
            name='open_due',
        ),
        migrations.AddField(
            model_name='conversation',
            name='case_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='case_due_seconds',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='case_last_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='case_open',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='conversation',
            name='case_team',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='case_waiting_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='merged_into',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='members', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='conversation',
            name='snoozed_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='conversation',
            name='woken_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='snoozed_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='merge',
            name='leading',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='merge',
            name='made_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='merge',
            name='merged',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merged_in', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='merge',
            name='undone_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='snooze',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='snoozes', to='conversations.conversation'),
        ),
        migrations.AddField(
            model_name='snooze',
            name='ended_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='snooze',
            name='made_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='conversation',
            name='hot_at',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Least('due_at', 'case_due_at'), output_field=models.DateTimeField(null=True)),
        ),
        migrations.AddField(
            model_name='conversation',
            name='hot_seconds',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('due_at__isnull', True), ('case_due_at__lt', models.F('due_at')), _connector='OR'), then=models.F('case_due_seconds')), default=models.F('due_seconds')), output_field=models.PositiveIntegerField(null=True)),
        ),
        migrations.AddField(
            model_name='conversation',
            name='reader_team',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(merged_into__isnull=False, then=models.F('case_team')), default=models.F('team'), output_field=models.BigIntegerField()), output_field=models.BigIntegerField(null=True)),
        ),
        migrations.AddField(
            model_name='conversation',
            name='waits_since',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Least('waiting_since', 'case_waiting_since'), output_field=models.DateTimeField(null=True)),
        ),
        migrations.AddField(
            model_name='conversation',
            name='listed_at',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Greatest('last_message_at', 'woken_at', 'case_last_at'), output_field=models.DateTimeField()),
        ),
        migrations.AddField(
            model_name='conversation',
            name='place',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(merged_into__isnull=False, then=models.Value('merged')), models.When(case_open=False, state='closed', then=models.Value('closed')), models.When(snoozed_until__isnull=False, then=models.Value('snoozed')), default=models.Value('open')), output_field=models.CharField(choices=[('open', 'Open'), ('snoozed', 'Snoozed'), ('closed', 'Closed'), ('merged', 'Merged into another')], max_length=7)),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('listed_at'), models.F('id'), condition=models.Q(('place', 'open')), name='open_newest'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('hot_at'), models.F('waits_since'), models.F('id'), condition=models.Q(('place', 'open'), ('waits_since__isnull', False)), name='open_due'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('team'), models.F('listed_at'), condition=models.Q(('place', 'open')), name='open_team'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('assignee'), models.F('listed_at'), condition=models.Q(('place', 'open')), name='open_mine'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('listed_at'), models.F('id'), condition=models.Q(('place', 'closed')), name='closed_newest'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('snoozed_until'), models.F('id'), condition=models.Q(('place', 'snoozed')), name='snoozed_next'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(models.F('merged_into'), condition=models.Q(('merged_into__isnull', False)), name='of_case'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='no_case_of_itself'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('merged',), name='in_one_case_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='snooze',
            index=models.Index(models.F('until'), models.F('id'), condition=models.Q(('ended_at__isnull', True)), name='snooze_due'),
        ),
        migrations.AddConstraint(
            model_name='snooze',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('conversation',), name='one_snooze_at_a_time'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
