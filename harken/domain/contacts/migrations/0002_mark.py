"""What colleagues should know about a contact, in one word."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='mark',
            field=models.CharField(blank=True, choices=[('', 'No mark'), ('vip', 'VIP'), ('press', 'Press'), ('influencer', 'Influencer'), ('partner', 'Partner'), ('vulnerable', 'Vulnerable'), ('difficult', 'Difficult')], db_default='', default='', max_length=12),
        ),
    ]
