"""SDP of WHEP and WHIP: what a browser offers, cleaned and refused by name; candidates trickled."""

from ipaddress import ip_address

from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError
from aiortc.sdp import candidate_from_sdp

from models.kit.errors import InvalidInput

_LONGEST_SDP = 64 * 1024
# What aiortc's parser raises on text that is not SDP; it has no error of its own for that.
# RuntimeError is how its StopIteration leaves a coroutine.
_NOT_SDP = (
    ValueError,
    LookupError,
    AttributeError,
    AssertionError,
    TypeError,
    RuntimeError,
)
_NOT_AN_OFFER = (InvalidAccessError, InvalidStateError, OperationError)


def with_usable_candidates(sdp: str) -> str:
    """Return the SDP with only those candidates that are a UDP port of an address.

    A name would be looked up: a browser's mDNS name costs a second and gains nothing, and any
    other lets a stranger make the node ask name servers.
    """
    kept = [
        line
        for line in sdp.splitlines()
        if not line.startswith("a=candidate:") or _is_usable(line.split())
    ]
    return "\r\n".join(kept) + "\r\n"


def _is_usable(fields: list[str]) -> bool:
    if len(fields) < 8 or fields[2].lower() != "udp":
        return False
    try:
        ip_address(fields[4])
        port = int(fields[5])
    except ValueError:
        return False
    return 0 < port < 1 << 16


def make_peer() -> tuple[RTCPeerConnection, RTCRtpSender]:
    """Return a connection that sends one H.264 video and asks no public server for anything."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = peer.addTransceiver("video", direction="sendonly")
    codecs = RTCRtpSender.getCapabilities("video").codecs
    # Before setRemoteDescription: afterwards aiortc ignores it and packs H.264 as VP8.
    transceiver.setCodecPreferences([codec for codec in codecs if codec.mimeType == "video/H264"])
    return peer, transceiver.sender


def make_listener() -> tuple[RTCPeerConnection, RTCRtpReceiver]:
    """Return a connection that takes one audio as PCMA, which loudspeakers of cameras know."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = peer.addTransceiver("audio", direction="recvonly")
    codecs = RTCRtpSender.getCapabilities("audio").codecs
    transceiver.setCodecPreferences([codec for codec in codecs if codec.mimeType == "audio/PCMA"])
    return peer, transceiver.receiver


async def answer(peer: RTCPeerConnection, offer: str) -> str:
    """Return the SDP answer to a viewer's offer.

    Raises:
        InvalidInput: not an SDP offer, or one without H.264 video to receive.
    """
    refusal = "The offer must hold one video with H.264 to receive (recvonly)."
    return await _answer(peer, offer, "m=video ", "H264/90000", "a=sendonly", refusal)


async def answer_listener(peer: RTCPeerConnection, offer: str) -> str:
    """Return the SDP answer to a speaker's offer.

    Raises:
        InvalidInput: not an SDP offer, or one without PCMA audio to send.
    """
    refusal = "The offer must hold one audio with PCMA to send (sendonly)."
    return await _answer(peer, offer, "m=audio ", "PCMA/8000", "a=recvonly", refusal)


async def _answer(
    peer: RTCPeerConnection, offer: str, medium: str, codec: str, direction: str, refusal: str
) -> str:
    if len(offer) > _LONGEST_SDP:
        msg = f"An SDP offer longer than {_LONGEST_SDP} bytes is not read."
        raise InvalidInput(msg)
    description = RTCSessionDescription(with_usable_candidates(offer), "offer")
    try:
        await peer.setRemoteDescription(description)
        await peer.setLocalDescription(await peer.createAnswer())
    except _NOT_AN_OFFER as error:
        raise InvalidInput(refusal) from error
    except _NOT_SDP as error:
        msg = f"The body is not an SDP offer: {type(error).__name__}. Send application/sdp."
        raise InvalidInput(msg) from error
    sdp = str(peer.localDescription.sdp)
    if not _agrees(sdp, medium, codec, direction):
        raise InvalidInput(refusal)
    return sdp


def _agrees(sdp: str, medium: str, codec: str, direction: str) -> bool:
    """Tell whether the first such medium of an answer goes our way, with our codec as its first."""
    _, found, text = sdp.partition(medium)
    text = text.partition("\r\nm=")[0]
    first_line = text.splitlines()[0].split() if found else []
    if len(first_line) < 3:
        return False
    return f"a=rtpmap:{first_line[2]} {codec}" in text and direction in text


async def trickle(peer: RTCPeerConnection, fragment: str) -> None:
    """Add the candidates of an application/trickle-ice-sdpfrag body.

    Raises:
        InvalidInput: not a fragment, or one that wants an ICE restart.
    """
    remote = peer.remoteDescription.sdp
    mid = "0"
    for line in with_usable_candidates(fragment).splitlines():
        name, _, value = line.partition(":")
        if name == "a=ice-ufrag" and f"a=ice-ufrag:{value}\r\n" not in remote:
            msg = "An ICE restart is not offered. Delete this and POST a new offer."
            raise InvalidInput(msg)
        if name == "a=mid":
            mid = value.strip()
        if name == "a=candidate":
            try:
                candidate = candidate_from_sdp(value)
                candidate.sdpMid = mid
                await peer.addIceCandidate(candidate)
            except _NOT_SDP as error:  # also a candidate after the last one was announced
                msg = f"«{value[:80]}» is not an ICE candidate that can be added."
                raise InvalidInput(msg) from error
