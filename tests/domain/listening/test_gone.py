"""Mentions whose authors took them back or changed them, as their sources tell it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harken.domain.journal.models import Event
from harken.domain.listening.models_mentions import Mention, MentionRef
from harken.domain.listening.models_sources import ListeningSource
from harken.domain.listening.queries_mentions import unheard
from harken.domain.listening.services.asking import ask_for
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.source_reading import dated, keep
from harken.domain.listening.services.sources import WantedSource, save_source
from harken.kit import clock
from harken.kit.heard import Heard
from harken.kit.refusals import Invalid
from harken.kit.source import Caught, Gone
from tests.cast import Company


@pytest.fixture
def source(company: Company) -> Callable[[str], ListeningSource]:
    def save(tag: str) -> ListeningSource:
        wanted = WantedSource("mastodon-hashtag", tag, {"server": "m.example", "tag": tag})
        return save_source(None, wanted, by=company.lena)

    return save


def post(uri: str, text: str, **more: object) -> Heard:
    values = {"network": "mastodon", "author": "mila@m.example", "sent_at": clock.now()} | more
    return Heard(uri=uri, text=text, **values)  # type: ignore[arg-type]


def read(source: ListeningSource, *posts: Heard, gone: tuple[Gone, ...] = ()) -> None:
    ear = Ear()
    ear.refresh()
    keep(source.pk, 1, dated(source.pk, Caught(posts, "c", gone=gone)), ear)


def test_a_post_taken_back_leaves_the_lists_and_cannot_be_answered(company, monitor, source):
    monitor("parcelo", team=company.service)
    tag = source("parcelo")
    read(tag, post("m:1", "parcelo lost my bag", ref="7"), post("m:2", "where is parcelo", ref="8"))
    assert [each.uri for each in unheard(company.mika)] == ["m:1", "m:2"]
    read(tag, gone=(Gone("mastodon", ref="7"), Gone("mastodon", ref="99")))
    assert [each.uri for each in unheard(company.mika)] == ["m:2"]
    mention = Mention.objects.get(uri="m:1")
    assert mention.deleted_at is not None
    assert mention.text == "parcelo lost my bag"  # what was said can still be shown
    with pytest.raises(Invalid, match="took this post back"):
        ask_for(mention, by=company.mika)
    told = Event.objects.get(kind="MentionMissed")
    assert (told.data["mention"], told.teams) == (mention.pk, [company.service.pk])
    read(tag, gone=(Gone("mastodon", ref="7"),))
    assert Event.objects.filter(kind="MentionMissed").count() == 1


def test_the_id_of_one_server_says_nothing_of_anothers(company, monitor, source):
    monitor("parcelo")
    here, there = source("parcelo"), source("bags")
    read(here, post("m:1", "parcelo lost my bag", ref="7"))
    read(there, gone=(Gone("mastodon", ref="7"),))
    assert Mention.objects.get().deleted_at is None
    read(there, post("m:1", "parcelo lost my bag", ref="12"))
    read(there, gone=(Gone("mastodon", ref="12"),))
    assert Mention.objects.get().deleted_at is not None


def test_a_post_named_by_its_address_is_taken_back_as_well(company, monitor, source):
    monitor("parcelo")
    tag = source("parcelo")
    read(tag, post("m:1", "parcelo lost my bag"), post("m:2", "where is parcelo"))
    read(tag, gone=(Gone("mastodon", uri="m:2"), Gone("bluesky", uri="m:1")))
    assert [each.uri for each in unheard(company.mika)] == ["m:1"]


def test_a_deletion_that_comes_with_its_post_takes_it_back(company, monitor, source):
    monitor("parcelo")
    tag = source("parcelo")
    read(tag, post("m:1", "parcelo lost my bag", ref="7"), gone=(Gone("mastodon", ref="7"),))
    assert Mention.objects.get().deleted_at is not None
    read(tag, post("m:1", "parcelo lost my bag", ref="7"))  # told late, by another server
    assert list(unheard(company.mika)) == []


def test_what_was_folded_under_it_stands_in_its_place(company, monitor, source):
    monitor("parcelo")
    tag = source("parcelo")
    text = "parcelo has lost my red bag at the airport in Oslo and nobody answers the telephone"
    for number in (1, 2, 3):
        read(tag, post(f"m:{number}", text, ref=str(number)))
    assert [each.uri for each in unheard(company.mika)] == ["m:1"]
    read(tag, gone=(Gone("mastodon", ref="1"),))
    assert [each.uri for each in unheard(company.mika)] == ["m:2"]


def test_a_change_is_kept_also_where_no_monitor_hears_the_new_words(company, monitor, source):
    monitor("parcelo")
    tag = source("parcelo")
    read(tag, post("m:1", "parcelo lost my bag", ref="7"))
    read(tag, post("m:1", "found it, thanks", ref="7", edited=True))
    assert Mention.objects.get().text == "found it, thanks"
    read(tag, post("m:2", "nothing of ours", ref="8", edited=True))
    assert Mention.objects.count() == 1


def test_posts_of_another_houses_sources_keep_no_name(company, monitor, source):
    monitor("parcelo")
    ear = Ear()
    ear.refresh()
    tag = source("parcelo")
    elsewhere = post("m:1", "parcelo lost my bag", ref="7", source=987_654)
    keep(tag.pk, 1, Caught((elsewhere,), "c"), ear)
    assert Mention.objects.count() == 1
    assert not MentionRef.objects.exists()
