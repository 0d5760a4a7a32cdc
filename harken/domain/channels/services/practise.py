"""Writing to ourselves as an invented customer, on the network that exists for that."""

from __future__ import annotations

import secrets

from harken.connectors.loopback.client import Customers
from harken.connectors.loopback.connector import LoopbackConnector
from harken.connectors.loopback.wire import NewPost, Person
from harken.domain.channels.models import Channel
from harken.domain.channels.services.permission import need_manager
from harken.domain.people.models import User
from harken.kit.refusals import Invalid, Refusal

DEADLINE = 3.0  # seconds; a person waits for the page


class NetworkAway(Refusal):
    """The practice network does not answer."""


def can_practise(channel: Channel) -> bool:
    """Whether a customer of this channel's network may be invented; true of loopback alone."""
    return channel.network == LoopbackConnector.network


def send_test_post(channel: Channel, *, by: User) -> str:
    """Let an invented customer mention the channel's account; returns the post's id.

    Raises `NotAllowed`, `Invalid` for a network of real people, `NetworkAway`.
    """
    need_manager(by)
    if not can_practise(channel):
        raise Invalid("Test posts are for the loopback network: nobody real must be bothered.")
    customers = Customers(channel.service, DEADLINE)
    author = Person(f"test.{secrets.token_hex(3)}", "Tess Probe")
    text = f"@{channel.handle} this is a test post: does it reach the desk?"
    try:
        return customers.write(author, NewPost(text, lang="en")).id
    except Exception as error:  # whatever its client raises: a test post is never worth a 500
        raise NetworkAway(
            "The loopback network does not answer. Start it, then send the test post again."
        ) from error
    finally:
        customers.close()
