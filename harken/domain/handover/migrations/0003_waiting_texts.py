"""A private text may wait for somebody's word."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('handover', '0002_private_texts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='privatetext',
            name='state',
            field=models.CharField(choices=[('approval', "Waits for somebody's approval"), ('held', 'Can still be taken back'), ('said', 'The customer can read it'), ('undone', 'Taken back')], default='held', max_length=8),
        ),
        migrations.AddIndex(
            model_name='privatetext',
            index=models.Index(models.F('hand_over'), models.F('id'), condition=models.Q(('state', 'approval')), name='texts_waiting'),
        ),
    ]
