"""Private texts that need somebody's word: nothing of them is before the customer until the yes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from harken.domain.approvals import tasks
from harken.domain.approvals.models import Approval, Decision
from harken.domain.approvals.queries import agreed_in_private, count_for, last_return, queue_of
from harken.domain.approvals.services.decide import Decided, WordsMoved, approve, edit, give_back
from harken.domain.approvals.services.rules import Terms, save_rule
from harken.domain.approvals.services.voices import give_voice
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Conversation, Direction, Message
from harken.domain.handover.models import PrivateMessage, PrivateText, TextState
from harken.domain.handover.queries import said_in, taken_back_of
from harken.domain.handover.services.end import end
from harken.domain.handover.services.say import ColleagueSpeaks, NoTalk, say, undo
from harken.domain.handover.services.talk import hear
from harken.domain.handover.tasks import look
from harken.domain.notifications.models import Notification
from harken.domain.replies.models import Reply
from harken.domain.replies.models_checks import WordList
from harken.domain.replies.queries_moved import place_in
from harken.domain.replies.services.check_settings import set_words
from harken.domain.replies.services.checked import BlockedByCheck
from harken.domain.replies.services.send import ThreadMoved
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed
from tests.cast import Company
from tests.domain.handover.conftest import Offered, offer, portal
from tests.domain.replies.conftest import told

__all__ = ["offer", "portal"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trainees")]
TEXT = "Your new frame flies tomorrow.  Åse brings it 🚲"
BETTER = "Your new frame flies tomorrow before noon. /Mika"
SIGNATURE = "— Elif Arslan, managing director"
ROLES = ("mika", "ben", "bea", "lena", "maren", "elif_", "vic")
Ask = Callable[..., Approval]


@pytest.fixture
def talk(offer: Callable[..., Offered], company: Company) -> Offered:
    """A private talk that Ben offered, and the customer opened."""
    return offer("My frame has a scratch.", by=company.ben).opened_by(Client())


@pytest.fixture
def asked(talk: Offered, company: Company) -> Ask:
    """Let somebody, Mika mostly, write a private text that needs a word."""

    def write(body: str = TEXT, *, by: str = "mika", again: bool = False) -> Approval:
        who = getattr(company, by)
        text = say(talk.conversation, body=body, client_key=uuid.uuid4(), by=who, again=again)
        return Approval.objects.get(text=text)

    return write


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def time_is_over() -> None:
    PrivateText.objects.filter(state=TextState.HELD).update(hold_until=clock.now())
    look()


def shown(talk: Offered) -> list[str]:
    """What of ours the customer's page shows."""
    ours = said_in(talk.hand_over).filter(direction=Direction.OUTBOUND)
    return [message.body for message in ours]


def test_nothing_of_it_is_on_the_customer_s_page_before_the_yes(
    offer: Callable[..., Offered], company: Company, client: Client
) -> None:
    talk = offer(by=company.ben).opened_by(client)
    text = say(talk.conversation, body=TEXT, client_key=uuid.uuid4(), by=company.mika)
    assert text.state == TextState.APPROVAL
    PrivateText.objects.update(hold_until=clock.now() - timedelta(days=1))
    assert look() == 0
    for page in (talk.path, f"{talk.path}/said"):
        assert b"new frame" not in client.get(page).content
    assert not Message.objects.filter(body=TEXT).exists()
    assert (told("PrivateTextHeldBack"), told("PrivateTextHeld")) == (1, 0)
    sent = approve(text.approval, by=company.lena)
    assert (sent.pk, sent.state, sent.author) == (text.pk, TextState.HELD, company.mika)
    assert (told("PrivateTextApproved"), told("PrivateTextHeld")) == (1, 1)
    assert shown(talk) == []
    time_is_over()
    assert "Your new frame flies tomorrow." in client.get(f"{talk.path}/said").content.decode()
    approval = Approval.objects.get()
    assert [sha(body) for body in shown(talk)] == [approval.sha256] == [sha(TEXT)]


