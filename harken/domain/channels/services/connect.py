"""Connecting an account, and giving it a new login; the network says first whose it is."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from harken.domain.channels.credentials import GivenSecrets, store_login
from harken.domain.channels.events import ChannelConnected, ChannelReconnected
from harken.domain.channels.models import Channel, ChannelState
from harken.domain.channels.registry import connector_classes
from harken.domain.channels.services.permission import need_manager
from harken.domain.journal.services import record
from harken.domain.people.models import Brand, Team, User
from harken.kit import clock
from harken.kit.connector import Account, Connector, ConnectorError, Identity, SessionLost
from harken.kit.refusals import Invalid, Refusal


class LoginRefused(Refusal):
    """The network does not accept what was typed in."""

    status = 422


class NoAnswer(Refusal):
    """The network did not answer, so nobody knows whether the login is right."""

    status = 422


class ConnectedAlready(Refusal):
    """The account has its channel already."""


class AnotherAccount(Refusal):
    """The login is right, but for an account that is not this channel's."""


def connect(
    network: str, values: Mapping[str, str], *, brand: Brand, team: Team | None, by: User
) -> Channel:
    """Log in with `values` (named like the connector's `fields`) and store the channel.

    Raises `NotAllowed`, `Invalid`, `LoginRefused`, `NoAnswer`, `ConnectedAlready`.
    """
    need_manager(by)
    made = connector_classes().get(network)
    if made is None:
        raise Invalid("Choose one of the networks in the list.")
    given = _filled_in(made, values)
    identity, login = _identified(made, given)
    try:
        with transaction.atomic():
            channel = Channel.objects.create(
                brand=brand,
                team=team,
                network=network,
                external_id=identity.external_id,
                handle=identity.handle,
                display_name=identity.display_name,
                service=given.get("service", ""),
            )
            store_login(channel.pk, login)
            record(ChannelConnected(channel=channel.pk, by=by.pk))
    except IntegrityError as error:
        raise ConnectedAlready(
            f"{identity.handle} is connected already. Use its card to give it a new login."
        ) from error
    return channel


def reconnect(channel: Channel, values: Mapping[str, str], *, by: User) -> Channel:
    """Give the channel a new login of the same account; a paused channel stays paused.

    Raises as `connect`, and `AnotherAccount`.
    """
    need_manager(by)
    made = connector_classes()[channel.network]
    known = {"service": channel.service, "handle": channel.handle}
    given = _filled_in(made, known | {name: value for name, value in values.items() if value})
    identity, login = _identified(made, given)
    if identity.external_id != channel.external_id:
        raise AnotherAccount(
            f"That login belongs to {identity.handle}. This channel is {channel.handle}: "
            "use its own login, or connect the other account as a new channel."
        )
    with transaction.atomic():
        row = Channel.objects.select_for_update().get(pk=channel.pk)
        store_login(row.pk, login)
        row.handle, row.display_name = identity.handle, identity.display_name
        row.service = given.get("service", "")
        row.last_error, row.wait_until = "", None
        if row.state != ChannelState.PAUSED:
            row.state, row.state_since = ChannelState.CONNECTED, clock.now()
        row.save()
        record(ChannelReconnected(channel=row.pk, by=by.pk))
    return row


def _filled_in(made: type[Connector], values: Mapping[str, str]) -> dict[str, str]:
    given = {
        field.name: values.get(field.name, "").strip() or field.default for field in made.fields
    }
    for field in made.fields:
        if not given[field.name]:
            raise Invalid(f"{field.label} is missing. Fill it in and try again.")
    if "handle" in given:
        given["handle"] = given["handle"].lstrip("@")
    return given


def _identified(made: type[Connector], given: Mapping[str, str]) -> tuple[Identity, dict[str, str]]:
    """Who the network says this login is, and the login with what the connector added to it."""
    account = Account("", given.get("handle", ""), given.get("service", ""))
    public = {field.name for field in made.fields if not field.secret}
    secrets = GivenSecrets({name: value for name, value in given.items() if name not in public})
    try:
        identity = made(account, secrets).identify()
    except SessionLost as error:
        raise LoginRefused(
            f"{made.label} does not accept this login. Check the name and the password "
            "and try again."
        ) from error
    except ConnectorError as error:
        raise NoAnswer(
            f"{made.label} did not answer as it should: {error}. Check the address, or try "
            "again in a minute."
        ) from error
    return identity, secrets.values
