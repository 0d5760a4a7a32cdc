"""Executive voices: who has one, and signing a text in one."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from harken.domain.approvals.events import VoiceChanged
from harken.domain.approvals.models_rules import Voice
from harken.domain.approvals.queries_rules import mark_of
from harken.domain.channels.models import Channel
from harken.domain.journal.services import record
from harken.domain.people.models import Role, User
from harken.kit.refusals import Invalid, NotAllowed
from harken.kit.text import storable

SHORTEST_MARK = 5  # characters; a shorter signature would be found in ordinary words


def give_voice(person: User, *, signature: str, channel: Channel | None = None, by: User) -> Voice:
    """Give an executive the voice with this signature, instead of the one they had.

    With a `channel` whatever leaves by it is theirs. A manager does it, or the executive.
    Raises `NotAllowed`, `Invalid`.
    """
    _may(by, person)
    said = storable(" ".join(signature.split()), 80)
    if person.role != Role.EXECUTIVE or not person.is_active:
        raise Invalid("Only an executive can have a voice.")
    if len(mark_of(said)) < SHORTEST_MARK:
        wanted = "Write a signature nobody else uses, such as a name with its office."
        raise Invalid(wanted, field="signature")
    try:
        with transaction.atomic():
            Voice.objects.filter(person=person, retired_at=None).update(retired_at=Now())
            voice = Voice.objects.create(
                person=person, signature=said, mark=mark_of(said), channel=channel, made_by=by
            )
            record(VoiceChanged(by=by.pk, voice=voice.pk))
    except IntegrityError:
        taken = "Another voice has this signature or this channel."
        raise Invalid(taken, field="signature") from None
    return voice


def retire_voice(voice: Voice, *, by: User) -> None:
    """Take the voice away; what waits for its person still does. Raises `NotAllowed`."""
    _may(by, voice.person)
    with transaction.atomic():
        if Voice.objects.filter(pk=voice.pk, retired_at=None).update(retired_at=Now()):
            record(VoiceChanged(by=by.pk, voice=voice.pk))


def signed(text: str, voice: Voice, *, writer: User) -> str:
    """The text with the voice's signature at its end, in the place of the writer's own."""
    body = text.rstrip()
    if mark_of(body).endswith(voice.mark):
        return body
    if writer.signature and body.endswith(writer.signature):
        body = body.removesuffix(writer.signature).rstrip()
    return f"{body}\n{voice.signature}" if body else ""


def _may(by: User, person: User) -> None:
    if by.role != Role.MANAGER and by != person:
        raise NotAllowed("A manager gives voices and takes them away. Ask one.")
