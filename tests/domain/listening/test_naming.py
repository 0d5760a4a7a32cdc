"""Who a stream names by an id only is looked up: handle, name and followers, of hits alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db.models import F

from harken.domain.journal.models import Event
from harken.domain.listening import naming
from harken.domain.listening.models import MonitorHit
from harken.domain.listening.models_authors import HeardAuthor
from harken.domain.listening.models_mentions import Mention
from harken.domain.listening.queries_trends import authors_of
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.kit import clock
from harken.kit.authors import MOST_AUTHORS, Author, NamesAuthors
from harken.kit.connector import ConnectorError, RateLimited
from harken.kit.heard import Heard
from tests.domain.listening.posts import hear, said

MILA = "did:plc:mila23456789012345678901"


class Door:
    """A network that knows some accounts; `trouble` is raised at the next questions."""

    def __init__(self, *known: Author) -> None:
        self.known = {each.account: each for each in known}
        self.trouble: list[ConnectorError] = []
        self.asked: list[list[str]] = []

    def authors(self, accounts: Sequence[str]) -> list[Author]:
        self.asked.append(list(accounts))
        if self.trouble:
            raise self.trouble.pop(0)
        return [self.known[each] for each in accounts if each in self.known]


@pytest.fixture
def door(company) -> Door:
    save_monitor(None, Wanted("Us", "brand", "meridian"), by=company.lena)
    return Door(Author(MILA, "mila.example", "Mila Visser", 1_240))


def streamed(text: str, account: str = MILA, uri: str = "") -> Heard:
    """A post as a stream gives it, its author an id."""
    return said(text, network="bluesky", uri=uri, author=account, account=account)


def ask(*doors: NamesAuthors) -> bool:
    return naming.turn(lambda _network: doors)


def later(seconds: float) -> None:
    """As if this much time had passed since the next question was put off."""
    waiting = HeardAuthor.objects.exclude(next_at=None)
    waiting.update(next_at=F("next_at") - timedelta(seconds=seconds))


def test_an_author_gets_handle_name_and_followers(door):
    hear(streamed("meridian one"))
    mention = Mention.objects.get()
    assert (mention.who, mention.handle) == ("did:plc:mila2345…8901", "")
    assert isinstance(door, NamesAuthors)
    assert ask(door)
    mention = Mention.objects.get()
    assert (mention.who, mention.handle, mention.reach) == ("Mila Visser", "mila.example", 1_240)
    assert Event.objects.filter(kind="AuthorsNamed").count() == 1
    assert not ask(door)


def test_nobody_asks_for_those_no_monitor_heard(door):
    hear(streamed("nothing of ours"), said("meridian by a handle"))
    assert not HeardAuthor.objects.exists()
    assert not ask(door)
    assert door.asked == []


def test_the_next_post_of_the_same_author_has_its_name_at_once(door):
    hear(streamed("meridian one"))
    ask(door)
    hear(streamed("meridian two, and other words"))
    assert set(Mention.objects.values_list("author", flat=True)) == {"mila.example"}
    assert not ask(door)
    assert len(door.asked) == 1


def test_a_known_author_is_asked_for_again_after_a_day(door):
    hear(streamed("meridian one"))
    ask(door)
    HeardAuthor.objects.update(told_at=clock.now() - timedelta(hours=25))
    door.known[MILA] = Author(MILA, "mila.rides.example", "Mila", 1_300)
    hear(streamed("meridian two, and other words"))
    assert ask(door)
    assert set(Mention.objects.values_list("author", "reach")) == {("mila.rides.example", 1_300)}


def test_sixty_authors_are_asked_for_in_three_questions(door):
    ids = [f"did:plc:person{number:02}" for number in range(60)]
    door.known = {id_: Author(id_, f"p{id_[-2:]}.example", "", 5) for id_ in ids}
    hear(*(streamed(f"meridian {id_}", id_) for id_ in ids))
    while ask(door):
        pass
    assert [len(each) for each in door.asked] == [MOST_AUTHORS, MOST_AUTHORS, 10]
    assert not any(each.is_nameless for each in Mention.objects.all())


def test_a_question_that_fails_leaves_the_id_and_is_asked_again(door):
    hear(streamed("meridian one"))
    door.trouble = [ConnectorError("away"), RateLimited("slowly", retry_after=90.0)]
    assert ask(door)
    assert Mention.objects.get().is_nameless
    assert not ask(door)  # not at once
    later(naming.FIRST_WAIT)
    assert ask(door)
    later(80)
    assert not ask(door)  # as long as the network asked for
    later(20)
    assert ask(door)
    assert Mention.objects.get().author == "mila.example"


def test_a_question_is_not_asked_for_ever(door):
    hear(streamed("meridian one", "did:plc:gone"))
    for _ in range(naming.MOST_TRIES):
        assert ask(door)
        later(naming.UNKNOWN.total_seconds() + 1)
    assert not ask(door)
    assert HeardAuthor.objects.get().next_at is None
    assert Mention.objects.get().who == "did:plc:gone"


def test_a_worker_that_died_leaves_its_question_to_the_next(door):
    hear(streamed("meridian one"))
    assert [each.account for each in naming._claim()] == [MILA]
    assert not ask(door)
    later(naming.CLAIM.total_seconds() + 1)
    assert ask(door)
    assert Mention.objects.get().author == "mila.example"


def test_who_the_first_does_not_know_the_second_is_asked_for(door):
    hear(streamed("meridian one"), streamed("meridian two", "did:plc:bo"))
    failing, own = Door(), Door(Author("did:plc:bo", "bo.example", "Bo", None))
    failing.trouble = [ConnectorError("away")]
    assert ask(failing, door, own)
    assert own.asked == [["did:plc:bo"]]
    assert set(Mention.objects.values_list("author", flat=True)) == {"mila.example", "bo.example"}


def test_without_anybody_to_ask_it_waits_and_tries_nothing_away(door):
    hear(streamed("meridian one"))
    assert ask()
    later(naming.NOBODY.total_seconds() + 1)
    assert HeardAuthor.objects.get().tries == 0
    assert ask(door)
    assert Mention.objects.get().author == "mila.example"


def test_an_account_whose_handle_leads_elsewhere_keeps_its_id_and_its_name(door):
    door.known[MILA] = Author(MILA, "", "Mila Visser", 3)
    hear(streamed("meridian one"))
    ask(door)
    mention = Mention.objects.get()
    assert (mention.who, mention.handle, mention.author) == ("Mila Visser", "", MILA)


def test_what_a_stream_says_again_does_not_take_the_name_away(door):
    hear(streamed("meridian one", uri="at://1"))
    ask(door)
    hear(streamed("meridian one, with more words", uri="at://1"))
    mention = Mention.objects.get()
    assert (mention.author, mention.reach) == ("mila.example", 1_240)
    assert mention.text == "meridian one, with more words"


def test_by_id_and_by_handle_it_is_one_person_among_the_authors(door):
    hear(
        streamed("meridian one", uri="at://1"),
        said("meridian, found by a search", network="bluesky", author="mila.example", account=MILA),
        said("meridian, of a long name", author="somebody.with-a-long-name.example"),
    )
    ask(door)
    mila, other = authors_of(MonitorHit.objects.all(), clock.now() - timedelta(days=1))
    assert other.name == other.handle == "somebody.with-a-long-name.example"
    assert (mila.name, mila.handle) == ("Mila Visser", "mila.example")
    assert (mila.posts, mila.reach) == (2, 1_240)


def test_an_author_without_a_name_yet_stands_cut_short_among_the_authors(door):
    hear(streamed("meridian one"))
    (mila,) = authors_of(MonitorHit.objects.all(), clock.now() - timedelta(days=1))
    assert (mila.name, mila.handle, mila.reach) == ("did:plc:mila2345…8901", "", None)
