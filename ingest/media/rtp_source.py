"""One feed as RTP: access units cut into payloads once, however many peers watch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from aiortc import clock

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.feed import Feed
from ingest.media import packet_wire, rtp
from models.observations import StreamState


@dataclass(frozen=True, slots=True)
class Picture:
    """An access unit ready to be sent.

    Attributes:
        payloads: of RTP; shared by all peers.
        runs: the same, as they can be handed to the kernel together.
        timestamp: in 90 kHz ticks, modulo 2³².
        key: decoding may start here.
        octets: of all payloads.
        ntp: when it is sent, as RTCP tells time: seconds since 1900 × 2³².
    """

    payloads: list[bytes]
    runs: list[Sequence[bytes]]
    timestamp: int
    key: bool
    octets: int
    ntp: int


class PictureSink(Protocol):
    """A peer. Called on the event loop; must not block."""

    def on_picture(self, picture: Picture) -> None: ...

    def on_unsupported(self, reason: str) -> None:
        """The feed cannot go over WebRTC any more; close."""


class RtpSource:
    """A FeedSink that follows its feed only while it has peers."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self._parameters = feed.parameters
        self._cached: list[Picture] = []
        self._sinks: list[PictureSink] = []

    def join(self, sink: PictureSink) -> list[Picture]:
        """Follow; return the pictures since the last key picture, to be sent first."""
        if not self._sinks:
            self._parameters = self.feed.parameters
            live = self.feed.state is StreamState.LIVE
            self._cached = [self._cut(unit) for unit in self.feed.gop] if live else []
            self.feed.subscribe(self)
        self._sinks.append(sink)
        stamps = rtp.join_timestamps(
            len(self._cached), self._cached[-1].timestamp if self._cached else 0
        )
        now = clock.current_ntp_time()
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
        payloads = rtp.payloads(nals)
        octets = sum(map(len, payloads))
        timestamp = (unit.dts + unit.cts) & 0xFFFFFFFF
        now = clock.current_ntp_time()
        return Picture(payloads, packet_wire.runs(payloads), timestamp, unit.key, octets, now)
