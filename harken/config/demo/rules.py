"""The rules of the demo company: three sensible ones, which the worker runs on what comes in.

The rules' place in the journal is set a little back, so that their log is not empty at the first
look: what stands there is what they really did with the newest posts.
"""

from __future__ import annotations

from collections.abc import Iterator

from harken.domain.automation.models import RuleCursor
from harken.domain.automation.services.rules import save_rule
from harken.domain.automation.services.trial import try_out
from harken.domain.automation.spec import Part, Spec
from harken.domain.automation.tasks import NAME
from harken.domain.journal.models import Event
from harken.domain.people.models import Team, User

BACK = 120  # messages that the rules still look at


def write_rules() -> None:
    """Write the rules, each tried out, by the manager; call it once."""
    for username, spec in _rules():
        author = User.objects.get(username=username)
        save_rule(None, spec, try_out(spec, by=author).proof, by=author)
    newest = Event.objects.filter(kind="MessageReceived").order_by("-xid", "-id")
    place = newest.values_list("xid", "id")[BACK : BACK + 1]
    for xid, event in place:
        RuleCursor.objects.create(name=NAME, xid=int(str(xid)), event=event)


def _rules() -> Iterator[tuple[str, Spec]]:
    yield "maren", _who_may_leave()
    yield "maren", _safety()
    yield "maren", _praise()


def _who_may_leave() -> Spec:
    return Spec(
        name="Somebody may leave us",
        when=("sorted",),
        conditions=(Part("triage", {"is": "threat"}),),
        actions=(
            Part("set_priority", {"to": "high"}),
            Part("escalate", {"as": "threat", "reason": "Speaks of leaving us"}),
        ),
    )


def _safety() -> Spec:
    technical = Team.objects.get(slug="technical")
    words = "brake*\nsmoke\nfire\naccident*\nhurt"
    told = {"to": f"team:{technical.pk}", "text": "Somebody may be in danger"}
    return Spec(
        name="Safety first",
        when=("message",),
        conditions=(Part("words", {"how": "any", "text": words}),),
        actions=(
            Part("add_tag", {"tag": "safety"}),
            Part("set_priority", {"to": "urgent"}),
            Part("notify", told),
        ),
    )


def _praise() -> Spec:
    return Spec(
        name="Pass praise on",
        when=("sorted",),
        conditions=(
            Part("sentiment", {"is": "positive"}),
            Part("holds", {"is": "question"}, negated=True),
        ),
        actions=(Part("add_tag", {"tag": "praise"}), Part("set_priority", {"to": "low"})),
    )
