"""What the operator of a Bluesky server can do: take an account down, and let it come back."""

from __future__ import annotations

import httpx

from tests.servers.atproto.network import AtprotoNetwork

OPERATOR = ("admin", "admin-pass")  # of the toy network, set by @atproto/dev-env


class Takedown:
    """One account at one server."""

    def __init__(self, network: AtprotoNetwork, did: str) -> None:
        self._network = network
        self._did = did

    def impose(self) -> None:
        """From now on the account can do nothing; its logins are ended."""
        self._set(applied=True)

    def lift(self) -> None:
        """The account may log in again."""
        self._set(applied=False)

    def _set(self, *, applied: bool) -> None:
        subject = {"$type": "com.atproto.admin.defs#repoRef", "did": self._did}
        httpx.post(
            f"{self._network.pds}/xrpc/com.atproto.admin.updateSubjectStatus",
            auth=OPERATOR,
            json={"subject": subject, "takedown": {"applied": applied}},
        ).raise_for_status()
