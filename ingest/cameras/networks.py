"""Which networks cameras may be in: whatever asks this server to connect cannot point it elsewhere.

A name is resolved once, every address that it has must be allowed, and the connection goes to the
checked address, so that a name that changes its answer in between gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from ingest.cameras.address import host_of, put_together, take_apart, with_host
from models.kit.errors import InvalidInput

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Sequence[str]]


class OutsideNetworks(InvalidInput):
    """The host is not in a network where this installation's cameras may be."""


def resolve(host: str) -> list[str]:
    """Return the addresses of a host; blocks. Raises OSError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def allowed_address(host: str, networks: Sequence[Network], resolve: Resolve = resolve) -> str:
    """Return an address of the host to connect to; blocks while the name is resolved.

    Raises:
        OutsideNetworks: the host is unknown, or one of its addresses is in no allowed network.
    """
    try:
        addresses = [_plain(ipaddress.ip_address(text.partition("%")[0])) for text in resolve(host)]
    except (OSError, UnicodeError) as error:
        msg = f"The host {host} is not known here; check the name or write its IP address."
        raise OutsideNetworks(msg, field="url") from error
    outside = [a for a in addresses if not any(a in network for network in networks)]
    if outside or not addresses:
        where = ", ".join(map(str, outside)) or "no address"
        msg = (
            f"The host {host} ({where}) is in no network of cameras; "
            "correct it, or let an administrator add its network to AHUAL_CAMERA_NETWORKS."
        )
        raise OutsideNetworks(msg, field="url")
    return str(addresses[0])


def pinned(url: str, networks: Sequence[Network], resolve: Resolve = resolve) -> str:
    """Return the address with its host replaced by the checked IP address; blocks.

    Raises:
        OutsideNetworks: as ``allowed_address``.
        InvalidInput: this is no address.
    """
    bare, credentials = take_apart(url)  # written anew below, so that nobody reads it otherwise
    moved = with_host(bare, allowed_address(host_of(bare), networks, resolve))
    return put_together(moved, credentials)


async def check(url: str, networks: Sequence[Network]) -> None:
    """Refuse an address that this installation may not connect to.

    Raises:
        OutsideNetworks: as ``allowed_address``.
        InvalidInput: this is no address.
    """
    await asyncio.to_thread(pinned, url, networks)


def _plain(address: Address) -> Address:
    """Return the IPv4 address inside an IPv6 one: the socket would connect to that."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
