"""What happened to a conversation, each event in a few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from harken.domain.automation.queries import names_of
from harken.domain.conversations.models import CloseReason, Tag, Topic
from harken.domain.conversations.services.snooze import UNTIL_THEY_WRITE
from harken.domain.journal.models import Event
from harken.domain.people.models import Team, User
from harken.web.desk.escalating import decisions_told_by, escalation_told
from harken.web.theme.words import day

#: Events whose `before` is a person.
BEFORE_A_PERSON = {
    "ConversationAssigned",
    "WritingTakenOver",
    "ResponsibilityMoved",
    "OwnerMissing",
}
PEOPLE = ("assignee", "owner", "user", "person")  # what else of an event's data names a person
AS_WHAT = {"owner": " as the topic's owner", "deputy": " as deputy", "lead": " as lead on duty"}
WOKEN = {
    "moment": "It is back: its moment came",
    "customer": "It is back: the customer wrote",
    "due": "It is back: an answer is due",
    "merged": "It is back: a thread where somebody waits was merged into it",
}


class Teller:
    """Turns events into sentences; looks all names up at once."""

    def __init__(self, events: Iterable[Event]) -> None:
        known = list(events)
        ids = {event.actor_id for event in known}
        ids |= {event.data.get(key) for event in known for key in PEOPLE}
        ids |= {event.data.get("before") for event in known if event.kind in BEFORE_A_PERSON}
        ids |= {person for event in known for person in event.data.get("people", ())}
        self.decisions = decisions_told_by(known)
        people = User.objects.filter(pk__in=[pk for pk in ids if pk is not None])
        self.people = {user.pk: str(user) for user in people}
        moves = [event.data for event in known if event.kind == "TeamChanged"]
        teams = {data.get(key) for data in moves for key in ("team", "before")} - {None}
        self.teams = dict(Team.objects.filter(pk__in=teams).values_list("pk", "name"))
        topics = {event.data.get("topic") for event in known} - {None}
        self.topics = dict(Topic.objects.filter(pk__in=topics).values_list("pk", "name"))
        self.rules = names_of(rule for event in known for rule in event.data.get("rules", ()))
        tags = {event.data.get("tag") for event in known} - {None}
        self.tags = dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name"))

    def sentence(self, event: Event) -> str:
        """What happened, in a few words."""
        who = self.people.get(event.actor_id or 0) or self._nobody(event)
        if event.kind.startswith("Escalation"):
            return escalation_told(event, who, self.people, self.decisions)
        told = SENTENCES.get(event.kind)
        return told(self, who, event) if told else event.kind

    def _nobody(self, event: Event) -> str:
        """The rule that did it, if one did; the rules room writes its chain into the event."""
        chain = event.data.get("rules", ())
        if chain:
            return f"The rule “{self.rules.get(chain[-1], 'that was here')}”"
        return "A rule" if event.data.get("rule") else "Harken"

    def person(self, pk: int | None) -> str:
        """A colleague's name."""
        return self.people.get(pk or 0, "a colleague")

    def tag(self, event: Event) -> str:
        """The name of the event's tag."""
        return f"#{self.tags.get(event.data['tag'], 'a tag')}"


def _assigned(tell: Teller, who: str, event: Event) -> str:
    assignee, before = event.data.get("assignee"), event.data.get("before")
    cause = event.data.get("cause")
    had = f" from {tell.person(before)}" if before and before != event.actor_id else ""
    if cause == "left":
        return f"{tell.person(before)} left the team, so nobody has it"
    if cause:
        gone = {"shift": ", whose shift ended", "absence": ", who is absent"}.get(cause, "")
        return f"It went{had}{gone} to {tell.person(assignee) if assignee else 'the team'}"
    if assignee is None:
        return f"{who} took it{had} and gave it back" if had else f"{who} gave it back"
    if assignee == event.actor_id:
        return f"{who} took it{had}"
    return f"{who} gave it{had} to {tell.person(assignee)}"


def _handed(tell: Teller, who: str, event: Event) -> str:
    data = event.data
    had = f" from {tell.teams.get(data['before'], 'a team')}" if data.get("before") else ""
    owner = f", where {tell.person(data['owner'])} answers" if data.get("owner") else ""
    return f"{who} handed it{had} to {tell.teams.get(data.get('team') or 0, 'no team')}{owner}"


