"""The promise of the product, there from the start: everyone is answered within a minute."""

from django.db import migrations


def promise(apps, schema_editor):
    """One policy for everybody, day and night."""
    apps.get_model("sla", "SLAPolicy").objects.create(
        name="Within a minute", position=1, first_response=60, next_response=60
    )


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial")]

    operations = [migrations.RunPython(promise, migrations.RunPython.noop)]
