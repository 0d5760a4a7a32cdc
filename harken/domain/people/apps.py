"""The Django app of this room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
