"""Whose word a text needs before it leaves, and asking for it: the gate of all that is written."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.approvals.models import Approval, Wording
from harken.domain.approvals.models_rules import ApprovalRule, Voice
from harken.domain.approvals.queries_rules import chain_of, is_there, rule_for, voice_in
from harken.domain.approvals.services.chain import ask_next, moment
from harken.domain.conversations.models import Conversation
from harken.domain.handover.models import PrivateText
from harken.domain.people.models import User
from harken.domain.replies.gates import Gate, Written
from harken.domain.replies.models import Reply


@dataclass(frozen=True, slots=True)
class Asking:
    """Why a text waits: a rule or a voice, and the sentence that says so to its writer."""

    rule: ApprovalRule | None
    voice: Voice | None
    sentence: str

    def open(self, written: Written) -> None:
        """Ask for the word on what was just written. Runs in the transaction that wrote it."""
        approval = Approval.objects.create(
            conversation=written.conversation,
            reply=written if isinstance(written, Reply) else None,
            text=written if isinstance(written, PrivateText) else None,
            rule=self.rule,
            voice=self.voice,
            only_by=self.voice.person if self.voice else None,
            writer=written.author,
            why=self.sentence[:300],
        )
        Wording.objects.create(
            approval=approval, number=1, body=written.body, author=written.author
        )
        ask_next(approval, moment())


def gate_of(conversation: Conversation, text: str, by: User) -> Gate | None:
    """The gate a text of `by` has to pass here; None when it may leave by their word alone.

    A voice goes before every rule: its own person needs nobody, anybody else needs that person.
    """
    voice = voice_in(conversation, text)
    if voice is not None:
        if voice.person_id == by.pk:
            return None
        said = f"It speaks as {voice.person}: only they can let it go."
        return _gate(Asking(None, voice, said))
    fitting = rule_for(conversation, by)
    if fitting is None:
        return None
    first = _first(fitting.rule, conversation, by)
    who = f"{first} reads it before it leaves" if first else "A lead reads it before it leaves"
    return _gate(Asking(fitting.rule, None, f"{who}, because {fitting.because}."))


def _gate(asking: Asking) -> Gate:
    return Gate(asking.sentence, asking.open)


def _first(rule: ApprovalRule, conversation: Conversation, by: User) -> User | None:
    """Who would be asked first at this moment."""
    known = [one for one in chain_of(rule, conversation) if one is not None and one != by]
    return next((one for one in known if is_there(one)), None)
