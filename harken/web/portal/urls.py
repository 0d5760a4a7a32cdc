"""The addresses of the portal. What follows the token only its own browser may ask for."""

from django.urls import path

from harken.web.portal.views import talk

app_name = "portal"

urlpatterns = [
    path("<str:token>", talk.talk, name="talk"),
    path("<str:token>/open", talk.open_it, name="open"),
    path("<str:token>/said", talk.said, name="said"),
    path("<str:token>/say", talk.say, name="say"),
    path("<str:token>/reach", talk.reach, name="reach"),
    path("<str:token>/call", talk.call, name="call"),
    path("<str:token>/end", talk.end_it, name="end"),
]
