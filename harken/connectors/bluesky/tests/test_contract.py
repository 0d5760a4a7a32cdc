"""Everything the port promises, tried against the reference network."""

from __future__ import annotations

import pytest

from harken.kit.connector_contract import ConnectorContract

pytestmark = pytest.mark.atproto


class TestBlueskyContract(ConnectorContract):
    """The fixture `world` is in conftest."""
