"""What stands in the world of the web tests: one of each thing, made for one of its teams."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

from harken.domain.approvals.models import Approval, Wording
from harken.domain.approvals.models_rules import ApprovalRule
from harken.domain.approvals.services.rules import Terms
from harken.domain.approvals.services.rules import save_rule as save_rule_of_approval
from harken.domain.automation.models import Rule, RuleRun
from harken.domain.automation.services.rules import save_rule
from harken.domain.automation.services.trial import try_out
from harken.domain.automation.spec import Part, Spec
from harken.domain.conversations.models import Conversation, Message
from harken.domain.conversations.models_views import SavedView
from harken.domain.conversations.services.views import Wish as ViewWish
from harken.domain.conversations.services.views import add_view
from harken.domain.followups.services import promise
from harken.domain.handover.links import fingerprint, new_token
from harken.domain.handover.models import HandOver, PrivateText
from harken.domain.handover.services.enter import open_talk_by
from harken.domain.handover.services.talk import ask_for_call, hear, leave_details
from harken.domain.knowledge.models import SavedAnswer
from harken.domain.knowledge.services.answers import AnswerPlan, write_answer
from harken.domain.knowledge.services.guidelines import write_guideline
from harken.domain.listening.models import Monitor
from harken.domain.listening.models_mentions import Mention, MentionState
from harken.domain.listening.models_storms import MonitorStorm
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.monitors import Wanted, save_monitor
from harken.domain.listening.services.sources import WantedSource, save_source
from harken.domain.listening.stored import Post, posts_of
from harken.domain.notifications.models import Notification
from harken.domain.people.models import User
from harken.domain.replies.models import NetworkAction, Reply, ReplyState
from harken.domain.replies.models_retraction import Retraction
from harken.domain.roster.models import Absence, Cover, HandoverNote, Layer, Shift, Swap
from harken.domain.triage.queries import newest_judgement
from harken.domain.triage.services.correct import correct
from harken.domain.triage.tasks import Triage
from harken.kit import clock
from harken.kit.heard import Heard
from tests.cast import Company
from tests.web.route import WORD

NOT_JUDGED = {"judged": 0, "negative": 0}
CANARY = "kestrel-4711"  # stands in everything of the other team


def promised(answer: Message, word: str) -> int:
    reply = Reply.objects.get(message=answer)
    due = clock.now() + timedelta(days=2)
    what = f"{word}: I'll call you by Friday."
    return promise(reply, what=what, starts=0, due_at=due, by=reply.author).pk


def a_resting_rule(company: Company) -> ApprovalRule:
    """A rule of approval that asks nothing while there is no crisis."""
    terms = Terms(name="In a crisis", crisis=True, approvers=(company.lena,))
    return save_rule_of_approval(None, terms, by=company.lena)


def waiting(conversation: Conversation, author: User, body: str) -> Approval:
    """An answer that waits for somebody's word, under a rule that is out of use by now."""
    moment = clock.now()
    rule = ApprovalRule.objects.create(name="Once", position=1, retired_at=moment)
    asked = conversation.messages.get(direction="inbound")
    reply = Reply.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        author=author,
        client_key=uuid4(),
        turn=asked,
        slot=1,
        target=asked,
        answers_id=asked.pk,
        body=f"{body} waits",
        body_sha256=hashlib.sha256(f"{body} waits".encode()).hexdigest(),
        key=f"waits-{conversation.pk}",
        state=ReplyState.APPROVAL,
        hold_until=moment,
        next_attempt_at=moment,
    )
    approval = Approval.objects.create(
        conversation=conversation, reply=reply, rule=rule, writer=author, why=f"Why {body}"
    )
    Wording.objects.create(approval=approval, number=1, body=reply.body, author=author)
    return approval


def saved(company: Company) -> SavedAnswer:
    write_guideline(company.brand, company.baggage, "- Name the hour.", by=company.lena)
    plan = AnswerPlan(title=f"Where the {WORD} is", short="Hi {name}.", owner=company.lena)
    return write_answer(company.brand, plan, by=company.lena)


def shared_view(author: User, conversation: Conversation) -> SavedView:
    """A view that a colleague shares with the conversation's team, named like everything of it."""
    name = f"{CANARY} view" if author.username == "bea" else "a view"
    by = User.objects.get(username="ben") if author.username == "mika" else author
    wish = ViewWish(name=name, view="all", shared="team", team=conversation.team)
    return add_view(wish, by=by)


