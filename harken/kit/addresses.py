"""Which internet addresses an outgoing request may reach.

Python's own `ipaddress.is_private` and `is_global` differ between patch releases and pass several
internal or special ranges, so the lists here are ours. Source: the IANA special-purpose address
registries (RFC 6890 and its successors) and the metadata addresses of the large clouds.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

# A company's own network and this machine: closed, unless the operator names the host.
INTERNAL_V4 = tuple(
    map(
        IPv4Network,
        ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    )
)
INTERNAL_V6 = tuple(map(IPv6Network, ("::1/128", "fc00::/7")))
# Metadata services answer with the machine's own credentials, also when the operator allows the
# network around them.
METADATA = frozenset(
    map(
        ip_address,
        ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"),
    )
)
SPECIAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
# Everything the internet uses today lies in 2000::/3; these parts of it are not for us.
GLOBAL_V6 = IPv6Network("2000::/3")
SPECIAL_V6 = tuple(
    map(
        IPv6Network,
        ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
NAT64 = IPv6Network("64:ff9b::/96")

_private_hosts: frozenset[str] = frozenset()


def allow_private_hosts(hosts: Iterable[str]) -> frozenset[str]:
    """Name the hosts inside the private network that may be reached; returns the former ones.

    Called once by `config` from a setting. Host names or addresses exactly as they are typed.
    """
    global _private_hosts
    former, _private_hosts = _private_hosts, frozenset(host.lower() for host in hosts)
    return former


def is_private_host(host: str) -> bool:
    """Whether the operator named this host, so that it may lie in the private network."""
    return host.lower() in _private_hosts


def is_reachable(address: str, *, internal: bool = False) -> bool:
    """Whether a request may go to `address`, an IP address as text.

    `internal`: the operator named this host, so private networks and loopback are open too.
    Link-local, metadata, multicast and reserved addresses are never open. Text that is no address
    is not reachable.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    found = _carried(found)
    if found in METADATA:
        return False
    if isinstance(found, IPv4Address):
        return _reachable_v4(found, internal)
    return _reachable_v6(found, internal)


def _carried(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address an IPv6 one stands for (mapped, NAT64): that is where the bytes go."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _reachable_v4(address: IPv4Address, internal: bool) -> bool:
    if any(address in network for network in INTERNAL_V4):
        return internal
    return not any(address in network for network in SPECIAL_V4)


def _reachable_v6(address: IPv6Address, internal: bool) -> bool:
    if any(address in network for network in INTERNAL_V6):
        return internal
    return address in GLOBAL_V6 and not any(address in network for network in SPECIAL_V6)
