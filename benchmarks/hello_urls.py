"""The real addresses plus one that does nothing, behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from harken.config.urls import urlpatterns as real


def hello(_: HttpRequest) -> HttpResponse:
    """The least a page can do."""
    return HttpResponse("hello")


urlpatterns = [path("hello", hello), *real]
