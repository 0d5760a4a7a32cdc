"""The time zone a person lives by."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='zone',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
    ]
