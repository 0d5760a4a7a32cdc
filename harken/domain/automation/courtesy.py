"""What a rule leaves alone because a colleague is at it, and giving conversations to people."""

from __future__ import annotations

from harken.domain.automation.subject import Subject
from harken.domain.conversations.services.assign import assign
from harken.domain.people.models import User
from harken.domain.presence.queries import here
from harken.kit.refusals import Refusal


class LeftAlone(Refusal):
    """A rule could do it, but a colleague is at it or has decided otherwise."""


def leave_to_the_writer(subject: Subject) -> None:
    """Raises `LeftAlone` while somebody writes an answer here."""
    for person in here(subject.conversation.pk):
        if person.writes:
            raise LeftAlone(f"{person.name} is writing an answer.")


def would_give(subject: Subject, to: User, *, also_away: bool) -> str:
    """What giving it to `to` would change. Raises `LeftAlone`; `also_away`: from whoever has it."""
    has = subject.conversation.assignee
    if has == to:
        return ""
    if has is not None and not also_away:
        raise LeftAlone(f"{has} has it.")
    leave_to_the_writer(subject)
    return f"assignee: {has or 'nobody'} → {to}"


def give(subject: Subject, to: User) -> None:
    """Give it to `to`. Raises `Invalid` when they may not see it."""
    assign(subject.conversation, to=to, by=None)
