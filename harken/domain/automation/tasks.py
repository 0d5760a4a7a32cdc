"""The loop that runs the rules; part of the worker process.

It reads the journal behind everything else, so no rule ever slows the intake. Any number of
workers may run it: an advisory lock lets one at a time work, the others wait. The place in the
journal moves in the transaction that holds what was done, so each event has its effect once,
whenever a worker dies. A transaction acts on one conversation at most: it can never wait in a
ring with those who lock many.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from harken.domain.automation.compiled import Compiled, of_version
from harken.domain.automation.models import Appointment, Outcome, RuleCursor, RuleRun, RuleVersion
from harken.domain.automation.services.log import Run, store
from harken.domain.automation.services.rules import fail_rule
from harken.domain.automation.services.run import Moment, work
from harken.domain.automation.subject import Wanted, subjects
from harken.domain.automation.triggers import BY_KIND, TURN_KINDS, WAITS
from harken.domain.conversations.models import State
from harken.domain.journal.queries import Entry, Position, after, horizon
from harken.domain.journal.rounds import look_until
from harken.kit.refusals import Invalid

NAME = "journal"
LEAST, MOST = 10, 200  # journal entries in one transaction; few after one that led to something
POLL = 0.25  # seconds between two looks at a quiet journal
KNOWN_FOR = 5.0  # seconds until the names that rules use are looked up again
TIDY_EVERY = 600.0  # seconds
NOT_KEPT = timedelta(days=2)  # how long the log keeps what did not fit; all else is kept a year
KEPT = timedelta(days=366)
LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('harken rules'))"
NEXT = """
SELECT extract(epoch FROM min(due_at) - clock_timestamp())
FROM automation_appointment WHERE kept_at IS NULL
"""
APPOINT = """
INSERT INTO automation_appointment (rule_id, conversation_id, turn, due_at)
SELECT %s, c.id, c.turn_id, c.waiting_since + make_interval(secs => %s)
FROM conversations_conversation c
WHERE c.id = ANY(%s) AND c.state = 'open' AND c.turn_id IS NOT NULL
ON CONFLICT DO NOTHING
"""


def run(stop: threading.Event) -> None:
    """Run rules until `stop` is set; closes the database connection of the calling thread."""
    automation = Automation()

    def round_() -> float:
        return 0.0 if automation.turn() else min(POLL, automation.seconds_to_next())

    look_until(stop, round_, "the rules")


class Automation:
    """One worker's rules in memory and its place in the journal."""

    def __init__(self) -> None:
        self._rules: list[Compiled] = []
        self._known: object = None
        self._known_at = 0.0
        self._size = LEAST
        self._tidied_at = time.monotonic()

    def turn(self) -> bool:
        """Work through what is next; False when there was nothing or somebody else is at it."""
        try:
            with transaction.atomic():
                return self._alone() and (self._keep_appointments() or self._read())
        except BaseException:
            self._known = None  # a rule switched off in what was rolled back is on again
            raise

    def seconds_to_next(self) -> float:
        """Seconds until the next appointment by the database's clock, 0 at least."""
        with connection.cursor() as cursor:
            cursor.execute(NEXT)
            row = cursor.fetchone()
        return float("inf") if row is None or row[0] is None else max(0.0, float(row[0]))

    def _alone(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
            row = cursor.fetchone()
        return bool(row and row[0])

    def _read(self) -> bool:
        place = RuleCursor.objects.filter(pk=NAME).first()
        if place is None:
            start = horizon()
            RuleCursor.objects.create(name=NAME, xid=start.xid, event=start.id)
            return True
        entries = after(Position(place.xid, place.event), self._size)
        if not entries:
            self._tidy()
            return False
        last = self._work_through(entries)
        RuleCursor.objects.filter(pk=NAME).update(xid=last.xid, event=last.id)
        return True

    def _work_through(self, entries: Sequence[Entry]) -> Position:
        """Run the rules for these entries up to the first that leads to something."""
        wanted = {
            entry.position: (entry.conversation, entry.data.get("message"))
            for entry in entries
            if entry.conversation and (entry.kind in BY_KIND or entry.kind in TURN_KINDS)
        }
        rules = self._current() if wanted else []
        known = subjects(wanted.values()) if rules else {}
        runs: list[Run] = []
        done = len(entries)
        for number, entry in enumerate(entries, start=1):
            pair: Wanted | None = wanted.get(entry.position)
            if pair not in known or entry.kind not in BY_KIND:
                continue
            chain = tuple(int(rule) for rule in entry.data.get("rules", ()))
            moment = Moment(BY_KIND[entry.kind], entry.position.id, chain)
            did = work(moment, known[pair], rules)
            runs += did.runs
            if did.acted:
                done, self._size = number, LEAST
                break
        else:
            self._size = min(MOST, self._size * 2)
        store(runs)
        self._appoint(entries[:done], rules)
        return entries[done - 1].position

    def _appoint(self, entries: Sequence[Entry], rules: Sequence[Compiled]) -> None:
        ids = {each.conversation for each in entries if each.kind in TURN_KINDS}
        for rule in rules if ids else ():
            if WAITS in rule.spec.when and rule.version:
                with connection.cursor() as cursor:
                    cursor.execute(APPOINT, [rule.version.rule_id, rule.spec.waits, list(ids)])

    def _keep_appointments(self) -> bool:
        """Look at the turns whose time has come, up to the first that leads to something."""
        due = Appointment.objects.filter(kept_at=None, due_at__lte=Now()).order_by("due_at", "id")
        found = list(due[:LEAST])
        current = self._current() if found else []
        rules = {rule.version.rule_id: rule for rule in current if rule.version}
        known = subjects((each.conversation_id, each.turn) for each in found)
        for each in found:
            Appointment.objects.filter(pk=each.pk).update(kept_at=Now())
            rule, subject = rules.get(each.rule_id), known.get((each.conversation_id, each.turn))
            if rule is None or subject is None or subject.conversation.turn_id != each.turn:
                continue
            if subject.conversation.state == State.OPEN:
                did = work(Moment(WAITS), subject, [rule])
                store(did.runs)
                if did.acted:
                    break
        return bool(found)

    def _current(self) -> list[Compiled]:
        """The rules that are on, in order, with the names they use; what cannot work is off."""
        versions = RuleVersion.objects.filter(
            rule__is_on=True, rule__retired_at=None, number=F("rule__number")
        ).order_by("rule__position", "rule_id")
        key = list(versions.values_list("pk", flat=True))
        if key != self._known or time.monotonic() - self._known_at > KNOWN_FOR:
            self._rules = []
            for version in versions.select_related("rule", "by"):
                try:
                    self._rules.append(of_version(version))
                except Invalid as gone:
                    fail_rule(version.rule, str(gone))
            self._known, self._known_at = key, time.monotonic()
        return self._rules

    def _tidy(self) -> None:
        """Forget, now and then, what the log keeps no longer."""
        if time.monotonic() - self._tidied_at < TIDY_EVERY:
            return
        self._tidied_at = time.monotonic()
        RuleRun.objects.filter(outcome=Outcome.NOT, at__lt=Now() - NOT_KEPT).delete()
        RuleRun.objects.filter(at__lt=Now() - KEPT).delete()
        Appointment.objects.filter(kept_at__lt=Now() - KEPT).delete()
