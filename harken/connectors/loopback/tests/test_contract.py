import pytest

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.tests.world import LoopbackWorld
from harken.kit.connector_contract import ConnectorContract


class TestLoopbackContract(ConnectorContract):
    @pytest.fixture
    def world(self):
        with LoopbackNetwork.serve() as network:
            yield LoopbackWorld(network)
