from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0009_note_without_author'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='is_private',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
