"""Our own packet path inside aiortc's sender: no encoder, no packet objects, no copy per peer.

aiortc keeps ICE, DTLS, sender reports and receiver reports. What this file touches of it is
private; ``check_internals`` names what a new aiortc release took away, and a test calls it.
"""

import asyncio
import struct
import types
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from aiortc import RTCRtpSender, clock
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpsender import random_sequence_number
from aiortc.rtp import AnyRtcpPacket

from ingest.media.metrics import WHEP_RESENT
from ingest.media.rtp_source import Picture, RtpSource

_HISTORY = 512  # packets kept for a NACK: more than two seconds of a sub stream
_BURST_PACKETS = 96  # more at once overflows a receiver's default UDP buffer
_BURST_PAUSE_S = 0.004
_HEAD = struct.Struct("!BBHII")
_MINE = "_RTCRtpSender__"  # how Python spells the sender's private names
_NEEDED = ("rtp_started", "rtp_exited", "ntp_timestamp", "rtp_timestamp", "packet_count")


def check_internals(sender: RTCRtpSender) -> list[str]:
    """Return the private names that this file needs and this aiortc does not have."""
    missing = [name for name in (*_NEEDED, "octet_count") if not hasattr(sender, _MINE + name)]
    for owner, name in (
        (sender, "_run_rtp"),
        (sender, "_retransmit"),
        (sender, "_handle_rtcp_packet"),
        (sender, "_ssrc"),
        (sender.transport, "_tx_srtp"),
        (sender.transport.transport, "_connection"),
        (sender.transport.transport._connection, "_nominated"),  # noqa: SLF001 - that is the check
    ):
        if not hasattr(owner, name):
            missing.append(name)
    return missing


@dataclass(frozen=True, slots=True)
class _Way:
    """Encrypts and sends; looked up once a picture, not once a packet."""

    protect: Callable[[bytes], bytes]
    sendto: Callable[[bytes, tuple[str, int]], None]
    address: tuple[str, int]

    def send(self, packet: bytes) -> None:
        self.sendto(self.protect(packet), self.address)


class PacketSender:
    """Sends one RtpSource to one peer; lives as long as aiortc's sender runs.

    Attributes:
        heard_at: monotonic seconds of the last RTCP from the peer, or of the start.
    """

    def __init__(
        self,
        sender: RTCRtpSender,
        source: RtpSource,
        *,
        monotonic: Callable[[], float],
        on_end: Callable[[str], None],
    ) -> None:
        self.heard_at = monotonic()
        self._sender = sender
        self._source = source
        self._monotonic = monotonic
        self._on_end = on_end
        self._payload_type = 0
        self._sequence = random_sequence_number()
        self._history: list[tuple[int, bytes] | None] = [None] * _HISTORY
        self._backlog: deque[Picture] | None = deque()  # None once the join burst is out
        self._await_key = True
        self._packets = 0
        self._octets = 0
        sender._run_rtp = types.MethodType(self._run, sender)  # type: ignore[method-assign]  # noqa: SLF001
        self._report = sender._handle_rtcp_packet  # noqa: SLF001
        sender._handle_rtcp_packet = self._heard  # type: ignore[method-assign]  # noqa: SLF001
        sender._retransmit = self._resend  # type: ignore[method-assign]  # noqa: SLF001

    def on_picture(self, picture: Picture) -> None:
        if self._backlog is not None:
            self._backlog.append(picture)
        else:
            self._emit(picture)

    def on_unsupported(self, reason: str) -> None:
        self._on_end(reason)

    async def _run(self, sender: RTCRtpSender, codec: RTCRtpCodecParameters) -> None:
        """Stand in for aiortc's own loop: send the cached pictures, then follow the source."""
        self._payload_type = codec.payloadType or 0
        getattr(sender, _MINE + "rtp_started").set()
        try:
            self._backlog = deque(self._source.join(self))
            await self._send_backlog()
            await asyncio.Event().wait()  # pictures now come through on_picture
        finally:
            self._source.leave(self)
            getattr(sender, _MINE + "rtp_exited").set()

    async def _send_backlog(self) -> None:
        burst = 0
        while self._backlog:
            picture = self._backlog.popleft()
            self._emit(picture)
            burst += len(picture.payloads)
            if burst >= _BURST_PACKETS:
                burst = 0
                await asyncio.sleep(_BURST_PAUSE_S)
        self._backlog = None

    def _emit(self, picture: Picture) -> None:
        if self._await_key and not picture.key:
            return
        way = self._way()
        self._await_key = way is None
        if way is None:
            return
        last = len(picture.payloads) - 1
        sequence, ssrc = self._sequence, self._sender._ssrc  # noqa: SLF001
        for index, payload in enumerate(picture.payloads):
            marked = self._payload_type | (0x80 if index == last else 0)
            packet = _HEAD.pack(0x80, marked, sequence, picture.timestamp, ssrc) + payload
            self._history[sequence % _HISTORY] = (sequence, packet)
            way.send(packet)
            sequence = (sequence + 1) & 0xFFFF
            self._octets += len(payload)
        self._packets += len(picture.payloads)
        self._sequence = sequence
        self._tell_reports(picture.timestamp)

    def _way(self) -> _Way | None:
        """Return how to reach the peer now; None while there is no way."""
        transport = self._sender.transport
        pair = transport.transport._connection._nominated.get(1)  # noqa: SLF001
        if pair is None or transport.state != "connected":
            return None
        return _Way(transport._tx_srtp.protect, pair.protocol.transport.sendto, pair.remote_addr)  # noqa: SLF001

    async def _resend(self, sequence_number: int) -> None:
        kept = self._history[sequence_number % _HISTORY]
        way = self._way()
        if way is not None and kept is not None and kept[0] == sequence_number:
            way.send(kept[1])
            WHEP_RESENT.inc()

    async def _heard(self, packet: AnyRtcpPacket) -> None:
        self.heard_at = self._monotonic()
        await self._report(packet)

    def _tell_reports(self, timestamp: int) -> None:
        """Keep aiortc's sender reports true."""
        sender = self._sender
        setattr(sender, _MINE + "ntp_timestamp", clock.current_ntp_time())
        setattr(sender, _MINE + "rtp_timestamp", timestamp)
        setattr(sender, _MINE + "packet_count", self._packets)
        setattr(sender, _MINE + "octet_count", self._octets)
