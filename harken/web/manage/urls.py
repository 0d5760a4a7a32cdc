"""The addresses of the manage pages."""

from django.urls import path

from harken.web.manage.views import channels, hours, promises, quarantine, reports, triage

app_name = "manage"

urlpatterns = [
    path("channels/", channels.channels, name="channels"),
    path("channels/new/", channels.new, name="new_channel"),
    path("channels/new/<slug:network>/", channels.fill_in, name="fill_in"),
    path("channels/new/<slug:network>/connect/", channels.connect, name="connect"),
    path("channels/<int:pk>/health/", channels.health, name="health"),
    path("channels/<int:pk>/pause/", channels.pause, name="pause"),
    path("channels/<int:pk>/resume/", channels.resume, name="resume"),
    path("channels/<int:pk>/tune/", channels.tune, name="tune"),
    path("channels/<int:pk>/reconnect/", channels.reconnect, name="reconnect"),
    path("channels/<int:pk>/test-post/", channels.test_post, name="test_post"),
    path("channels/<int:pk>/quarantine/", quarantine.quarantine, name="quarantine"),
    path("quarantine/<int:pk>/replay/", quarantine.replay, name="replay"),
    path("quarantine/<int:pk>/discard/", quarantine.discard, name="discard"),
    path("promises/", promises.promises, name="promises"),
    path("promises/new/", promises.new_promise, name="new_promise"),
    path("promises/add/", promises.add_promise, name="add_promise"),
    path("promises/<int:pk>/", promises.promise, name="promise"),
    path("promises/<int:pk>/save/", promises.save_promise, name="save_promise"),
    path("promises/<int:pk>/move/", promises.move_promise, name="move_promise"),
    path("promises/<int:pk>/retire/", promises.retire_promise, name="retire_promise"),
    path("hours/new/", hours.new_hours, name="new_hours"),
    path("hours/add/", hours.add_hours, name="add_hours"),
    path("hours/<int:pk>/", hours.hours, name="hours"),
    path("hours/<int:pk>/save/", hours.save_hours, name="save_hours"),
    path("hours/<int:pk>/retire/", hours.retire_hours, name="retire_hours"),
    path("reports/day/", reports.day, name="day"),
    path("reports/day/turns/", reports.day_turns, name="day_turns"),
    path("reports/day/csv/", reports.day_csv, name="day_csv"),
    path("triage/", triage.triage, name="triage"),
    path("triage/topics/<int:pk>/words/", triage.words, name="topic_words"),
    path("triage/back/", triage.go_back, name="triage_back"),
]
