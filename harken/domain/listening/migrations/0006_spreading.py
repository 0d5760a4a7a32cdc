"""How easily a monitor raises a storm, and storms that are of a text alone."""

from django.db import migrations, models

ALL_WERE_LOUD = "UPDATE listening_monitorstorm SET loud_at = raised_at"


class Migration(migrations.Migration):

    dependencies = [
        ('listening', '0005_sources'),
    ]

    operations = [
        migrations.AddField(
            model_name='monitor',
            name='alarm',
            field=models.CharField(
                choices=[
                    ('careful', 'Careful: only what nobody could miss'),
                    ('normal', 'Normal'),
                    ('eager', 'Eager: smaller storms too, and some that are none'),
                ],
                db_default='normal',
                default='normal',
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name='monitorstorm',
            name='loud_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(ALL_WERE_LOUD, migrations.RunSQL.noop),
    ]
