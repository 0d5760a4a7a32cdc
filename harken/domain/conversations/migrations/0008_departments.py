"""Topics get an owner and a deputy; a conversation says since when nobody answers for it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def person(related_name):
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name=related_name,
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0007_saved_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("topic", "owner", person("owned_topics")),
        migrations.AddField("topic", "deputy", person("deputised_topics")),
        migrations.AddField("topic", "retired_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "topic",
            "parent",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="conversations.topic",
            ),
        ),
        migrations.AddField("conversation", "unowned_since", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "conversation",
            models.Index(
                models.F("unowned_since"),
                models.F("id"),
                condition=models.Q(unowned_since__isnull=False),
                name="unowned",
            ),
        ),
    ]
