"""Whose word answers of the demo company need: five rules, a trainee, and Elif's voice."""

from __future__ import annotations

from harken.domain.approvals.services.rules import Terms, save_rule, set_trainee
from harken.domain.approvals.services.voices import give_voice
from harken.domain.conversations.models import Topic
from harken.domain.people.models import User

VOICE = "— Elif Arslan, managing director"


def write_approval_rules() -> None:
    """Let the manager write them; call it once, after the company is stored."""
    who = {user.username: user for user in User.objects.all()}
    topics = {topic.slug: topic for topic in Topic.objects.all()}
    maren = who["maren"]
    for terms in (
        Terms(name="In a crisis", crisis=True, approvers=(None, maren)),
        Terms(name="Trainees", trainee=True, approvers=(who["mika"], None)),
        Terms(name="Batteries", topic=topics["battery"], approvers=(who["greta"], maren)),
        Terms(name="Press and schools", topic=topics["company"], approvers=(who["clara"], maren)),
        Terms(name="Many read along", followers_over=10_000, approvers=(None, maren)),
    ):
        save_rule(None, terms, by=maren)
    set_trainee(who["aylin"], learns=True, by=who["lena"])
    give_voice(who["elif"], signature=VOICE, by=maren)
