"""Our own packet path inside aiortc's sender: no encoder, no packet objects, no copy per peer.

aiortc keeps ICE, DTLS and what the peer reports.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from aiortc import RTCRtpSender
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpsender import random_sequence_number

from ingest.media import rtcp, rtp
from ingest.media.aiortc_inside import SenderInside
from ingest.media.metrics import WHEP_RESENT
from ingest.media.packet_wire import PacketWire
from ingest.media.packets import Packets
from ingest.media.rtp_source import Picture, RtpSource

_HISTORY = 512  # packets kept for a NACK: more than two seconds of a sub stream
_BURST_PACKETS = 96  # more at once overflows a receiver's default UDP buffer
_BURST_PAUSE_S = 0.004
_NEXT = rtp.CLOCK_HZ // 1000  # at least this much later is the next picture's timestamp
_REPORT_EVERY = 4 << 32  # of NTP time: four seconds; without sound there is nothing to align
_LOOK_EVERY = 1 << 30  # a quarter of a second: ICE may have found a better way


class PacketSender:
    """Sends one RtpSource at a time to one peer; lives as long as aiortc's sender runs.

    Attributes:
        source: what is sent, or will be once the peer is connected.
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
        self.source = source
        self.heard_at = monotonic()
        self._monotonic = monotonic
        self._on_end = on_end
        self._inside = SenderInside(sender, run=self._run, heard=self._heard, resend=self._resend)
        self._wire: PacketWire | None = None
        self._payload_type = 0
        self._ssrc = self._inside.ssrc
        self._sequence = random_sequence_number()
        self._looked = 0
        self._history: deque[tuple[int, int, Packets]] = deque()
        self._kept = 0
        self._switched = asyncio.Event()
        self._backlog: deque[Picture] | None = deque()  # None once the join burst is out
        self._cached = 0
        self._await_key = True
        self._shift: int | None = 0  # from the source's timestamps to ours; None: to be found
        self._timestamp = 0
        self._ntp = 0  # when that was
        self._reported = 0
        self._packets = 0
        self._octets = 0

    def switch(self, source: RtpSource) -> None:
        """Send another source on the same SSRC: sequence and timestamps go on."""
        if source is self.source:
            return
        self.source.leave(self)
        self.source = source
        self._backlog = deque()
        self._switched.set()

    def on_picture(self, picture: Picture) -> None:
        if self._backlog is None:
            self._emit(picture)
        else:
            self._backlog.append(picture)

    def on_unsupported(self, reason: str) -> None:
        self._on_end(reason)

    async def _run(self, codec: RTCRtpCodecParameters) -> None:
        """Stand in for aiortc's own loop: send the cached pictures, then follow the source."""
        self._payload_type = codec.payloadType or 0
        try:
            while True:
                self._switched.clear()
                self._await_key = True
                self._backlog = deque(self.source.join(self))
                self._cached = len(self._backlog)
                if self._packets:
                    self._shift = None
                await self._send_backlog()
                await self._switched.wait()  # pictures come through on_picture meanwhile
        finally:
            self.source.leave(self)
            self._say_goodbye()

    async def _send_backlog(self) -> None:
        burst = 0
        while self._backlog:
            picture = self._backlog.popleft()
            self._emit(picture)
            burst += picture.packets.count
            if burst >= _BURST_PACKETS:
                burst = 0
                await asyncio.sleep(_BURST_PAUSE_S)
        if not self._switched.is_set():
            self._backlog = None

    def _emit(self, picture: Picture) -> None:
        if self._await_key and not picture.key:
            return
        wire = self._wire
        if wire is None or picture.ntp - self._looked >= _LOOK_EVERY:
            self._looked = picture.ntp
            wire = self._way_out()
            self._await_key = wire is None
            if wire is None:
                return
        self._await_key = False
        first, shift = self._sequence, self._shift
        if shift is None:
            shift = self._shift = self._found_shift(picture)
        timestamp = (picture.timestamp + shift) & 0xFFFFFFFF
        packets = picture.packets
        runs = packets.runs(self._payload_type, wire.trailer)
        self._sequence = wire.send(runs, first, timestamp, self._ssrc)
        self._timestamp, self._ntp = timestamp, picture.ntp
        self._packets += packets.count
        self._octets += packets.octets
        self._keep(first, timestamp, packets)
        if picture.ntp - self._reported >= _REPORT_EVERY:
            self._report(wire)

    def _way_out(self) -> PacketWire | None:
        way = self._inside.way()
        if self._wire is not None and (way is None or way is not self._wire.way):
            self._wire.close()
            self._wire = None
        if self._wire is None and way is not None:
            self._wire = PacketWire(way)
        return self._wire

    def _report(self, wire: PacketWire) -> None:
        self._reported = self._ntp
        report = rtcp.sender_report(
            self._ssrc,
            ntp=self._ntp,
            timestamp=self._timestamp,
            packets=self._packets,
            octets=self._octets,
            cname=self._inside.cname,
        )
        wire.send_plain(wire.way.protect_rtcp(report))

    def _say_goodbye(self) -> None:
        wire = self._way_out()
        if wire is not None:
            wire.send_plain(wire.way.protect_rtcp(rtcp.goodbye(self._ssrc)))
            wire.close()
            self._wire = None

    def _found_shift(self, picture: Picture) -> int:
        """Return the shift after a switch: the newest cached picture is due by the time gone."""
        gone = (picture.ntp - self._ntp) * rtp.CLOCK_HZ >> 32
        squeezed = _NEXT * max(self._cached - 1, 0)
        due = self._timestamp + max(gone - squeezed, _NEXT)
        return due - picture.timestamp

    def _keep(self, first: int, timestamp: int, packets: Packets) -> None:
        self._history.append((first, timestamp, packets))
        self._kept += packets.count
        while self._kept > _HISTORY and len(self._history) > 1:
            self._kept -= self._history.popleft()[2].count

    async def _resend(self, sequence_number: int) -> None:
        wire = self._way_out()
        for first, timestamp, packets in reversed(self._history):
            index = (sequence_number - first) & 0xFFFF
            if index < packets.count and wire is not None:
                packet = packets.one(index, self._payload_type, wire.trailer)
                wire.send(packet, sequence_number, timestamp, self._ssrc)
                WHEP_RESENT.inc()
                return

    def _heard(self) -> None:
        self.heard_at = self._monotonic()
