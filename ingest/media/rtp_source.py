"""One feed as RTP: access units cut into payloads once, however many peers watch."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.feed import Feed
from ingest.media import rtcp, rtp
from ingest.media.packets import Packets
from models.kit.clock import Clock
from models.observations import StreamState


@dataclass(frozen=True, slots=True)
class Picture:
    """An access unit ready to be sent.

    Attributes:
        packets: of RTP; shared by all peers.
        timestamp: in 90 kHz ticks, modulo 2³².
        key: decoding may start here.
        ntp: when it is sent, as RTCP tells time: seconds since 1900 × 2³².
    """

    packets: Packets
    timestamp: int
    key: bool
    ntp: int


class PictureSink(Protocol):
    """A peer. Called on the event loop; must not block."""

    def on_picture(self, picture: Picture) -> None: ...

    def on_unsupported(self, reason: str) -> None:
        """The feed cannot go over WebRTC any more; close."""


class RtpSource:
    """A FeedSink that follows its feed only while it has peers."""

    def __init__(self, feed: Feed, clock: Clock) -> None:
        self.feed = feed
        self._clock = clock
        self._parameters = feed.parameters
        self._cached: list[Picture] = []
        self._sinks: list[PictureSink] = []

    def join(self, sink: PictureSink) -> list[Picture]:
        """Follow; return the pictures since the last key picture, to be sent first."""
        if not self._sinks:
            self.feed.refresh()
            self._parameters = self.feed.parameters
            live = self.feed.state is StreamState.LIVE
            self._cached = [self._cut(unit) for unit in self.feed.gop] if live else []
            self.feed.subscribe(self)
        self._sinks.append(sink)
        stamps = rtp.join_timestamps(
            len(self._cached), self._cached[-1].timestamp if self._cached else 0
        )
        now = self._now()
        return [
            replace(picture, timestamp=stamp, ntp=now)
            for picture, stamp in zip(self._cached, stamps, strict=True)
        ]

    def leave(self, sink: PictureSink) -> None:
        if sink in self._sinks:
            self._sinks.remove(sink)
            if not self._sinks:
                self.feed.unsubscribe(self)
                self._cached = []

    def on_parameters(self, parameters: StreamParameters) -> None:
        self._parameters = parameters
        self._cached = []
        if parameters.has_b_frames or not parameters.playable:
            found = "B-frames" if parameters.playable else "H.265"
            for sink in tuple(self._sinks):
                sink.on_unsupported(f"the camera began to send {found}")

    def on_access_unit(self, unit: AccessUnit) -> None:
        picture = self._cut(unit)
        if unit.key:
            self._cached = [picture]
        elif self._cached:
            self._cached.append(picture)
        for sink in tuple(self._sinks):
            sink.on_picture(picture)

    def on_state(self, state: StreamState, since: datetime, detail: str) -> None:
        if state is not StreamState.LIVE:
            self._cached = []

    def _cut(self, unit: AccessUnit) -> Picture:
        nals = rtp.split_avcc(unit.avcc)
        if unit.key and self._parameters is not None:
            nals = [self._parameters.sps, self._parameters.pps, *nals]
        packets = Packets(rtp.payloads(nals))
        timestamp = (unit.dts + unit.cts) & 0xFFFFFFFF
        return Picture(packets, timestamp, unit.key, self._now())

    def _now(self) -> int:
        return rtcp.ntp_time(self._clock.now().timestamp())
