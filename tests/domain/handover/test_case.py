"""Both sides are one case: one clock, one turn, and no end while one of them is open."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from harken.domain.conversations.followed import Rounds
from harken.domain.conversations.models import Conversation, Direction, Message, State
from harken.domain.conversations.queries_export import hit_cells, hits
from harken.domain.conversations.queries_search import Filters
from harken.domain.conversations.services.close import close
from harken.domain.conversations.services.merge import merge
from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE, snooze
from harken.domain.handover.links import new_token
from harken.domain.handover.models import ContactDetails, HandOver
from harken.domain.handover.queries import hand_overs_of, public_side_open
from harken.domain.handover.reactions import CallPromised, PublicSideOpen
from harken.domain.handover.services.end import end, finish_call
from harken.domain.handover.services.hand_over import NoPortal, hand_over
from harken.domain.handover.services.say import NoTalk, say
from harken.domain.handover.services.talk import TooMany, ask_for_call, hear, leave_details
from harken.domain.replies.models import Reply, ReplyState
from harken.domain.replies.queries import draft_of
from harken.domain.replies.services.checked import reread
from harken.domain.replies.services.network_actions import CannotAct, like
from harken.domain.replies.services.send import AlreadyAnswered, rehearse, send
from harken.domain.replies.services.undo import undo
from harken.domain.sla.models import AppliedSLA
from harken.kit.refusals import Invalid, NotAllowed
from tests.cast import Company
from tests.domain.handover.conftest import Offered

pytestmark = pytest.mark.django_db
Offer = Callable[..., Offered]


def again(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def heard(offered: Offered, text: str = "My name is Amara, order 7.") -> Message:
    return hear(offered.hand_over, body=text, client_key=uuid.uuid4())


@pytest.fixture(autouse=True)
def at_once(company: Company) -> None:
    """What we say in private is there at once; its countdown has tests of its own."""
    company.channel.undo_seconds = 0
    company.channel.save()


def in_public(offered: Offered, company: Company, text: str = "It is solved, enjoy it.") -> Reply:
    return send(
        offered.conversation, body=text, client_key=uuid.uuid4(), by=company.mika, again=True
    )


def delivered(offered: Offered) -> None:
    """The acknowledgement has left and settled its turn, as the outbox does it."""
    conversation = again(offered.conversation)
    newest = conversation.messages.order_by("-pk").values_list("pk", flat=True)[0]
    Reply.objects.filter(conversation=conversation).update(state=ReplyState.SENT)
    Conversation.objects.filter(pk=conversation.pk).update(
        settled_id=newest, waiting_since=None, turn=None
    )


def test_a_private_message_starts_the_same_turn_and_its_clock(offer: Offer) -> None:
    offered = offer().opened_by(Client())
    delivered(offered)
    message = heard(offered)
    found = again(offered.conversation)
    assert found.turn_id == message.pk
    assert found.waiting_since == message.sent_at
    assert found.due_at is not None
    assert AppliedSLA.objects.filter(turn=message, ended_at=None).exists()
    assert found.snippet == "Private: My name is Amara, order 7."


def test_a_private_answer_ends_the_turn_and_never_meets_the_outbox(
    offer: Offer, company: Company
) -> None:
    offered = offer().opened_by(Client())
    delivered(offered)
    turn, replies = heard(offered), Reply.objects.count()
    key = uuid.uuid4()
    said = say(offered.conversation, body="It flies tomorrow.", client_key=key, by=company.mika)
    same = say(offered.conversation, body="It flies tomorrow.", client_key=key, by=company.mika)
    found = again(offered.conversation)
    assert said == same
    assert found.waiting_since is None
    assert not AppliedSLA.objects.filter(turn=turn, ended_at=None).exists()
    assert Reply.objects.count() == replies


def test_what_came_while_one_wrote_in_private_is_not_answered(
    offer: Offer, company: Company
) -> None:
    offered = offer().opened_by(Client())
    delivered(offered)
    first = heard(offered)
    second = heard(offered, "And one more thing")
    say(
        offered.conversation,
        body="Yes, it does.",
        client_key=uuid.uuid4(),
        by=company.mika,
        seen=first.pk,
    )
    assert again(offered.conversation).turn_id == second.pk


def test_a_public_answer_never_stands_under_a_private_message(
    offer: Offer, company: Company
) -> None:
    offered = offer().opened_by(Client())
    public = offered.conversation.messages.get(is_private=False)
    heard(offered)
    assert in_public(offered, company).target_id == public.pk
    assert rehearse(offered.conversation, body="Hello", by=company.mika).target == public


def test_a_private_message_is_never_told_to_a_network(offer: Offer, company: Company) -> None:
    offered = offer().opened_by(Client())
    message = heard(offered)
    followed = Rounds().next(company.channel, 20)
    ids = [one for tree in followed for one in tree.external_ids]
    assert ids
    assert message.external_id not in ids
    with pytest.raises(CannotAct):
        like(message, by=company.mika)


def test_the_case_cannot_be_closed_before_the_public_has_heard(
    offer: Offer, company: Company
) -> None:
    offered = offer().opened_by(Client())
    delivered(offered)
    heard(offered)
    say(offered.conversation, body="It is solved.", client_key=uuid.uuid4(), by=company.mika)
    for by in (company.mika, company.maren, None):
        with pytest.raises(PublicSideOpen):
            close(again(offered.conversation), reason="other", by=by)
    assert again(offered.conversation).state == State.OPEN
    in_public(offered, company)
    assert close(again(offered.conversation), reason="", by=company.mika).state == State.CLOSED


def test_an_undone_answer_has_not_closed_the_loop(offer: Offer, company: Company) -> None:
    offered = offer().opened_by(Client())
    reply = in_public(offered, company)
    assert not public_side_open(offered.conversation)
    undo(reply, by=company.mika)
    assert public_side_open(offered.conversation)


def test_a_link_nobody_opened_keeps_nothing_open(offer: Offer, company: Company) -> None:
    offered = offer()
    assert not public_side_open(offered.conversation)
    close(again(offered.conversation), reason="other", by=company.mika)


def test_nobody_waits_in_public_who_took_everything_back(offer: Offer) -> None:
    offered = offer().opened_by(Client())
    public = Message.objects.filter(conversation=offered.conversation, is_private=False)
    public.filter(direction=Direction.INBOUND).update(deleted_at=offered.hand_over.made_at)
    assert not public_side_open(offered.conversation)


def test_a_customer_who_writes_in_private_opens_and_wakes_the_case(
    offer: Offer, company: Company
) -> None:
    offered = offer().opened_by(Client())
    delivered(offered)
    in_public(offered, company)
    snooze(again(offered.conversation), UNTIL_THEY_WRITE, by=company.mika)
    heard(offered)
    assert again(offered.conversation).snoozed_until is None
    close(again(offered.conversation), reason="other", by=company.mika)
    heard(offered, "One more thing")
    assert again(offered.conversation).state == State.OPEN


def test_a_merged_side_counts_for_its_case(
    offer: Offer, company: Company, receive: Callable[..., Conversation]
) -> None:
    offered = offer().opened_by(Client())
    lead = receive("The same again, please")
    merge(lead, again(offered.conversation), by=company.mika, reason="one parcel")
    heard(offered)
    assert again(lead).waits_since is not None
    with pytest.raises(PublicSideOpen):
        close(again(lead), reason="other", by=company.mika)
    assert [each.pk for each in hand_overs_of([offered.conversation])] == [offered.hand_over.pk]


def test_the_link_of_another_conversation_cannot_be_sent(
    offer: Offer, company: Company, receive: Callable[..., Conversation]
) -> None:
    theirs = hand_over(receive("Mine", by="zora"), by=company.mika).link
    ours = receive("And mine?")
    for link in (theirs, theirs.rpartition("/")[0] + "/" + new_token()):
        with pytest.raises(Invalid):
            send(ours, body=f"Here: {link}", client_key=uuid.uuid4(), by=company.mika)
    assert not Reply.objects.filter(conversation=ours).exists()


def test_the_acknowledgement_passes_the_checks_and_no_worker_looks_at_its_link(
    receive: Callable[..., Conversation], company: Company
) -> None:
    from harken.domain.replies.models_checks import LinkLook

    for _ in range(40):  # chance letters must never look like a code, a card or a phone number
        conversation = receive("Where is my parcel?")
        hand_over(conversation, by=company.mika)
        body = draft_of(conversation, company.mika).body
        found = reread(conversation, body=body, client_key=uuid.uuid4(), by=company.mika)
        assert not {"links", "personal"} & {each.check.key for each in found}
    assert not LinkLook.objects.exists()


def test_what_somebody_had_begun_to_write_stays_before_the_link(
    receive: Callable[..., Conversation], company: Company
) -> None:
    from harken.domain.replies.services.draft import save_draft

    conversation = receive()
    save_draft(conversation, body="Amara, that should not happen.", by=company.mika)
    first = hand_over(conversation, by=company.mika).link
    body = draft_of(conversation, company.mika).body
    assert body.startswith("Amara, that should not happen.\n")
    assert first in body
    second = hand_over(conversation, by=company.mika).link
    renewed = draft_of(conversation, company.mika).body
    assert second in renewed
    assert first not in renewed


def test_without_a_portal_there_is_no_link(
    receive: Callable[..., Conversation], company: Company, settings: object
) -> None:
    settings.PORTAL_URL = ""  # type: ignore[attr-defined]
    with pytest.raises(NoPortal):
        hand_over(receive(), by=company.mika)


def test_only_who_may_write_to_the_customer_hands_over_or_speaks(
    offer: Offer, company: Company
) -> None:
    offered = offer().opened_by(Client())
    for by in (company.vic, company.bea):
        with pytest.raises(NotAllowed):
            hand_over(offered.conversation, by=by)
        with pytest.raises(NotAllowed):
            say(offered.conversation, body="Hello", client_key=uuid.uuid4(), by=by)


def test_a_new_talk_ends_the_one_before_and_shows_nothing_of_it(
    offer: Offer, company: Company, client: Client
) -> None:
    first = offer().opened_by(client)
    heard(first, "Only for the first browser")
    renewed = hand_over(first.conversation, by=company.mika)
    body = draft_of(first.conversation, company.mika).body
    send(first.conversation, body=body, client_key=uuid.uuid4(), by=company.mika, again=True)
    second = Offered(first.conversation, renewed.hand_over, renewed.link)
    other = Client()
    second.opened_by(other)
    assert b"Only for the first" not in other.get(second.path).content
    assert client.get(first.path).status_code == 404


def test_a_talk_that_ends_keeps_what_was_said_and_erases_how_to_reach_them(
    offer: Offer, company: Company
) -> None:
    offered = offer().opened_by(Client())
    heard(offered)
    leave_details(offered.hand_over, name="Amara", email="a@mail.example", phone="")
    end(offered.hand_over, by=company.mika)
    assert not ContactDetails.objects.exists()
    assert again(offered.conversation).messages.filter(is_private=True).count() == 1
    with pytest.raises(NoTalk):
        say(offered.conversation, body="Hello", client_key=uuid.uuid4(), by=company.mika)


def test_a_promised_call_keeps_the_case_open(offer: Offer, company: Company) -> None:
    offered = offer().opened_by(Client())
    call = ask_for_call(
        offered.hand_over,
        phone="+31 20 794 0800",
        wanted_at=None,
        about="",
        client_key=uuid.uuid4(),
    )
    in_public(offered, company)
    with pytest.raises(CallPromised):
        close(again(offered.conversation), reason="other", by=company.mika)
    finish_call(call, "reached", by=company.mika)
    close(again(offered.conversation), reason="other", by=company.mika)


def test_a_customer_proves_in_public_who_they_are(
    offer: Offer, receive: Callable[..., Conversation]
) -> None:
    offered = offer().opened_by(Client())
    root = offered.conversation.thread_key
    receive("Here you are", root_id=root, parent_id=root)
    offered.hand_over.refresh_from_db()
    assert offered.hand_over.proven_at is None
    hear(offered.hand_over, body=offered.hand_over.word, client_key=uuid.uuid4())
    offered.hand_over.refresh_from_db()
    assert offered.hand_over.proven_at is None
    receive(f"My word: {offered.hand_over.word.lower()}", root_id=root, parent_id=root)
    offered.hand_over.refresh_from_db()
    assert offered.hand_over.proven_at is not None


def test_a_talk_cannot_be_flooded(offer: Offer) -> None:
    offered = offer().opened_by(Client())
    for number in range(60):
        heard(offered, f"Message {number}")
    with pytest.raises(TooMany):
        heard(offered)


def test_an_exported_private_hit_says_so(offer: Offer, company: Company) -> None:
    offered = offer().opened_by(Client())
    heard(offered, "The zeppelin is broken")
    rows = list(hit_cells(hits(company.mika, "zeppelin", Filters())))
    assert [row[6] for row in rows[1:]] == ["inbound, private"]
    assert not hits(company.bea, "zeppelin", Filters())


def test_a_colleague_s_private_answer_stops_a_public_one_begun_before(
    offer: Offer, company: Company
) -> None:
    from harken.domain.replies.queries_moved import moved_since, place_in

    offered = offer().opened_by(Client())
    heard(offered)
    place = place_in(offered.conversation)
    say(offered.conversation, body="It is solved.", client_key=uuid.uuid4(), by=company.ben)
    assert [each.what for each in moved_since(offered.conversation, place, but_by=company.mika)]


def test_who_has_an_answer_is_not_answered_twice_by_chance(offer: Offer, company: Company) -> None:
    offered = offer().opened_by(Client())
    delivered(offered)
    with pytest.raises(AlreadyAnswered):
        send(offered.conversation, body="Hello", client_key=uuid.uuid4(), by=company.mika)
    assert HandOver.objects.get(pk=offered.hand_over.pk).reply is not None
