"""Who is on, as other rooms ask it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from harken.domain.conversations.models import Conversation
from harken.domain.presence.services import stay
from harken.domain.roster.models import Absence, Layer, LayerKind, Swap, SwapState
from harken.domain.roster.queries import is_on_duty, is_rostered, lead_on_duty, on_call, on_duty
from harken.kit import clock
from tests.cast import Company
from tests.domain.roster.conftest import HOUR, layer_of, plan


def test_a_team_has_a_roster_once_a_duty_layer_has_a_shift(company: Company) -> None:
    layer = layer_of(company.service)
    assert not is_rostered(company.service)
    plan(layer, company.mika, HOUR, 2 * HOUR)
    assert is_rostered(company.service)
    assert not is_rostered(company.billing)


def test_who_is_in_a_shift_is_on_and_nobody_else(company: Company, service: Layer) -> None:
    plan(service, company.mika, -HOUR, HOUR)
    plan(service, company.ben, HOUR, 2 * HOUR)
    assert on_duty(company.service) == [company.mika]
    assert on_duty(company.service, clock.now() + 1.5 * HOUR) == [company.ben]
    assert is_on_duty(company.mika)
    assert not is_on_duty(company.ben)


def test_the_first_layer_with_somebody_on_decides(company: Company, service: Layer) -> None:
    plan(service, company.mika, -HOUR, HOUR)
    below = layer_of(company.service, position=2)
    plan(below, company.ben, -2 * HOUR, 3 * HOUR)
    assert on_duty(company.service) == [company.mika]
    assert on_duty(company.service, clock.now() + 2 * HOUR) == [company.ben]


def test_who_is_away_is_not_on_and_who_stands_in_is(company: Company, service: Layer) -> None:
    plan(service, company.mika, -HOUR, HOUR)
    shift = plan(service, company.ben, -HOUR, HOUR)
    now = clock.now()
    Absence.objects.create(
        person=company.mika, starts_at=now - HOUR, ends_at=now + HOUR, made_by=company.lena
    )
    Swap.objects.create(
        shift=shift,
        day=shift.first_day,
        asked_by=company.ben,
        to=company.lena,
        state=SwapState.ACCEPTED,
    )
    assert on_duty(company.service) == [company.lena]
    assert not is_on_duty(company.mika)
    assert not is_on_duty(company.ben)
    assert is_on_duty(company.lena)


def test_who_left_the_company_is_not_on(company: Company, service: Layer) -> None:
    plan(service, company.mika, -HOUR, HOUR)
    company.mika.is_active = False
    company.mika.save()
    assert on_duty(company.service) == []
    assert not is_on_duty(company.mika)


def test_without_a_roster_whoever_has_a_browser_open_is_on(
    company: Company, receive: object
) -> None:
    conversation: Conversation = receive()  # type: ignore[operator]
    stay(conversation, tab=uuid4(), by=company.ben)
    assert on_duty(company.service) == [company.ben]
    assert is_on_duty(company.ben)
    assert not is_on_duty(company.mika)


def test_the_lead_on_duty_is_one_of_the_team_else_a_manager(
    company: Company, service: Layer
) -> None:
    assert lead_on_duty(company.service) is None
    plan(service, company.maren, -HOUR, 2 * HOUR)
    assert lead_on_duty(company.service) == company.maren
    plan(service, company.lena, -HOUR, HOUR)
    assert lead_on_duty(company.service) == company.lena
    assert lead_on_duty(company.service, clock.now() + timedelta(minutes=90)) == company.maren


def test_who_is_on_call_is_called_layer_by_layer(company: Company) -> None:
    second = layer_of(company.service, LayerKind.ON_CALL, 2)
    first = layer_of(company.service, LayerKind.ON_CALL, 1)
    plan(second, company.lena, -HOUR, HOUR)
    plan(first, company.ben, -HOUR, HOUR)
    assert on_call(company.service) == [company.ben, company.lena]
    assert on_duty(company.service) == []
