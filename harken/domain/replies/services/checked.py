"""What was found before an answer left: shown to its author, decided by them, kept."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from django.db.models.functions import Now

from harken.domain.conversations.models import Conversation
from harken.domain.people.models import User
from harken.domain.replies.checks.links import urls
from harken.domain.replies.checks.port import Severity
from harken.domain.replies.checks.registry import Found
from harken.domain.replies.models import Reply
from harken.domain.replies.models_checks import CheckResult, Decision, LinkLook
from harken.domain.replies.queries_reading import STALE, looked_over, portal_links
from harken.domain.replies.services.permission import may_write
from harken.kit import clock
from harken.kit.refusals import Refusal

LONGEST_LINK = 1000  # characters; a longer one is not looked at


class Stopped(Refusal):
    """The answer stays here. `found` is everything the checks said, the heaviest first."""

    def __init__(self, sentence: str, found: list[Found]) -> None:
        super().__init__(sentence)
        self.found = found


class BlockedByCheck(Stopped):
    """Something in it may not leave; it has to be changed."""

    status = 422


class NotYetRead(Stopped):
    """Warnings that its author has not seen yet."""


def reread(
    conversation: Conversation, *, body: str, client_key: uuid.UUID, by: User
) -> list[Found]:
    """Look over what `by` is about to send, and keep what is shown to them.

    Links nobody has looked at lately are put down for a worker. Nothing is sent.
    Raises `NotAllowed`.
    """
    may_write(conversation, by)
    want_looked_at(body)
    found = looked_over(conversation, body, by=by)
    note_shown(conversation, found, client_key=client_key, by=by)
    return found


def weigh(
    conversation: Conversation, text: str, *, by: User, confirmed: Collection[str] | None
) -> list[Found]:
    """What the checks find in a text that is to leave now.

    `confirmed` are the ids (`Found.id`) of the warnings its author has seen; None: nobody was
    asked to read first. Raises `BlockedByCheck`, and `NotYetRead` when a warning is not among them.
    """
    found = looked_over(conversation, text, by=by)
    stop_at(found, confirmed)
    return found


def stop_at(found: list[Found], confirmed: Collection[str] | None) -> None:
    """Raises `BlockedByCheck` or `NotYetRead` when what was found keeps a text here."""
    blocks = [each.finding for each in found if each.severity == Severity.BLOCK]
    if blocks:
        raise BlockedByCheck(f"It was not sent. {blocks[0].why} {blocks[0].fix}", found)
    warnings = {each.id for each in found if each.severity == Severity.WARN}
    if confirmed is not None and not warnings <= set(confirmed):
        raise NotYetRead("It was not sent: there is something to read first.", found)


def note_shown(
    conversation: Conversation,
    found: Iterable[Found],
    *,
    client_key: uuid.UUID,
    by: User,
    decision: str = "",
) -> None:
    """Keep findings that an author sees now; what was shown before stays as it was."""
    decided = {"decision": decision, "decided_at": clock.now() if decision else None}
    rows = {
        each.id: CheckResult(
            conversation=conversation,
            author=by,
            client_key=client_key,
            check_key=each.check.key,
            finding=each.id,
            severity=each.severity,
            why=each.finding.why,
            **decided,
        )
        for each in found
    }
    CheckResult.objects.bulk_create(rows.values(), ignore_conflicts=True)


def note_blocked(
    conversation: Conversation, found: Iterable[Found], *, client_key: uuid.UUID, by: User
) -> None:
    """Keep what was refused, as refused, and the rest of what was found."""
    found = list(found)
    note_shown(conversation, found, client_key=client_key, by=by)
    blocks = [each.id for each in found if each.severity == Severity.BLOCK]
    CheckResult.objects.filter(client_key=client_key, finding__in=blocks).update(
        decision=Decision.BLOCKED, decided_at=Now()
    )


def note_sent(reply: Reply, found: Iterable[Found]) -> None:
    """An answer leaves: what is still in it was kept, what was shown and is gone was changed.

    Runs in the transaction that queues the reply.
    """
    key, by = reply.client_key, reply.author
    note_left(reply.conversation, found, client_key=key, by=by, reply=reply)


def note_left(
    conversation: Conversation,
    found: Iterable[Found],
    *,
    client_key: uuid.UUID,
    by: User,
    reply: Reply | None = None,
) -> None:
    """The same of any text that leaves; a private one is no reply."""
    found = list(found)
    there = [each.id for each in found]
    note_shown(conversation, found, client_key=client_key, by=by, decision=Decision.KEPT)
    shown = CheckResult.objects.filter(client_key=client_key)
    shown.filter(finding__in=there).update(reply=reply, decision=Decision.KEPT, decided_at=Now())
    shown.exclude(finding__in=there).update(
        reply=reply, decision=Decision.CHANGED, decided_at=Now()
    )


def want_looked_at(text: str) -> None:
    """Ask a worker to look at the links of a text that nobody has looked at lately."""
    written = {url for url, _, _ in urls(text) if len(url) <= LONGEST_LINK}
    own = portal_links()  # nobody is to open these but the customer
    written = {url for url in written if not (own and url.startswith(own))}
    if written:
        old = clock.now() - STALE
        LinkLook.objects.filter(url__in=written, looked_at__lt=old).update(
            looked_at=None, is_alive=None, detail="", asked_at=Now()
        )
        LinkLook.objects.bulk_create(
            [LinkLook(url=url) for url in sorted(written)], ignore_conflicts=True
        )
