"""The form of an approval rule: what a lead typed, read into terms."""

from __future__ import annotations

from django.http import QueryDict

from harken.domain.approvals.models_rules import SECONDS
from harken.domain.approvals.services.rules import MOST, Terms
from harken.domain.channels.models import Channel
from harken.domain.conversations.models import Topic
from harken.domain.people.models import User
from harken.domain.people.queries import answering_people
from harken.domain.sla.written import read_duration
from harken.kit.ids import id_in
from harken.kit.refusals import Invalid

DUTY = "duty"  # stands for the lead on duty


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
        next_after=read_duration(form.get("next_after", ""), "The next one") or SECONDS,
    )


def _approvers(form: QueryDict) -> list[User | None]:
    people = {str(person.pk): person for person in answering_people()}
    chosen = [form.get(f"approver{number}", "") for number in range(1, MOST + 1)]
    return [None if one == DUTY else people[one] for one in chosen if one == DUTY or one in people]


def _followers(typed: str) -> int | None:
    text = typed.strip().replace(" ", "").replace(",", "").replace(".", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 11):
        raise Invalid("Write the number of followers in digits.")
    return int(text)
