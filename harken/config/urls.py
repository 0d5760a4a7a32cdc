"""Every address of Harken, by audience."""

from django.urls import URLPattern, URLResolver, include, path

from harken.config import health
from harken.web.desk.views.inbox import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("desk/", include("harken.web.desk.urls")),
    path("manage/", include("harken.web.manage.urls")),
    path("accounts/", include("allauth.urls")),
    path("-/live", health.live, name="live"),
    path("-/ready", health.ready, name="ready"),
]

handler403 = "harken.web.errors.forbidden"
handler404 = "harken.web.errors.missing"
handler500 = "harken.web.errors.broken"