def rostered(company: Company, whose: str) -> dict[str, int]:
    """A team's plans: Mika has a shift of her own, a colleague asks for somebody to stand in."""
    ours = whose == "own"
    team, person = (company.service, company.mika) if ours else (company.billing, company.bea)
    other = company.ben if ours else company.bea
    layer = Layer.objects.create(
        team=team, name="Desk" if ours else f"{WORD} {CANARY}", position=1, zone="UTC"
    )
    day = clock.now().date() + timedelta(days=1)
    plan = {"layer": layer, "first_day": day, "start": 540, "end": 1020}
    shift = Shift.objects.create(person=person, **plan)
    theirs = Shift.objects.create(person=other, **plan)
    starts, ends = clock.now() + timedelta(days=3), clock.now() + timedelta(days=4)
    return {
        "roster": team.pk,
        "layer": layer.pk,
        "shift": shift.pk,
        "swap": Swap.objects.create(shift=theirs, day=day, asked_by=other).pk,
        "absence": Absence.objects.create(
            person=person, starts_at=starts, ends_at=ends, made_by=person
        ).pk,
        "cover": Cover.objects.create(team=team, people=1).pk,
        "handover": HandoverNote.objects.create(
            team=team, author=other, body="Late." if ours else f"{WORD} {CANARY}"
        ).pk,
    }


def in_private(conversation: Conversation, text: str, *, by: User) -> dict[str, int]:
    """An opened private talk with something of everything in it; by kind, the ids of some."""
    token = new_token()
    made = HandOver.objects.create(
        conversation=conversation,
        made_by=User.objects.get(username="maren"),
        token_sha256=fingerprint(token),
        word="QRSTUV",
        expires_at=clock.now() + timedelta(days=1),
    )
    assert open_talk_by(token)
    made.refresh_from_db()
    hear(made, body=f"{text} private", client_key=uuid4())
    leave_details(made, name=text, email="", phone="")
    call = ask_for_call(made, phone="1234567", wanted_at=None, about=text, client_key=uuid4())
    held = PrivateText.objects.create(
        hand_over=made,
        author=by,
        client_key=uuid4(),
        body=f"{text} held",
        hold_until=clock.now() + timedelta(hours=1),
    )
    asked_in_private(made, f"{text} asked", by=by)
    return {"link": made.pk, "call": call.pk, "private_text": held.pk}


def asked_in_private(talk: HandOver, text: str, *, by: User) -> None:
    """A private text that waits for somebody's word, under a rule that is out of use by now."""
    now = clock.now()
    rule = ApprovalRule.objects.create(name="Once in private", position=1, retired_at=now)
    waits = PrivateText.objects.create(
        hand_over=talk, author=by, client_key=uuid4(), body=text, state="approval", hold_until=now
    )
    approval = Approval.objects.create(
        conversation=talk.conversation, text=waits, rule=rule, writer=by, why=f"Why {text}"
    )
    Wording.objects.create(approval=approval, number=1, body=text, author=by)


def told(company: Company, conversation: Conversation, text: str) -> int:
    """Everybody was told of it once; the id is of what a colleague nobody plays was told."""
    row = {"kind": "rule", "text": text, "conversation": conversation}
    for person in User.objects.exclude(pk=company.ben.pk):
        Notification.objects.create(person=person, **row)
    return Notification.objects.create(person=company.ben, **row).pk


def sorted_and_corrected(company: Company, *conversations: Conversation) -> None:
    Triage().turn()
    for conversation in conversations:
        judgement = newest_judgement(conversation)
        assert judgement is not None
        correct(judgement, "urgency", "urgent", by=company.maren)


def a_monitor_that_heard(company: Company) -> Monitor:
    """Hears every conversation of the world, ours and theirs."""
    wanted = Wanted(name="Everybody", kind="brand", query=WORD)
    monitor = save_monitor(None, wanted, by=company.maren)
    ear = Ear()
    ear.refresh()
    ear.hear(posts_of(list(Message.objects.values_list("pk", flat=True))))
    return monitor


def a_source(company: Company) -> int:
    """One that belongs to the whole house."""
    wanted = WantedSource("loopback", "Practice", {"service": "http://127.0.0.1:9"})
    return save_source(None, wanted, by=company.maren).pk


