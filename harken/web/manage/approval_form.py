"""The form of an approval rule: what it holds, and what a lead typed, read into terms."""

from __future__ import annotations

from django.http import QueryDict

from harken.domain.approvals.models_rules import SECONDS, ApprovalRule
from harken.domain.approvals.services.rules import MOST, Terms
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Topic
from harken.domain.people.models import User
from harken.domain.people.queries import answering_people
from harken.domain.sla.written import read_duration, write_duration
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid

DUTY = "duty"  # stands for the lead on duty
LONGEST = 200  # characters of a field that are shown again


FIELDS = ("name", "topic", "followers_over", "network", "channel", "first", "next_after")
TICKS = ("trainee", "crisis")
NEW = {"approver1": DUTY, "next_after": write_duration(SECONDS)}


def filled(rule: ApprovalRule) -> dict[str, str]:
    """What the fields of the form hold for a rule as it is, by name."""
    held = {
        "name": rule.name,
        "topic": str(rule.topic_id or ""),
        "followers_over": "" if rule.followers_over is None else str(rule.followers_over),
        "network": rule.network,
        "channel": str(rule.channel_id or ""),
        "first": rule.first,
        "next_after": write_duration(rule.next_after),
    }
    held |= {name: "on" for name in TICKS if getattr(rule, name)}
    for number, each in enumerate(rule.approvers.all(), start=1):
        held[f"approver{number}"] = str(each.person_id or DUTY)
    return held


def typed(form: QueryDict) -> dict[str, str]:
    """What was typed into them, to be shown again."""
    names = (*FIELDS, *TICKS, *(f"approver{number}" for number in range(1, MOST + 1)))
    return {name: form.get(name, "")[:LONGEST] for name in names}


def read(form: QueryDict) -> Terms:
    """The terms of a rule. Raises `Invalid` for what cannot be read."""
    return Terms(
        name=form.get("name", ""),
        approvers=_approvers(form),
        trainee=form.get("trainee") == "on",
        crisis=form.get("crisis") == "on",
        topic=Topic.objects.filter(pk=id_in(form.get("topic", ""))).first(),
        channel=Channel.objects.filter(pk=id_in(form.get("channel", ""))).first(),
        network=form.get("network", "")[:20],
        first=form.get("first", ""),
        followers_over=_followers(form.get("followers_over", "")),
        next_after=_seconds(form.get("next_after", "")),
    )


def _seconds(text: str) -> int:
    try:
        return read_duration(text, "The next one") or SECONDS
    except Invalid as wrong:
        raise Invalid(str(wrong), field="next_after") from None


def _approvers(form: QueryDict) -> list[User | None]:
    people = {str(person.pk): person for person in answering_people()}
    chosen = [form.get(f"approver{number}", "") for number in range(1, MOST + 1)]
    return [None if one == DUTY else people[one] for one in chosen if one == DUTY or one in people]


def _followers(typed: str) -> int | None:
    text = typed.strip().replace(" ", "").replace(",", "").replace(".", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise Invalid("Write the number of followers in digits.", field="followers_over")
    return int(text)
