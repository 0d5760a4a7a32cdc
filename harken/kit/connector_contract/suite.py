"""All promises in one class."""

from __future__ import annotations

from harken.kit.connector_contract.following import FollowingContract
from harken.kit.connector_contract.looking import LookingContract
from harken.kit.connector_contract.parsing import ParsingContract
from harken.kit.connector_contract.reading import ReadingContract
from harken.kit.connector_contract.sending import SendingContract


class ConnectorContract(
    ReadingContract, ParsingContract, SendingContract, FollowingContract, LookingContract
):
    """Inherit, provide the fixture `world`, and every promise of the port is tried."""
