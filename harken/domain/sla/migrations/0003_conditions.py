"""Promises may ask for a priority and for a mark of the contact."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sla', '0002_one_minute'),
    ]

    operations = [
        migrations.AddField(
            model_name='slapolicy',
            name='mark',
            field=models.CharField(blank=True, choices=[('', 'No mark'), ('vip', 'VIP'), ('press', 'Press'), ('influencer', 'Influencer'), ('partner', 'Partner'), ('vulnerable', 'Vulnerable'), ('difficult', 'Difficult')], default='', max_length=12),
        ),
        migrations.AddField(
            model_name='slapolicy',
            name='priority',
            field=models.CharField(blank=True, choices=[('low', 'Low'), ('normal', 'Normal'), ('high', 'High'), ('urgent', 'Urgent')], default='', max_length=6),
        ),
    ]
