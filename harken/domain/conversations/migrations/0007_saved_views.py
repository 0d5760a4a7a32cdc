"""Lists that people keep to come back to."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0006_snooze_and_merge'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('shared', models.CharField(choices=[('me', 'Only me'), ('team', 'A team'), ('all', 'Everybody')], default='me', max_length=4)),
                ('icon', models.CharField(default='list-filter', max_length=20)),
                ('base', models.CharField(max_length=60)),
                ('narrowed', models.JSONField(default=dict)),
                ('sort', models.CharField(default='newest', max_length=8)),
                ('position', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to='people.team')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('shared', 'team'), ('team__isnull', False)), models.Q(models.Q(('shared', 'team'), _negated=True), ('team__isnull', True)), _connector='OR'), name='a_team_s_view_names_the_team')],
            },
        ),
    ]
