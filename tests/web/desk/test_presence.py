"""Signs of life of a tab, taking over, and "next", as the pages ask for them."""

from __future__ import annotations

import uuid
from datetime import timedelta

from harken.domain.conversations.models import Conversation
from harken.domain.conversations.services.assign import assign
from harken.domain.journal.models import Event
from harken.domain.presence.models import WritingLock
from harken.domain.replies.models import Reply
from harken.domain.replies.services.send import send
from harken.kit import clock

ONE, TWO = str(uuid.uuid4()), str(uuid.uuid4())


def sign(browser, conversation: Conversation, tab: str, doing: str = ""):
    address = f"/desk/c/{conversation.pk}/presence/"
    return browser.post(address, {"tab": tab, "doing": doing})


def told(answer) -> list[tuple[str, bool]]:
    assert answer.status_code == 200, answer.content
    ((_, people),) = answer.json()["here"].items()
    return [(one["name"], one["writes"]) for one in people]


def test_each_sign_of_life_answers_who_is_there(company, receive, sign_in):
    conversation, mika, ben = receive(), sign_in(company.mika), sign_in(company.ben)
    assert told(sign(mika, conversation, ONE)) == [("Mika", False)]
    assert told(sign(ben, conversation, TWO, "writing")) == [("Mika", False), ("Ben", True)]
    assert told(sign(mika, conversation, ONE, "writing")) == [("Mika", False), ("Ben", True)]
    assert told(sign(ben, conversation, TWO, "reading")) == [("Mika", False), ("Ben", False)]
    assert told(sign(ben, conversation, TWO, "leaving")) == [("Mika", False)]


def test_taking_over_is_told_in_the_thread(company, receive, sign_in):
    conversation, mika, ben = receive(), sign_in(company.mika), sign_in(company.ben)
    sign(mika, conversation, ONE, "writing")
    answer = ben.post(f"/desk/c/{conversation.pk}/take-over/", {"tab": TWO})
    assert told(answer) == [("Mika", False), ("Ben", True)]
    shown = mika.get(f"/desk/c/{conversation.pk}/messages/").content.decode()
    assert "Ben took over writing from Mika" in shown


def test_a_viewer_is_seen_reading_and_cannot_write(company, receive, vic):
    conversation = receive()
    assert told(sign(vic, conversation, ONE)) == [("Vic", False)]
    assert sign(vic, conversation, ONE, "writing").status_code == 403
    assert vic.post(f"/desk/c/{conversation.pk}/take-over/", {"tab": ONE}).status_code == 403


def test_another_team_s_conversation_does_not_exist_here_either(company, receive, sign_in):
    bea = sign_in(company.bea)
    assert sign(bea, receive(), ONE, "writing").status_code == 404
    assert not WritingLock.objects.exists()


def test_a_tab_without_a_name_is_refused(receive, mika):
    assert sign(mika, receive(), "nonsense").status_code == 422


def test_a_page_opened_ahead_leaves_no_trace(receive, company, mika, sign_in):
    conversation = receive()
    headers = {"HX-Request": "true"}
    page = mika.get(f"/desk/c/{conversation.pk}/", headers=headers).content.decode()
    assert f'data-presence-url="/desk/c/{conversation.pk}/presence/"' in page
    assert told(sign(sign_in(company.ben), conversation, TWO)) == [("Ben", False)]


# --- next ------------------------------------------------------------------------------------


def test_next_opens_the_hottest_and_it_is_theirs(company, receive, mika):
    receive(by="jonas")
    first = receive(by="amara", sent_at=clock.now() - timedelta(minutes=9))
    answer = mika.post("/desk/next/?view=hot", headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == f"/desk/c/{first.pk}/?view=hot"
    assert f'data-open-conversation="{first.pk}"' in answer.content.decode()
    first.refresh_from_db()
    assert first.assignee == company.mika


def test_next_steps_over_where_a_colleague_writes(company, receive, mika, sign_in):
    hot = receive(by="amara", sent_at=clock.now() - timedelta(minutes=9))
    later = receive(by="jonas")
    sign(sign_in(company.ben), hot, TWO, "writing")
    answer = mika.post("/desk/next/", headers={"HX-Request": "true"})
    assert f'data-open-conversation="{later.pk}"' in answer.content.decode()


def test_when_nobody_waits_next_says_so_calmly(company, receive, mika, vic):
    answer = mika.post("/desk/next/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Nobody waits" in answer.content.decode()
    assert "HX-Push-Url" not in answer.headers
    assign(receive(), to=company.mika, by=company.mika)
    answer = mika.post("/desk/next/", headers={"HX-Request": "true"})
    assert "One of yours still waits" in answer.content.decode()
    assert Event.objects.filter(kind="ConversationAssigned").count() == 1, "by us, above"
    assert vic.post("/desk/next/").status_code == 403
    assert mika.post("/desk/next/?view=nonsense").status_code == 404


def test_only_who_may_answer_has_the_button(mika, vic):
    assert "data-next" in mika.get("/desk/").content.decode()
    assert "data-next" not in vic.get("/desk/").content.decode()


def test_taking_back_after_going_on_opens_the_first_conversation_again(company, receive, mika):
    first, second = receive(by="amara"), receive(by="jonas")
    send(first, body="Tomorrow.", client_key=uuid.uuid4(), by=company.mika)
    open_now = {"HX-Request": "true"}
    open_now["HX-Current-URL"] = f"http://testserver/desk/c/{second.pk}/?view=hot"
    answer = mika.post(f"/desk/replies/{Reply.objects.get().pk}/undo/", headers=open_now)
    page = answer.content.decode()
    assert f'data-open-conversation="{first.pk}"' in page
    assert ">Tomorrow.</textarea>" in page
    assert answer.headers["HX-Push-Url"] == f"/desk/c/{first.pk}/"
    assert "Taken back, nothing was sent" in page
