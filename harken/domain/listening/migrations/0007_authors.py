"""Who wrote what was heard, where a stream names its authors by an id only."""

from django.db import migrations, models

NAMELESS = """
UPDATE listening_mention SET account = author WHERE network = 'bluesky' AND author LIKE 'did:%';
INSERT INTO listening_heardauthor (network, account, handle, name, next_at, tries)
SELECT DISTINCT network, account, '', '', now(), 0 FROM listening_mention
WHERE account <> '' AND NOT by_us;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('listening', '0006_spreading'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeardAuthor',
            fields=[
                (
                    'id',
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name='ID'
                    ),
                ),
                ('network', models.CharField(max_length=40)),
                ('account', models.CharField(max_length=200)),
                ('handle', models.CharField(blank=True, max_length=253)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('followers', models.BigIntegerField(null=True)),
                ('told_at', models.DateTimeField(null=True)),
                ('next_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'indexes': [
                    models.Index(
                        condition=models.Q(('next_at__isnull', False)),
                        fields=['next_at'],
                        name='author_due',
                    )
                ],
                'constraints': [
                    models.UniqueConstraint(
                        fields=('network', 'account'), name='one_author_an_account'
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name='mention',
            name='account',
            field=models.CharField(blank=True, default='', max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='mention',
            name='name',
            field=models.CharField(blank=True, default='', max_length=200),
            preserve_default=False,
        ),
        migrations.RunSQL(NAMELESS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='mention',
            index=models.Index(
                condition=models.Q(('account', ''), _negated=True),
                fields=['account', 'network'],
                name='mention_of',
            ),
        ),
    ]