def test_the_approver_s_words_are_said_and_both_names_are_kept(
    asked: Ask, talk: Offered, company: Company
) -> None:
    approval = asked()
    edit(approval, body=BETTER + " ", number=1, by=company.maren)
    with pytest.raises(WordsMoved):
        approve(approval, number=1, by=company.lena)
    approve(approval, number=2, by=company.lena)
    time_is_over()
    assert shown(talk) == [BETTER]
    words = [(each.author, each.body) for each in approval.wordings.all()]
    assert words == [(company.mika, TEXT), (company.maren, BETTER)]
    said = agreed_in_private([talk.conversation.pk])
    assert list(said.values()) == ["changed and approved by Lena"]
    assert talk.hand_over.said.get().message.author == company.mika


def test_given_back_it_is_in_the_private_composer_of_its_writer_with_the_note(
    asked: Ask, talk: Offered, company: Company
) -> None:
    approval = asked()
    edit(approval, body=BETTER, by=company.lena)
    with pytest.raises(Invalid):
        give_back(approval, note=" ", by=company.lena)
    give_back(approval, note="Name the carrier.", by=company.lena)
    back = taken_back_of(talk.conversation, company.mika)
    assert back is not None
    assert (back.body, back.error) == (BETTER, "")
    returned = last_return(talk.conversation, company.mika, privately=True)
    assert returned is not None
    assert (returned.note, returned.decision) == ("Name the carrier.", Decision.RETURNED)
    assert last_return(talk.conversation, company.mika) is None
    told_to = Notification.objects.get(kind="decided")
    assert told_to.person == company.mika
    assert "returned your private text with a note" in told_to.text
    assert told("PrivateTextReturned") == 1
    asked(BETTER)
    assert taken_back_of(talk.conversation, company.mika) is None
    assert last_return(talk.conversation, company.mika, privately=True) is None
    assert shown(talk) == []


def test_taken_back_by_its_writer_it_needs_nobody_any_more(
    asked: Ask, talk: Offered, company: Company
) -> None:
    approval = asked()
    assert approval.text is not None
    undo(approval.text, by=company.mika, typed="Or rather:")
    approval.refresh_from_db()
    assert (approval.decision, approval.next_at) == (Decision.WITHDRAWN, None)
    with pytest.raises(Decided):
        approve(approval, by=company.lena)
    back = taken_back_of(talk.conversation, company.mika)
    assert back is not None
    assert back.body == f"{TEXT}\n\nOr rather:"


def test_an_approved_text_is_taken_back_in_its_countdown_and_needs_a_new_word(
    asked: Ask, talk: Offered, company: Company
) -> None:
    sent = approve(asked(), by=company.lena)
    assert isinstance(sent, PrivateText)
    assert undo(sent, by=company.mika).state == TextState.UNDONE
    time_is_over()
    assert shown(talk) == []
    assert asked().is_open
    assert Approval.objects.count() == 2


def test_without_a_countdown_it_is_said_with_the_yes(
    asked: Ask, talk: Offered, company: Company
) -> None:
    Channel.objects.update(undo_seconds=0)
    approval = asked()
    assert shown(talk) == []
    assert approve(approval, by=company.lena).state == TextState.SAID
    assert shown(talk) == [TEXT]


def test_what_the_customer_added_in_private_is_read_before_it_is_approved(
    asked: Ask, talk: Offered, company: Company
) -> None:
    approval, place = asked(), place_in(talk.conversation)
    hear(talk.hand_over, body="Never mind, it came.", client_key=uuid.uuid4())
    with pytest.raises(ThreadMoved):
        approve(approval, read_up_to=place, by=company.lena)
    assert approve(approval, read_up_to=place_in(talk.conversation), by=company.lena)


def test_what_a_check_blocks_in_private_is_not_approved_either(
    asked: Ask, company: Company
) -> None:
    set_words(company.brand, WordList.FORBIDDEN, ["calm down"], by=company.lena)
    approval = asked()
    with pytest.raises(BlockedByCheck):
        approve(approval, body="Please calm down, it comes.", by=company.lena)
    approval.refresh_from_db()
    assert approval.is_open
    assert approval.wordings.count() == 1