def a_storm(monitor: Monitor, conversation: Conversation, word: str) -> int:
    """A storm about that word, led by the conversation's message, in the monitor's team."""
    message = conversation.messages.filter(direction="inbound").first()
    assert message is not None
    mention, _ = Mention.objects.get_or_create(
        network=message.channel.network,
        uri=message.external_id,
        defaults={
            "author": message.handle.handle if message.handle else "",
            "text": message.body,
            "sent_at": message.sent_at,
            "message": message,
            "state": MentionState.TAKEN,
        },
    )
    cause = {
        "leading": [{"mention": mention.pk, "posts": 3, "people": 3}],
        "spread": {"mention": mention.pk, "posts": 5, "people": 5, "minutes": 3},
        "topics": [[word]],
        "hashtags": [f"#{word}"],
        "voices": [{"mention": mention.pk, "posts": 3}],
        "mood": {"before": NOT_JUDGED, "now": NOT_JUDGED, "turn": ""},
    }
    moment = clock.now() - timedelta(minutes=20)
    numbers = {"posts": 4711, "usual": 12.5, "cause": cause, "cause_posts": 4711}
    return MonitorStorm.objects.create(
        monitor=monitor, raised_at=moment, told_at=moment, loud_at=moment, **numbers
    ).pk


def team_s_storm(company: Company, conversation: Conversation, *, theirs: bool) -> int:
    """A storm of a monitor of the team that has the conversation."""
    word, team = (CANARY, company.billing) if theirs else (WORD, company.service)
    wanted = Wanted(f"Storms of {team.name}", "brand", WORD, team=team)
    return a_storm(save_monitor(None, wanted, by=company.maren), conversation, word)


def team_s_mention(company: Company, *, theirs: bool) -> int:
    """A post that only a monitor of that team heard, and one like it."""
    word, team = (CANARY, company.billing) if theirs else (WORD, company.service)
    wanted = Wanted(f"Mentions of {team.name}", "brand", f"{team.name} heard", team=team)
    save_monitor(None, wanted, by=company.maren)
    ear = Ear()
    ear.refresh()
    text = f"{team.name} heard of it nowhere else and it says {word} twice"
    posts = [
        Heard(network="loopback", uri=f"{word}-{n}", author=word, text=text, sent_at=clock.now())
        for n in range(2)
    ]
    ear.hear([Post(each) for each in posts])
    return Mention.objects.get(uri=f"{word}-0").pk


def a_rule_that_ran(company: Company, *conversations: Conversation) -> Rule:
    tag = Part("add_tag", {"tag": "seen"})
    spec = Spec(name="Seen", when=("message",), actions=(tag,))
    rule = save_rule(None, spec, try_out(spec, by=company.maren).proof, by=company.maren)
    version = rule.versions.get()
    for conversation in conversations:
        RuleRun.objects.create(
            rule=rule,
            version=version,
            conversation=conversation,
            trigger="message",
            outcome="matched",
            seconds=0.001,
        )
    return rule


def answered(conversation: Conversation, author: User, body: str) -> Message:
    asked = conversation.messages.get()
    answer = Message.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        external_id=f"answer-{conversation.pk}",
        direction="outbound",
        author=author,
        body=body,
        sent_at=clock.now(),
    )
    moment = clock.now() - timedelta(minutes=1)
    Reply.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        author=author,
        client_key=uuid4(),
        turn=asked,
        target=asked,
        answers_id=asked.pk,
        body=body,
        body_sha256=hashlib.sha256(body.encode()).hexdigest(),
        key=f"key-{conversation.pk}",
        state=ReplyState.SENT,
        hold_until=moment,
        next_attempt_at=moment,
        message=answer,
    )
    return answer


def kept_by_the_network(answer: Message, by: User, why: str) -> None:
    """Somebody took the answer back, and the network refused."""
    action = NetworkAction.objects.create(
        kind="retract",
        channel=answer.channel,
        message=answer,
        author=by,
        key=f"retract-{answer.pk}",
        state=ReplyState.REFUSED,
        error=why,
    )
    Retraction.objects.create(
        action=action,
        reason="other",
        why=why,
        by=by,
        author=by,
        written=answer.body,
        stood=answer.body,
        sent_at=answer.sent_at,
        external_id=answer.external_id,
    )
