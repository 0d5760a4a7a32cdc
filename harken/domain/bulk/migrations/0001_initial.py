"""Changes of one or many conversations, and what each was before."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('conversations', '0007_saved_views'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(max_length=10)),
                ('value', models.CharField(blank=True, max_length=60)),
                ('words', models.CharField(max_length=120)),
                ('is_single', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('running', 'At work'), ('done', 'Done'), ('stopped', 'Stopped'), ('undoing', 'Being taken back'), ('undone', 'Taken back')], default='running', max_length=8)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('finished_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Not yet'), ('changed', 'Changed'), ('left', 'Left as it was'), ('undone', 'Taken back'), ('kept', 'Changed since, so left alone')], default='waiting', max_length=7)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('change', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='bulk.bulkchange')),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='conversations.conversation')),
            ],
        ),
        migrations.AddIndex(
            model_name='bulkchange',
            index=models.Index(models.F('id'), condition=models.Q(('state__in', ['running', 'undoing'])), name='bulk_at_work'),
        ),
        migrations.AddIndex(
            model_name='bulkchange',
            index=models.Index(models.F('made_by'), models.F('id'), condition=models.Q(('is_single', False)), name='bulk_of'),
        ),
        migrations.AddIndex(
            model_name='bulkitem',
            index=models.Index(models.F('change'), models.F('state'), models.F('id'), name='bulk_left_to_do'),
        ),
        migrations.AddConstraint(
            model_name='bulkitem',
            constraint=models.UniqueConstraint(fields=('change', 'conversation'), name='changed_once'),
        ),
    ]
