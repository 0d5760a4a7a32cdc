import pytest


@pytest.fixture(autouse=True)
def at_home(loopback_allowed: None) -> None:
    """The loopback network lives on this machine, which the guarded client refuses by default."""
