"""The Django app of the insights room."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Reports over everything below; owns no table."""

    name = "harken.domain.insights"
    label = "insights"
    default_auto_field = "django.db.models.BigAutoField"
