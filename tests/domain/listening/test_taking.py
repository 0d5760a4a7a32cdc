"""A mention becomes a conversation with a clock: by a key, by a rule, once, through the network."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from django.db import connection

from harken.connectors.loopback import parse
from harken.connectors.loopback.wire import Event as Told
from harken.connectors.loopback.wire import Face
from harken.connectors.loopback.wire import Post as Written
from harken.domain.channels.models import ChannelState
from harken.domain.conversations.models import Conversation, Message
from harken.domain.journal.models import Event
from harken.domain.listening import taking
from harken.domain.listening.models_mentions import Mention, MentionState, Taking
from harken.domain.listening.services.asking import NoChannel, ask_for
from harken.domain.listening.services.settle import bring_back, dismiss, learn_from
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.connector import ConnectorError, Inbound, RateLimited, SessionLost
from harken.kit.refusals import Invalid, NotAllowed
from tests.domain.listening.conftest import work_off
from tests.domain.listening.posts import hear, said


class Network:
    """A network of a few posts; `trouble` is raised at the next look-ups."""

    def __init__(self) -> None:
        self.posts: dict[str, Written] = {}
        self.kinds: dict[str, str] = {}
        self.trouble: list[ConnectorError] = []
        self.looked = 0

    def write(self, uri: str, text: str, **more: object) -> None:
        face = Face("acct-zora", "zora.example", "Zora Lind", followers=12)
        values = {"at": clock.now() - timedelta(minutes=2), "root": uri} | more
        self.posts[uri] = Written(uri, face, text, **values)  # type: ignore[arg-type]

    def look_up(self, uri: str) -> bytes | None:
        self.looked += 1
        if self.trouble:
            raise self.trouble.pop(0)
        post = self.posts.get(uri)
        if post is None:
            return None
        kind = self.kinds.get(uri, "post")
        return msgspec.json.encode(Told(0, kind, post, "search"))  # type: ignore[arg-type]

    def parse(self, raw: bytes) -> list[Inbound]:
        return parse.parse(raw, "acct-meridian", "http://127.0.0.1:9")

    def __call__(self, channel: object) -> Network:
        return self


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def heard(company, monitor, network) -> Callable[..., Mention]:
    """A post of the network that a monitor of service heard."""

    def arrive(text: str = "Meridian, my bag is gone", uri: str = "p1", **more: object) -> Mention:
        if not Mention.objects.exists():
            monitor("meridian", team=company.service, **more)
        network.write(uri, text)
        hear(said(text, uri=uri))
        return Mention.objects.get(uri=uri)

    return arrive


def take(mention: Mention, by: User, network: Network) -> Conversation:
    ask_for(mention, by=by)
    assert taking.turn(network)  # type: ignore[arg-type]
    return Conversation.objects.get()


def test_a_mention_becomes_a_conversation_with_a_clock_of_who_asked(company, heard, network):
    conversation = take(heard(), company.mika, network)
    mention = Mention.objects.get()
    assert (mention.state, mention.message) == (MentionState.TAKEN, conversation.messages.get())
    assert (conversation.assignee, conversation.team) == (company.mika, company.service)
    assert (conversation.why, conversation.snippet) == ("search", "Meridian, my bag is gone")
    assert conversation.waiting_since == network.posts["p1"].at
    assert conversation.due_at is not None
    assert mention.hits.get().message == mention.message


def test_asked_twice_and_by_two_it_is_one_conversation_of_the_first(company, heard, network):
    mention = heard()
    ask_for(mention, by=company.mika)
    ask_for(mention, by=company.mika)
    ask_for(mention, by=company.ben)
    taking.turn(network)
    assert not taking.turn(network)
    assert (Conversation.objects.get().assignee, network.looked) == (company.mika, 1)
    assert Event.objects.filter(kind="MentionAsked").count() == 1
    assert Event.objects.filter(kind="MentionTaken").count() == 1


def test_two_who_press_in_the_same_moment_get_one_conversation(
    transactional_db, company, heard, network
):
    mention = heard()
    barrier = threading.Barrier(4)
    refused: list[Exception] = []

    def press(user: User) -> None:
        try:
            barrier.wait()
            ask_for(mention, by=user)
            taking.turn(network)
        except Exception as error:
            refused.append(error)
        finally:
            connection.close()

    people = (company.mika, company.ben, company.lena, company.maren)
    threads = [threading.Thread(target=press, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refused
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)
    assert Taking.objects.get().next_at is None


def test_a_worker_killed_after_the_look_up_leaves_it_to_the_next(company, heard, network):
    ask_for(heard(), by=company.mika)
    claimed = taking._claim()
    assert claimed is not None
    network.look_up(claimed.mention.uri)  # and then it is gone
    assert not taking.turn(network)
    Taking.objects.update(next_at=clock.now())
    assert taking.turn(network)
    assert Conversation.objects.get().assignee == company.mika


def test_a_slow_worker_whose_claim_ran_out_changes_nothing_more(company, heard, network):
    ask_for(heard(), by=company.mika)
    slow = taking._claim()
    assert slow is not None
    Taking.objects.update(next_at=clock.now())
    taking.turn(network)
    taking._take(slow, network)
    assert Message.objects.count() == Event.objects.filter(kind="MentionTaken").count() == 1


def test_a_network_in_trouble_is_asked_again_later(company, heard, network):
    network.trouble = [ConnectorError("no answer"), RateLimited("wait", retry_after=90)]
    ask_for(heard(), by=company.mika)
    began = clock.now()
    taking.turn(network)
    row = Taking.objects.get()
    assert row.next_at is not None
    assert began + timedelta(seconds=1) < row.next_at < clock.now() + timedelta(seconds=4)
    assert (row.trouble, taking.turn(network)) == ("no answer", False)
    Taking.objects.update(next_at=began)
    taking.turn(network)
    later = Taking.objects.get().next_at
    assert later is not None
    assert later - began > timedelta(seconds=89)
    Taking.objects.update(next_at=began)
    taking.turn(network)
    assert (Taking.objects.get().trouble, Conversation.objects.count()) == ("", 1)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (SessionLost("expired"), "Connect it again"),
        (ConnectorError("they block us", permanent=True), "they block us"),
    ],
)
def test_what_cannot_work_is_given_up_with_the_reason_and_can_be_asked_anew(
    company, heard, network, error, says
):
    network.trouble = [error]
    mention = heard()
    ask_for(mention, by=company.mika)
    taking.turn(network)
    row = Taking.objects.get()
    assert row.next_at is None
    assert says in row.trouble
    assert Mention.objects.get().state == MentionState.NEW
    assert Event.objects.filter(kind="MentionMissed").exists()
    assert take(mention, company.ben, network).assignee == company.ben


def test_after_half_an_hour_of_trouble_it_is_given_up(company, heard, network):
    ask_for(heard(), by=company.mika)
    Taking.objects.update(asked_at=clock.now() - timedelta(minutes=31))
    network.trouble = [ConnectorError("no answer")]
    taking.turn(network)
    assert Taking.objects.get().next_at is None


def test_a_post_the_network_does_not_show_is_not_taken_for_a_deleted_one(company, heard, network):
    mention = heard()
    network.posts.clear()
    ask_for(mention, by=company.mika)
    taking.turn(network)
    assert Taking.objects.get().trouble == taking.NOT_SHOWN
    assert Mention.objects.get().deleted_at is None


def test_a_post_taken_back_meanwhile_leaves_the_lists(company, heard, network):
    mention = heard()
    network.kinds["p1"] = "delete"
    ask_for(mention, by=company.mika)
    taking.turn(network)
    mention.refresh_from_db()
    assert mention.deleted_at is not None
    assert not Conversation.objects.exists()
    with pytest.raises(Invalid, match="took this post back"):
        ask_for(mention, by=company.ben)


def test_an_answer_nobody_can_read_is_told_and_kept(company, heard, network):
    mention = heard()
    network.kinds["p1"] = "confetti"
    ask_for(mention, by=company.mika)
    taking.turn(network)
    assert "quarantine" in Taking.objects.get().trouble
    assert company.channel.quarantine.count() == 1


@pytest.mark.parametrize("state", [ChannelState.PAUSED, ChannelState.NEEDS_LOGIN])
def test_without_an_account_that_can_answer_it_is_refused(company, heard, state):
    mention = heard()
    company.channel.state = state
    company.channel.save()
    with pytest.raises(NoChannel, match="answer there"):
        ask_for(mention, by=company.mika)
    assert not Taking.objects.exists()


def test_a_mention_of_a_network_we_have_no_account_at_is_refused(company, monitor):
    monitor("meridian")
    hear(said("meridian", network="feeds"))
    with pytest.raises(NoChannel):
        ask_for(Mention.objects.get(), by=company.mika)


def test_who_only_looks_on_takes_settles_and_brings_back_nothing(company, heard):
    mention = heard()
    for change in (
        lambda: ask_for(mention, by=company.vic),
        lambda: dismiss(mention, "spam", by=company.vic),
        lambda: learn_from(mention, by=company.vic),
        lambda: bring_back(mention, by=company.vic),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_what_came_by_the_channel_meanwhile_is_taken_where_it_is(
    listening, company, heard, receive
):
    mention = heard()
    conversation = receive("Meridian, my bag is gone", external_id="p1", by="zora")
    work_off(listening)
    ask_for(mention, by=company.ben)
    conversation.refresh_from_db()
    assert (conversation.assignee, Taking.objects.count()) == (company.ben, 0)
    ask_for(mention, by=company.mika)  # a colleague has it; nothing is taken away
    conversation.refresh_from_db()
    assert conversation.assignee == company.ben


def test_a_new_conversation_goes_to_the_monitor_s_topic_and_team(company, heard, network, monitor):
    monitor("bag", topic=company.invoice)
    assert take(heard(), company.maren, network).team == company.service
    assert Conversation.objects.get().topic == company.invoice


def test_who_asked_can_see_what_they_asked_for(company, monitor, network):
    monitor("meridian")
    network.write("p1", "meridian?")
    hear(said("meridian?", uri="p1"))
    conversation = take(Mention.objects.get(), company.bea, network)
    assert (conversation.assignee, conversation.team) == (company.bea, company.billing)


def test_by_the_rule_of_a_monitor_it_waits_in_the_inbox_for_everybody(company, heard, network):
    heard(at_once=True)
    assert taking.turn(network)
    conversation = Conversation.objects.get()
    assert (conversation.assignee, conversation.team) == (None, company.service)
    assert conversation.waiting_since is not None


def test_who_asks_for_what_a_rule_asked_for_gets_it(company, heard, network):
    ask_for(heard(at_once=True), by=company.ben)
    taking.turn(network)
    assert Conversation.objects.get().assignee == company.ben


@pytest.mark.parametrize(
    "post",
    [
        {"text": "@meridian.example meridian!"},
        {"text": "meridian!", "author": "meridian.example"},
        {"text": "meridian!", "network": "feeds"},
    ],
    ids=["called us", "ours", "no account there"],
)
def test_the_rule_leaves_what_comes_anyway_what_is_ours_and_what_nobody_can_answer(
    company, monitor, post
):
    monitor("meridian", at_once=True)
    hear(said(**post))
    assert not Taking.objects.exists()


def test_the_rule_asks_for_the_first_of_a_fold_alone(company, monitor):
    monitor("meridian", at_once=True)
    text = "Meridian batteries drop to zero on every single hill, beware of them"
    hear(*(said(text, uri=f"p{n}") for n in range(5)))
    hear(said(text, uri="p9"))
    assert Taking.objects.count() == 1


def test_without_the_rule_nothing_is_asked_for(company, heard):
    heard()
    assert not Taking.objects.exists()


def test_a_mention_is_dismissed_with_a_reason_and_brought_back(company, heard):
    mention = heard()
    with pytest.raises(Invalid):
        dismiss(mention, "", by=company.mika)
    for _ in range(2):
        dismiss(mention, "not_us", "Another Meridian", by=company.mika)
    mention.refresh_from_db()
    assert (mention.state, mention.reason) == (MentionState.DISMISSED, "not_us")
    assert (mention.note, mention.settled_by) == ("Another Meridian", company.mika)
    bring_back(mention, by=company.ben)
    mention.refresh_from_db()
    assert (mention.state, mention.reason, mention.note) == (MentionState.NEW, "", "")
    states = Event.objects.filter(kind="MentionSettled").values_list("data__state", flat=True)
    assert list(states.order_by("id")) == ["dismissed", "new"]


def test_what_is_in_the_inbox_or_on_its_way_is_not_dismissed(company, heard, network):
    mention = heard()
    ask_for(mention, by=company.mika)
    with pytest.raises(Invalid, match="on its way"):
        learn_from(mention, by=company.ben)
    taking.turn(network)
    with pytest.raises(Invalid, match="in the inbox"):
        dismiss(mention, "spam", by=company.ben)
