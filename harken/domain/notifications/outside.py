"""Addresses outside that people give us, and which we refuse to call. Nothing is sent here.

The notation of pagers is apprise's (https://github.com/caronc/apprise/wiki): `slack://…`, `tgram://…`,
`pagerduty://…`, `ntfys://…`. It holds the service's password.
"""

from __future__ import annotations

import sys
from typing import Any, cast
from urllib.parse import urlsplit

from harken.kit.addresses import is_private_host
from harken.kit.refusals import Invalid

LONGEST = 2000  # characters
UNKNOWN = (
    "No service has an address like that. Copy it from the service's page: "
    "slack://…, tgram://…, pagerduty://…, ntfys://…."
)
LOCAL = "That is not a service on the web. Choose one that is reached by https."


def is_endpoint(address: str) -> bool:
    """Whether a push service may stand there: https, or a host the operator named."""
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets without an address in them
        return False
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or is_private_host(host))


def service_at(address: str) -> Any:
    """The apprise service behind an address, ready to notify. Raises `Invalid`."""
    from apprise import Apprise

    address = address.strip()
    if "://" not in address or len(address) > LONGEST:
        raise Invalid(UNKNOWN)
    service = Apprise.instantiate(address, suppress_exceptions=True)
    if service is None:
        raise Invalid(UNKNOWN)
    # Only plug-ins that speak http may run: others write to this machine's own bus, log or disk.
    if not hasattr(sys.modules[type(service).__module__], "requests"):
        raise Invalid(LOCAL)
    scheme = address.partition("://")[0].lower()
    if scheme in _plain_schemes(service) and not is_private_host(service.host or ""):
        raise Invalid(f"{scheme}:// is not encrypted: write {scheme}s:// instead.")
    return service


def service_name(address: str) -> str:
    """What the service is called: `Slack`. Raises `Invalid`."""
    return str(service_at(address).service_name)[:60]


def _plain_schemes(service: Any) -> tuple[str, ...]:
    plain = cast("str | tuple[str, ...] | None", service.protocol)
    return (plain,) if isinstance(plain, str) else tuple(plain or ())