def test_a_text_whose_talk_ended_is_not_approved_and_goes_back_to_its_writer(
    asked: Ask, talk: Offered, company: Company
) -> None:
    approval = asked()
    end(talk.hand_over, by=company.ben)
    with pytest.raises(NoTalk):
        approve(approval, by=company.lena)
    assert look() == 1
    assert look() == 0
    approval.refresh_from_db()
    assert approval.decision == Decision.WITHDRAWN
    back = taken_back_of(talk.conversation, company.mika)
    assert back is not None
    assert "over before this was said" in back.error
    assert Notification.objects.filter(kind="stayed", person=company.mika).count() == 1
    assert shown(talk) == []


def test_a_colleague_is_told_that_a_text_waits(asked: Ask, talk: Offered, company: Company) -> None:
    asked()
    with pytest.raises(ColleagueSpeaks, match="Mika has just written, and it waits for approval"):
        say(talk.conversation, body="Hello!", client_key=uuid.uuid4(), by=company.ben)


def test_who_needs_nobody_s_word_speaks_as_before(talk: Offered, company: Company) -> None:
    text = say(talk.conversation, body="Hello!", client_key=uuid.uuid4(), by=company.ben)
    assert text.state == TextState.HELD
    assert not Approval.objects.exists()


def test_the_rules_that_need_no_trainee_hold_here_too(talk: Offered, company: Company) -> None:
    save_rule(
        None, Terms(name="Reach", followers_over=0, approvers=(company.maren,)), by=company.lena
    )
    talk.conversation.handle.followers = 5
    talk.conversation.handle.save()
    text = say(talk.conversation, body="Hello!", client_key=uuid.uuid4(), by=company.ben)
    assert text.state == TextState.APPROVAL


def test_the_same_key_asks_once(talk: Offered, company: Company) -> None:
    key = uuid.uuid4()
    first, again = (
        say(talk.conversation, body=TEXT, client_key=key, by=company.mika) for _ in range(2)
    )
    assert first == again
    assert Approval.objects.count() == 1


def test_the_next_one_of_the_chain_is_asked_by_the_clock(asked: Ask, company: Company) -> None:
    approval = asked()
    assert approval.steps.get().person == company.lena
    Approval.objects.update(next_at=clock.now())
    assert tasks.ask_ripe() == 1
    assert approval.steps.filter(was_asked=True, person=company.maren).exists()
    said = Notification.objects.filter(kind="approval").values_list("text", flat=True)
    assert set(said) == {"A private text of Mika waits for your approval."}


def test_one_queue_holds_both_kinds_in_the_order_of_the_customers_clocks(
    asked: Ask, ask: Ask, receive: Callable[..., Conversation], company: Company
) -> None:
    private, public = asked(), ask(conversation=receive(by="zora"))
    for first, second in ((private, public), (public, private)):
        for seconds, approval in enumerate((first, second)):
            Conversation.objects.filter(pk=approval.conversation_id).update(
                due_at=clock.now() + timedelta(seconds=seconds), due_seconds=60
            )
        assert list(queue_of(company.lena)) == [first, second]
    assert count_for(company.lena).alone() == 2
    assert count_for(company.bea).alone() == 0


# --- roles -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("what", ["edit", "approve", "give_back", "undo"])
def test_only_those_asked_and_leads_decide_and_its_writer_takes_it_back(
    asked: Ask, talk: Offered, company: Company, who: str, what: str
) -> None:
    approval, by = asked(), getattr(company, who)
    text = approval.text
    assert text is not None
    verb: dict[str, Callable[[], object]] = {
        "edit": lambda: edit(approval, body=BETTER, by=by),
        "approve": lambda: approve(approval, by=by),
        "give_back": lambda: give_back(approval, note="No.", by=by),
        "undo": lambda: undo(text, by=by),
    }
    if who in {"lena", "maren"} or (who, what) == ("mika", "undo"):
        verb[what]()
    else:
        with pytest.raises(NotAllowed):
            verb[what]()
        approval.refresh_from_db()
        assert approval.is_open
        assert approval.wordings.count() == 1
    time_is_over()
    assert shown(talk) == ([TEXT] if what == "approve" and who in {"lena", "maren"} else [])