def _topic(tell: Teller, who: str, event: Event) -> str:
    return f"{who} set the topic to {tell.topics.get(event.data.get('topic') or 0, 'none')}"


def _closed(_: Teller, who: str, event: Event) -> str:
    reason = event.data.get("reason", "")
    return f"{who} closed it" + (f": {CloseReason(reason).label.lower()}" if reason else "")


def _responsible(tell: Teller, _: str, event: Event) -> str:
    part = AS_WHAT.get(event.data.get("part", ""), "")
    return f"{tell.person(event.data.get('user'))} answers for it now{part}{_away(tell, event)}"


def _away(tell: Teller, event: Event) -> str:
    before = event.data.get("before")
    return f": {tell.person(before)} is away" if before else ""


def _snoozed(_: Teller, who: str, event: Event) -> str:
    until = datetime.fromisoformat(event.data["until"])
    return f"{who} snoozed it " + (
        "until they write" if until == UNTIL_THEY_WRITE else f"until {day(until)}"
    )


def _woke(_: Teller, who: str, event: Event) -> str:
    return WOKEN.get(event.data["why"], f"{who} woke it")


def _on_call(tell: Teller, _: str, event: Event) -> str:
    return f"Nobody was on duty; Harken told {' and '.join(map(tell.person, event.data['people']))}"


def _called(_: Teller, who: str, event: Event) -> str:
    how = {
        "reached": "called and reached them",
        "not_reached": "called; nobody answered",
        "not_needed": "said that no call is needed",
    }
    return f"{who} {how.get(event.data['outcome'], 'called')}"


SENTENCES: dict[str, Callable[[Teller, str, Event], str]] = {
    "ConversationAssigned": _assigned,
    "TeamChanged": _handed,
    "TopicChanged": _topic,
    "TagAdded": lambda tell, who, event: f"{who} put on {tell.tag(event)}",
    "TagRemoved": lambda tell, who, event: f"{who} took off {tell.tag(event)}",
    "PriorityChanged": lambda _, who, event: f"{who} set the priority to {event.data['priority']}",
    "ConversationClosed": _closed,
    "ConversationReopened": lambda _, who, __: f"{who} opened it again",
    "WritingTakenOver": lambda tell, who, event: (
        f"{who} took over writing from {tell.person(event.data['before'])}"
    ),
    "ResponsibilityMoved": _responsible,
    "OwnerMissing": lambda tell, _, event: (
        f"Nobody who is there answers for it{_away(tell, event)}"
    ),
    "OwnerBack": lambda tell, _, event: (
        f"{tell.person(event.data.get('user'))} is back and answers for it"
    ),
    "OnCallTold": _on_call,
    "PrivateSideOpened": lambda *_: "The link to the private talk was opened",
    "LinkRefused": lambda *_: "The link was tried in another browser, and did not open",
    "CustomerProven": lambda *_: "The customer wrote the word of the private talk: it is them",
    "DetailsLeft": lambda *_: "The customer left how to reach them",
    "PrivateSideEnded": lambda _, who, event: (
        f"{who} ended the private talk" if event.actor_id else "The private talk is over"
    ),
    "CallBackAsked": lambda *_: "The customer asked for a call",
    "CallBackBroken": lambda *_: "The time for the promised call ran out",
    "CallBackDone": _called,
    "FollowUpMade": lambda _, who, event: (
        f"{who} promised something by {day(datetime.fromisoformat(event.data['due']))}"
    ),
    "FollowUpKept": lambda tell, _, event: (
        f"What {tell.person(event.data['person'])} promised is done"
        + (", late" if event.data["late"] else "")
    ),
    "FollowUpBroken": lambda tell, _, event: (
        f"The time for what {tell.person(event.data['person'])} promised is over"
    ),
    "FollowUpDropped": lambda _, who, __: f"{who} dropped what was promised",
    "ConversationSnoozed": _snoozed,
    "SnoozeEnded": _woke,
    "CaseGrown": lambda _, who, __: f"{who} merged another thread into this",
    "CaseShrunk": lambda _, who, __: f"{who} took a thread out again",
}
