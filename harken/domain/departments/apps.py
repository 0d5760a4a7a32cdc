"""The Django app of this room."""

from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    """Names the room; its label is the prefix of its tables."""

    name = "harken.domain.departments"
    label = "departments"
    default_auto_field = "django.db.models.BigAutoField"
