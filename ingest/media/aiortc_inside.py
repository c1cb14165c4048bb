"""Every private name of aiortc, aioice and pylibsrtp that this room touches, and nothing else.

Their versions are pinned. ``missing`` names what a release took away; a test calls it and fails
loudly, so read this file before the pin moves.
"""

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import aioice.ice
from aiortc import RTCRtpReceiver, RTCRtpSender
from aiortc.rtcdtlstransport import State
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import AnyRtcpPacket, RtpPacket
from pylibsrtp import _binding

# Being this file's business, private access is not marked line by line.
# ruff: noqa: SLF001

Session = Any  # libsrtp's own, behind cffi
protect = _binding.lib.srtp_protect  # (session, packet, length) → 0; without pylibsrtp's copies

_MINE = "_RTCRtpSender__"  # how Python spells the sender's private names
_STARTED = (_MINE + "rtp_started", _MINE + "rtcp_started")
_EXITED = (_MINE + "rtp_exited", _MINE + "rtcp_exited")
_CNAME = _MINE + "cname"
_SENDER = (
    *(*_STARTED, *_EXITED, _CNAME),
    *("_run_rtp", "_run_rtcp", "_retransmit", "_handle_rtcp_packet", "_ssrc"),
)


def missing(sender: RTCRtpSender, receiver: RTCRtpReceiver) -> list[str]:
    """Return the private names that this file needs and the installed libraries do not have."""
    dtls = sender.transport
    ice = getattr(dtls.transport, "_connection", None)
    wanted: list[tuple[object, tuple[str, ...]]] = [
        (sender, _SENDER),
        (receiver, ("_handle_rtp_packet",)),
        (dtls, ("_tx_srtp", "_state")),
        (dtls.transport, ("_connection",)),
        (ice, ("_nominated",)),
        (aioice.ice, ("get_host_addresses",)),
        (_binding.lib, ("srtp_protect",)),
        (_binding.ffi, ("new", "buffer")),
    ]
    return [name for owner, names in wanted for name in names if not hasattr(owner, name)]


def offer_only(addresses: Iterable[IPv4Address | IPv6Address]) -> None:
    """From now on connections of this process offer these addresses of its own and no others."""
    offered = tuple(addresses)

    def chosen(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        spoken = {4: use_ipv4, 6: use_ipv6}
        return [str(address) for address in offered if spoken[address.version]]

    aioice.ice.get_host_addresses = chosen


@dataclass(frozen=True, slots=True)
class Way:
    """How a peer is reached: its SRTP session, and the socket and address that ICE chose.

    ``protect_rtcp`` returns an RTCP packet encrypted.
    """

    session: Session
    protect_rtcp: Callable[[bytes], bytes]
    descriptor: int
    address: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory that C and Python see: ``at`` is its address, ``buffer`` its bytes."""

    at: Any
    buffer: Any


def srtp_memory(size: int) -> tuple[Memory, Any]:
    """Return memory for packets, and an int for ``protect``'s length, written as ``it[0]``."""
    at = _binding.ffi.new("char[]", size)
    return Memory(at, _binding.ffi.buffer(at, size)), _binding.ffi.new("int *")


class SenderInside:
    """An RTCRtpSender whose RTP and RTCP loops are ours; ICE, DTLS and reading stay aiortc's.

    Attributes:
        ssrc: of what it sends.
    """

    def __init__(
        self,
        sender: RTCRtpSender,
        *,
        run: Callable[[RTCRtpCodecParameters], Awaitable[None]],
        heard: Callable[[], None],
        resend: Callable[[int], Coroutine[Any, Any, None]],
    ) -> None:
        self._sender = sender
        self._pair: Any = None
        self._way: Way | None = None
        self.ssrc: int = sender._ssrc
        handle = sender._handle_rtcp_packet

        async def run_rtp(self_: RTCRtpSender, codec: RTCRtpCodecParameters) -> None:
            for name in _STARTED:
                _flag(self_, name).set()
            try:
                await run(codec)
            finally:
                for name in _EXITED:
                    _flag(self_, name).set()

        async def run_rtcp(_self: RTCRtpSender) -> None:
            """Reports go out behind pictures: no timer and no wake-up of their own."""

        async def handle_and_tell(packet: AnyRtcpPacket) -> None:
            heard()
            await handle(packet)

        sender._run_rtp = types.MethodType(run_rtp, sender)  # type: ignore[method-assign]
        sender._run_rtcp = types.MethodType(run_rtcp, sender)  # type: ignore[method-assign]
        sender._handle_rtcp_packet = handle_and_tell  # type: ignore[method-assign]
        sender._retransmit = resend  # type: ignore[method-assign, assignment]

    @property
    def cname(self) -> str:
        """The name that sender reports carry; known once aiortc sends."""
        return getattr(self._sender, _CNAME) or ""

    def way(self) -> Way | None:
        """Return how to reach the peer now, the same object while it is the same; None: no way."""
        transport = self._sender.transport
        if transport._state is not State.CONNECTED:
            return None
        pair = transport.transport._connection._nominated.get(1)
        if pair is not self._pair:
            self._pair = pair
            self._way = None if pair is None else _way(pair, transport._tx_srtp)
        return self._way


def way_to(context: Any, descriptor: int, address: tuple[str, int]) -> Way:
    """Return the way by pylibsrtp's session and a UDP socket, both opened by the caller."""
    return Way(context._srtp[0], context.protect_rtcp, descriptor, address)


def _way(pair: Any, context: Any) -> Way:
    udp = pair.protocol.transport.get_extra_info("socket")
    return way_to(context, udp.fileno(), pair.remote_addr)


def hear(receiver: RTCRtpReceiver, on_packet: Callable[[RtpPacket], None]) -> None:
    """Give every RTP packet to ``on_packet`` instead of to aiortc's jitter buffer and decoder."""

    async def handle(packet: RtpPacket, arrival_time_ms: int) -> None:
        on_packet(packet)

    receiver._handle_rtp_packet = handle  # type: ignore[method-assign]


def _flag(sender: RTCRtpSender, name: str) -> asyncio.Event:
    flag: asyncio.Event = getattr(sender, name)
    return flag
