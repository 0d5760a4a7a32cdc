"""Every address of Harken, by audience."""

from django.urls import URLPattern, URLResolver, include, path

from harken.config import health
from harken.web.desk.views.inbox import home
from harken.web.manage.views.roster_plans import calendar

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("desk/", include("harken.web.desk.urls")),
    path("manage/", include("harken.web.manage.urls")),
    path("private/", include("harken.web.portal.urls")),
    path("calendar/<str:token>.ics", calendar, name="calendar"),
    path("accounts/", include("allauth.urls")),
    path("-/live", health.live, name="live"),
    path("-/ready", health.ready, name="ready"),
]

handler403 = "harken.web.errors.forbidden"
handler404 = "harken.web.errors.missing"
handler500 = "harken.web.errors.broken"
