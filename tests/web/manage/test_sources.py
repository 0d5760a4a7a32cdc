"""The sources page: added by a form, paused, changed, taken out and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from harken.domain.channels.models import ProcessBeat
from harken.domain.listening.models_sources import ListeningSource, SourceSecret
from harken.domain.listening.services.matched import begin_way
from harken.domain.listening.services.source_reading import (
    note_trouble,
    stop_for_good,
    waiting_for_stream,
)
from harken.domain.listening.services.sources import WantedSource, save_source
from harken.kit import clock
from tests.cast import Company

TAG = {"name": "Our tag", "server": "mastodon.example", "tag": "#parcelo", "token": "sesame-2"}
LIST = "manage:sources"


@pytest.fixture
def lead(company: Company) -> Client:
    client = Client()
    client.force_login(company.lena)
    return client


@pytest.fixture
def source(company: Company) -> ListeningSource:
    wanted = WantedSource("mastodon-hashtag", "Our tag", TAG)
    return save_source(None, wanted, by=company.lena)


def body(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_a_source_is_added_by_the_form_of_its_kind(lead):
    assert "Mastodon, a hashtag" in body(lead, "manage:new_source")
    assert "Access token" in body(lead, "manage:fill_in_source", "mastodon-hashtag")
    answer = lead.post(reverse("manage:add_source", args=["mastodon-hashtag"]), TAG, follow=True)
    text = answer.content.decode()
    assert "“Our tag” is read from now on." in text
    assert "Starting" in text
    added = ListeningSource.objects.get()
    assert added.settings == {"server": "https://mastodon.example", "tag": "parcelo"}
    assert SourceSecret.objects.get().secret == "sesame-2"


def test_what_is_wrong_is_said_and_what_was_typed_stays_but_no_secret(lead):
    typed = TAG | {"tag": "two words"}
    answer = lead.post(reverse("manage:add_source", args=["mastodon-hashtag"]), typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "a hashtag is one word" in text
    assert 'value="two words"' in text
    assert "sesame" not in text


def test_a_stored_token_is_never_shown_and_can_be_forgotten(lead, source):
    text = body(lead, "manage:source", source.pk)
    assert "sesame" not in text
    assert "One is stored" in text
    kept = TAG | {"name": "Renamed", "token": ""}
    lead.post(reverse("manage:save_source", args=[source.pk]), kept)
    assert SourceSecret.objects.get().secret == "sesame-2"
    lead.post(reverse("manage:save_source", args=[source.pk]), kept | {"forgets": "on"})
    assert not SourceSecret.objects.exists()


def test_a_source_is_paused_and_goes_on(lead, source):
    switch = reverse("manage:switch_source", args=[source.pk])
    assert "is paused" in lead.post(switch, {"to": "off"}, follow=True).content.decode()
    assert "Paused" in body(lead, "manage:source_health", source.pk)
    assert "goes on" in lead.post(switch, {"to": "on"}, follow=True).content.decode()
    source.refresh_from_db()
    assert source.is_on


def test_what_is_taken_out_is_taken_back_with_one_button(lead, source):
    text = lead.post(reverse("manage:retire_source", args=[source.pk]), follow=True)
    shown = text.content.decode()
    assert "“Our tag” is taken out" in shown
    assert reverse("manage:restore_source", args=[source.pk]) in shown
    assert 'id="source-' not in shown
    lead.post(reverse("manage:restore_source", args=[source.pk]))
    assert f'id="source-{source.pk}"' in body(lead, LIST)


def test_trouble_is_shown_with_what_to_do_and_what_strangers_said_is_only_text(lead, source):
    note_trouble(source.pk, 1, "<script>no answer</script>")
    text = body(lead, LIST)
    assert "Not answering" in text
    assert "We try again by ourselves" in text
    assert "&lt;script&gt;no answer" in text
    stop_for_good(source.pk, 1, "HTTP 401")
    text = body(lead, LIST)
    assert "Stopped" in text
    assert "Make a new access token" in text
    assert "Try again" in text


def test_the_page_says_when_nobody_reads(lead, source):
    assert "the listen process is not running" in body(lead, LIST)
    ProcessBeat.objects.create(name="sources:here:1", at=clock.now())
    assert "the listen process is not running" not in body(lead, LIST)


def test_the_page_says_which_way_posts_take_and_when_nobody_matches_them(lead, source):
    assert "matched by the process that reads it" in body(lead, LIST)
    begin_way(by_stream=True)
    text = body(lead, LIST)
    assert "Posts wait in the stream: no matcher takes any" in text
    assert "harken doctor" in text
    now = clock.now()
    for number in (1, 2):
        ProcessBeat.objects.create(name=f"matcher:here:{number}", at=now)
    text = body(lead, LIST)
    assert "through the stream engine to 2 matchers" in text
    assert "start another matcher" not in text
    ProcessBeat.objects.filter(name="matched").update(at=now - timedelta(minutes=5))
    assert "start another matcher" in body(lead, LIST)


def test_a_source_that_waits_for_the_stream_says_what_to_do(lead, source):
    note_trouble(source.pk, 1, waiting_for_stream("nobody answers"))
    text = body(lead, LIST)
    assert "Waiting for the stream" in text
    assert "The stream engine takes no posts. Sources wait" in text
    assert "nothing is lost" in text
    assert "<bdi>nobody answers</bdi>" in text


def test_a_source_that_should_have_said_something_is_silent(lead, source):
    moment = clock.now() - timedelta(minutes=5)
    ListeningSource.objects.update(last_heard_at=moment)
    assert "Silent" in body(lead, "manage:source_health", source.pk)


def test_when_a_source_was_not_read_and_why_is_shown_for_a_day(lead, source):
    now = clock.now()
    ListeningSource.objects.update(
        last_heard_at=now,
        away_since=now - timedelta(minutes=9),
        away_until=now - timedelta(minutes=2),
        away_why="no sign of <life>",
    )
    text = body(lead, LIST)
    assert "Not read from <time" in text
    assert "<bdi>no sign of &lt;life&gt;</bdi>" in text
    ListeningSource.objects.update(away_why="")
    assert "Nobody read it: the listen process was not running" in body(lead, LIST)
    ListeningSource.objects.update(away_until=now - timedelta(days=2))
    assert "Not read from" not in body(lead, LIST)


def test_an_unknown_kind_is_not_there(lead):
    assert lead.get(reverse("manage:fill_in_source", args=["pigeon"])).status_code == 404
