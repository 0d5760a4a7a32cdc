"""Swaps: ask a colleague to stand in for a day of a shift, answer, or have a lead settle it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from harken.domain.journal.services import record
from harken.domain.notifications.services import notify
from harken.domain.people.models import User
from harken.domain.roster.addresses import ROSTER
from harken.domain.roster.events import SwapAnswered, SwapAsked
from harken.domain.roster.models import Shift, Swap, SwapState
from harken.domain.roster.plan import holidays_of, takes_place
from harken.domain.roster.queries import people_in_order
from harken.domain.roster.services.permission import (
    can_stand,
    look_now,
    may_plan,
    need_member,
    need_planner,
)
from harken.kit import clock
from harken.kit.refusals import Invalid, NotAllowed, Refusal


class Settled(Refusal):
    """The swap was answered before, or somebody stands in already."""


def ask_swap(shift: Shift, day: date, *, to: User | None, by: User) -> Swap:
    """Ask `to`, or anybody of the team, to stand in for `by` on a day of their own shift.

    Raises `NotAllowed`, `Invalid`, `Settled`.
    """
    team = shift.layer.team
    if shift.person_id != by.pk:
        raise NotAllowed("Only who has the shift asks for somebody else; leads settle it directly.")
    _can_be(shift, day, to)
    with transaction.atomic():
        if shift.swaps.filter(day=day, state=SwapState.ACCEPTED).exists():
            raise Settled("Somebody stands in on this day already.")
        shift.swaps.filter(day=day, state=SwapState.ASKED).update(
            state=SwapState.WITHDRAWN, answered_by=by, answered_at=clock.now()
        )
        swap = Swap.objects.create(shift=shift, day=day, to=to, asked_by=by)
        record(SwapAsked(by=by.pk, teams=(team.pk,), swap=swap.pk, to=to.pk if to else None))
        asked = [to] if to else people_in_order(team.members.values_list("pk", flat=True))
        notify(
            "handover", to=asked, by=by, url=ROSTER,
            text=f"{by} asks for somebody to stand in on {day:%A %-d %B}",
        )  # fmt: skip
    return swap


def accept_swap(swap: Swap, *, by: User) -> Swap:
    """Stand in. Raises `NotAllowed`, `Invalid`, `Settled`."""
    team = swap.shift.layer.team
    need_member(by, team)
    if swap.to_id not in {None, by.pk}:
        raise NotAllowed(f"{swap.to} was asked, not you.")
    if swap.asked_by_id == by.pk:
        raise Invalid("You asked for this yourself; a colleague has to accept it.")
    _can_be(swap.shift, swap.day, by)
    return _answer(swap, SwapState.ACCEPTED, by)


def decline_swap(swap: Swap, *, by: User) -> Swap:
    """Say no (who was asked), or take it back (who asked, or a planner).

    A question to the whole team stays open when one says no. Raises `NotAllowed`, `Settled`.
    """
    if swap.asked_by_id == by.pk or may_plan(by, swap.shift.layer.team):
        return _answer(swap, SwapState.WITHDRAWN, by)
    if swap.to_id != by.pk:
        raise NotAllowed("Only who was asked can decline; the others need not answer.")
    return _answer(swap, SwapState.DECLINED, by)


def set_stand_in(shift: Shift, day: date, *, to: User, by: User) -> Swap:
    """A lead or manager has `to` stand in. Raises `NotAllowed`, `Invalid`."""
    need_planner(by, shift.layer.team)
    _can_be(shift, day, to)
    with transaction.atomic():
        Shift.objects.select_for_update(of=("self",)).get(pk=shift.pk)
        open_ones = shift.swaps.filter(day=day, state__in=[SwapState.ASKED, SwapState.ACCEPTED])
        open_ones.update(state=SwapState.WITHDRAWN, answered_by=by, answered_at=clock.now())
        swap = Swap.objects.create(shift=shift, day=day, asked_by=by)
        return _settle(swap, SwapState.ACCEPTED, by, to)


def _can_be(shift: Shift, day: date, to: User | None) -> None:
    layer = shift.layer
    if not takes_place(shift, day, holidays_of(layer)):
        raise Invalid("This shift does not take place on that day.")
    if to is not None and not can_stand(to, layer.team):
        raise Invalid(f"{to} cannot answer for {layer.team}. Choose somebody of it.")
    if to is not None and to.pk == shift.person_id:
        raise Invalid(f"It is {to}'s own shift. Choose somebody else.")


def _answer(swap: Swap, state: SwapState, by: User) -> Swap:
    with transaction.atomic():
        # The shift's row is the lock: two colleagues who accept at once are served in turn.
        Shift.objects.select_for_update(of=("self",)).get(pk=swap.shift_id)
        found = Swap.objects.select_related("shift__layer").filter(pk=swap.pk)
        open_one = found.filter(state=SwapState.ASKED).first()
        if open_one is None:
            raise Settled("This swap was answered already. Look at the roster again.")
        return _settle(open_one, state, by, by if state == SwapState.ACCEPTED else open_one.to)


def _settle(swap: Swap, state: SwapState, by: User, to: User | None) -> Swap:
    swap.state, swap.to = state, to
    swap.answered_by, swap.answered_at = by, clock.now()
    swap.save()
    team = swap.shift.layer.team_id
    if state == SwapState.ACCEPTED:
        look_now([team])
    record(SwapAnswered(by=by.pk, teams=(team,), swap=swap.pk, state=state))
    told = [swap.asked_by, swap.shift.person, *([to] if to else [])]
    notify(
        "handover", to=told, by=by, url=ROSTER,
        text=f"The swap on {swap.day:%A %-d %B} was {state.label.lower()}",
    )  # fmt: skip
    return swap
