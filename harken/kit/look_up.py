"""What a connector may do besides the port: find one public post that nobody sent us."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class LooksUp(Protocol):
    """A connector whose `Capabilities.can_look_up` is True."""

    def look_up(self, uri: str) -> bytes | None:
        """One public post by its `Heard.uri`, which is its `external_id` too.

        A raw item for `parse`: the post with what stands above it (`Why.SEARCH` when it does not
        call us), or its deletion. None: the network does not show it to our account, and says not
        that it is gone. Raises `ConnectorError` and its kin; it changes nothing.
        """
        ...
