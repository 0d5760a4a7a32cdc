"""What every connector must hold: a test class to inherit from.

Writing a connector for another network? Make a test module with two things:

1. a *world*: an object that plays the customers of your network and breaks the line at will. It
   drives the real network, or the most faithful stand-in you can run; see `world.World`.
2. a subclass of `ConnectorContract` whose name starts with `Test`, and a fixture `world`:

       class TestAcmeContract(ConnectorContract):
           @pytest.fixture
           def world(self, acme_server) -> AcmeWorld: ...

Every test then runs against your connector. What your network cannot do, as stated in the
connector's `capabilities`, is not asked for; nothing else is skipped.
"""

from __future__ import annotations

import pytest

# Without this a failed `assert` would not say what was compared: these are no test modules.
pytest.register_assert_rewrite(
    *(
        f"{__name__}.{part}"
        for part in ("reading", "parsing", "sending", "following", "steps", "poison")
    )
)

from harken.kit.connector_contract.suite import ConnectorContract  # noqa: E402
from harken.kit.connector_contract.world import World  # noqa: E402

__all__ = ["ConnectorContract", "World"]