@pytest.mark.parametrize("who", ["mika", "ben", "lena", "maren"])
def test_in_the_voice_of_an_executive_everybody_else_only_drafts(
    asked: Ask, talk: Offered, company: Company, who: str
) -> None:
    give_voice(company.elif_, signature=SIGNATURE, by=company.maren)
    approval = asked("I am sorry.\n-- ELIF  Arslan, managing director", by=who)
    assert approval.only_by == company.elif_
    for other in ROLES:
        if other != "elif_":
            with pytest.raises(NotAllowed):
                approve(approval, by=getattr(company, other))
    sent = approve(approval, body=f"I am so sorry.\n{SIGNATURE}", by=company.elif_)
    assert sent.author == company.elif_
    time_is_over()
    message = talk.hand_over.said.get().message
    assert (message.author, message.body) == (company.elif_, f"I am so sorry.\n{SIGNATURE}")
    said = agreed_in_private([talk.conversation.pk])
    drafted = str(getattr(company, who))
    assert list(said.values()) == [f"drafted by {drafted}, changed and approved by Elif"]


def test_an_executive_speaks_for_themselves_and_nobody_puts_their_voice_into_a_text(
    asked: Ask, talk: Offered, company: Company
) -> None:
    give_voice(company.elif_, signature=SIGNATURE, by=company.maren)
    own = say(
        talk.conversation, body=f"Hello.\n{SIGNATURE}", client_key=uuid.uuid4(), by=company.elif_
    )
    assert own.state == TextState.HELD
    approval = asked(again=True)
    for attempt in (approve, edit):
        with pytest.raises(NotAllowed):
            attempt(approval, body=f"{TEXT}\n{SIGNATURE}", by=company.lena)


# --- the last line ---------------------------------------------------------------------------


def broken(name: str, change: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        change()


def test_the_database_lets_nothing_be_said_that_nobody_approved(asked: Ask) -> None:
    texts = PrivateText.objects.filter(pk=asked().of.pk)
    broken("nobody approved", lambda: texts.update(state="held"))
    broken("nobody approved", lambda: texts.update(state="said"))
    texts.update(state="undone")
    broken("nobody approved", lambda: texts.update(state="held"))


def test_the_database_lets_no_other_bytes_be_said(
    asked: Ask, talk: Offered, company: Company
) -> None:
    text = approve(asked(), by=company.lena)
    texts = PrivateText.objects.filter(pk=text.pk)
    broken("is not what was approved", lambda: texts.update(body=BETTER))
    broken("is not what was approved", lambda: texts.update(state="said"))
    message = hear(talk.hand_over, body=BETTER, client_key=uuid.uuid4())
    forged = {"external_id": f"private:{texts.get().client_key}", "author": company.mika}
    Message.objects.filter(pk=message.pk).update(direction=Direction.OUTBOUND, **forged)
    assert PrivateMessage.objects.filter(message=message).exists()
    broken("is not what was approved", lambda: texts.update(state="said"))


def test_the_database_lets_nobody_speak_in_an_executive_s_voice(
    asked: Ask, talk: Offered, company: Company
) -> None:
    give_voice(company.elif_, signature=SIGNATURE, by=company.maren)
    forged = PrivateText(
        hand_over=talk.hand_over,
        author=company.lena,
        client_key=uuid.uuid4(),
        body=f"Hello.\n{SIGNATURE}",
        hold_until=clock.now(),
    )
    broken("voice of somebody else", lambda: forged.save(force_insert=True))


def test_an_approval_is_of_one_thing(asked: Ask, ask: Ask) -> None:
    private, public = asked(), ask()
    rows = Approval.objects.filter(pk=private.pk)
    broken("of_an_answer_or_a_private_text", lambda: rows.update(text=None))
    reply = Reply.objects.get(pk=public.of.pk)
    public.delete()
    broken("of_an_answer_or_a_private_text", lambda: rows.update(reply=reply))
