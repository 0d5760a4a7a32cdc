"""The Django app of this room."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.BigAutoField"
