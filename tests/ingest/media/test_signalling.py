"""Offers from anybody: answered with H.264, or refused by name; never a crash."""

import random

import aioice.ice
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection

from ingest.media import signalling
from models.kit.errors import InvalidInput


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])


@pytest.fixture
async def offer() -> str:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("video", direction="recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    sdp = str(connection.localDescription.sdp)
    await connection.close()
    return sdp


async def answered(offer: str) -> bool:
    """Tell whether the offer was answered; anything but an answer or the named error fails."""
    connection, _ = signalling.make_peer()
    try:
        return "H264" in await signalling.answer(connection, offer)
    except InvalidInput:
        return False
    finally:
        await connection.close()


async def test_an_offer_with_any_line_missing(offer: str) -> None:
    lines = offer.splitlines(keepends=True)
    assert await answered(offer)
    results = [await answered("".join(lines[:n] + lines[n + 1 :])) for n in range(len(lines))]
    assert True in results
    assert False in results


async def test_an_offer_damaged_anywhere(offer: str) -> None:
    dice = random.Random(11)
    for _ in range(60):
        place = dice.randrange(len(offer))
        await answered(offer[:place] + chr(dice.randrange(32, 127)) + offer[place + 1 :])
        await answered(offer[:place])


async def test_an_offer_that_sends_instead_of_receiving(offer: str) -> None:
    assert not await answered(offer.replace("a=recvonly", "a=sendonly"))


async def test_an_offer_with_audio_too(offer: str) -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("audio", direction="recvonly")
    connection.addTransceiver("video", direction="recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    assert await answered(str(connection.localDescription.sdp))
    await connection.close()


@pytest.mark.parametrize(
    ("candidate", "kept"),
    [
        ("1 1 udp 2122 10.0.0.7 5000 typ host", True),
        ("1 1 UDP 2122 2001:db8::7 5000 typ srflx raddr 10.0.0.7 rport 5000", True),
        ("1 1 udp 2122 4f1d0c9e.local 5000 typ host", False),  # a browser hides its address
        ("1 1 udp 2122 name.example 5000 typ host", False),
        ("1 1 tcp 2122 10.0.0.7 9 typ host tcptype active", False),
        ("1 1 udp 2122 10.0.0.7 99999999 typ host", False),
        ("1 1 udp 2122 10.0.0.7 0 typ host", False),
        ("1 1 udp 2122 10.0.0.7 noise typ host", False),
        ("noise", False),
        ("", False),
    ],
)
def test_candidates_are_udp_ports_of_addresses(candidate: str, kept: bool) -> None:
    sdp = f"v=0\r\na=candidate:{candidate}\r\na=mid:0\r\n"
    clean = signalling.with_usable_candidates(sdp)
    assert clean == (sdp if kept else "v=0\r\na=mid:0\r\n")
