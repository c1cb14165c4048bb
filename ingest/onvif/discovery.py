"""WS-Discovery: who in this network is an ONVIF camera? One datagram out, one back from each."""

import asyncio
import re
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from urllib.parse import unquote
from xml.etree import ElementTree

from ingest.cameras.address import host_of
from ingest.cameras.networks import Network, OutsideNetworks, allowed_address
from ingest.onvif.facts import Found
from models.kit.errors import InvalidInput
from models.kit.log import get

log = get(__name__)
MULTICAST = "239.255.255.250"
PORT = 3702
_AT_MOST = 1000  # devices; a flood of answers must not eat the memory
_D = "{http://schemas.xmlsoap.org/ws/2005/04/discovery}"
_SCOPE = re.compile(r"^onvif://www\.onvif\.org/(?P<key>name|hardware)/(?P<value>.+)$")
_PROBE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
    "<e:Header><w:MessageID>uuid:{message}</w:MessageID>"
    "<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>"
    "<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>"
    "<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body>"
    "</e:Envelope>"
)


async def discover(
    networks: Sequence[Network],
    *,
    addresses: Iterable[str] = (),
    wait_s: float = 3.0,
    port: int = PORT,
) -> list[Found]:
    """Ask by multicast, and each of ``addresses`` directly; return who answered in time.

    Multicast reaches our own network segment only; cameras elsewhere must be asked by address.
    What a device says of itself outside of ``networks`` is left out.

    Raises:
        OutsideNetworks: one of the addresses is in no network of cameras.
    """
    wanted = list(addresses)
    targets = [await asyncio.to_thread(allowed_address, each, networks) for each in wanted]
    loop = asyncio.get_running_loop()
    answers: dict[str, Found] = {}
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Listener(networks, answers), local_addr=("0.0.0.0", 0)
    )
    try:
        for target in targets if wanted else [MULTICAST]:
            with suppress(OSError):  # no route there: nobody will answer
                transport.sendto(_PROBE.format(message=uuid.uuid4()).encode(), (target, port))
        await asyncio.sleep(wait_s)
    finally:
        transport.close()
    return sorted(answers.values(), key=lambda found: found.url)


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, networks: Sequence[Network], answers: dict[str, Found]) -> None:
        self._networks = networks
        self._answers = answers

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for found in matches(data, addr[0], self._networks):
            if len(self._answers) < _AT_MOST:
                self._answers[found.url] = found


def matches(answer: bytes, sender: str, networks: Sequence[Network]) -> list[Found]:
    """Return the devices in an answer; garbage has none. Pure.

    Of a device's addresses the one that it answered from is taken; names are not resolved.
    """
    try:
        root = ElementTree.fromstring(answer)
    except (ElementTree.ParseError, ValueError):
        log.info("discovery.garbage", sender=sender, length=len(answer))
        return []
    found = []
    for match in root.iter(f"{_D}ProbeMatch"):
        urls = (match.findtext(f"{_D}XAddrs") or "").split()
        inside = [url for url in urls if _inside(url, networks)]
        url = next((url for url in inside if host_of(url) == sender), next(iter(inside), None))
        if url is not None:
            scopes = _scopes(match.findtext(f"{_D}Scopes") or "")
            found.append(
                Found(url, host_of(url), scopes.get("name", ""), scopes.get("hardware", ""))
            )
    return found


def _inside(url: str, networks: Sequence[Network]) -> bool:
    if not url.startswith(("http://", "https://")):
        return False
    try:
        allowed_address(host_of(url), networks, resolve=lambda host: [host])
    except (OutsideNetworks, InvalidInput, ValueError):
        return False
    return True


def _scopes(text: str) -> dict[str, str]:
    named = (_SCOPE.match(scope) for scope in text.split())
    return {m["key"]: unquote(m["value"])[:200] for m in named if m is not None}
