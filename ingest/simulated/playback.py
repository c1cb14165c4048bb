"""One simulated camera: which picture is due, who watches, and what an operator made it do."""

import asyncio
import socket
import struct
from collections import deque
from dataclasses import dataclass
from random import Random

from ingest.simulated.clip import Clip, Picture
from ingest.simulated.faults import Faults
from ingest.simulated.metronome import Metronome
from ingest.simulated.rtp import CLOCK_HZ, interleaved_sender_report

_REPORT_EVERY = 3 * CLOCK_HZ
_LATE_LIMIT = 2 * CLOCK_HZ
_BACKLOG_LIMIT_BYTES = 4_000_000
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER of no time: the peer gets RST, not FIN
_HEARD = 10_000  # packets: three minutes of speech
_HALF_A_HEADER = b"$\x00\xff"


@dataclass(slots=True, eq=False)
class Viewer:
    """A client that may play this camera over its RTSP connection."""

    transport: asyncio.WriteTransport
    channel: int
    playing: bool = False
    wants_key: bool = True


class Playback:
    """Sends the pictures of one camera to its viewers in real time; lives on the event loop.

    RTP timestamps are 90 kHz ticks of the wall clock, so a receiver that trusts its own clock can
    read the age of a picture from them. ``phase`` 0–1 is the place in the loop at tick 0: main
    and sub of a scene share it. ``latest``: by how many ticks the latest picture was late.
    """

    def __init__(
        self,
        clips: dict[str, Clip],
        *,
        metronome: Metronome,
        phase: float,
        random: Random,
    ) -> None:
        self._clips = clips
        self.variant = next(iter(clips))
        self._next_variant = self.variant
        self.stalled = False
        self.stopped = False
        self.viewers: set[Viewer] = set()
        self.heard: deque[bytes] = deque(maxlen=_HEARD)  # RTP that came to the loudspeaker
        self.faults = Faults()
        self._metronome = metronome
        self._random = random
        self._phase = phase
        self._ssrc = random.getrandbits(32)
        self._sequence = random.getrandbits(16)
        self._packets = 0
        self._octets = 0
        self._reported_at = 0
        self.latest = 0
        self._index, self._due = self._position(phase)
        metronome.add(self._due, self._tick)

    @property
    def clip(self) -> Clip:
        return self._clips[self.variant]

    @property
    def variants(self) -> tuple[str, ...]:
        return tuple(self._clips)

    def next_key(self) -> tuple[int, int]:
        """Return RTP sequence number and time of the next key picture: where a viewer begins."""
        pictures = self.clip.pictures
        sequence, timestamp, index = self._sequence, self._due, self._index
        while not pictures[index].key:
            sequence += len(pictures[index].payloads)
            timestamp += self._until_next(index)
            index = (index + 1) % len(pictures)
        shift = pictures[index].show_at - pictures[index].decode_at
        shift += self.faults.clock_shift
        return sequence & 0xFFFF, (timestamp + shift) & 0xFFFFFFFF

    def show(self, variant: str) -> None:
        """Switch to another clip when the next key picture is due."""
        self._next_variant = variant

    def become(self, variant: str) -> None:
        """Be another camera at once: cut all viewers; who comes back finds this clip."""
        self.variant = self._next_variant = variant
        self._index, _ = self._position(self._phase)
        self.kick()

    def stall(self) -> None:
        self.stalled = True

    def resume(self) -> None:
        self.stalled = False
        self._wait_for_key()

    def kick(self) -> int:
        """Close the connection of everybody who watches; return how many there were."""
        viewers = list(self.viewers)
        self.viewers.clear()
        for viewer in viewers:
            viewer.transport.abort()
        return len(viewers)

    def reset(self) -> int:
        """Break all connections inside a packet, with a TCP reset; return how many there were."""
        for viewer in self.viewers:
            if viewer.transport.is_closing():
                continue
            viewer.transport.write(_HALF_A_HEADER)
            connection = viewer.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        return self.kick()

    def _position(self, phase: float) -> tuple[int, int]:
        """Return the picture that is next now, and when it is due."""
        now = self._metronome.now()
        since_start = (now + round(phase * self.clip.duration)) % self.clip.duration
        for index, picture in enumerate(self.clip.pictures):
            if picture.decode_at >= since_start:
                return index, now + picture.decode_at - since_start
        return 0, now + self.clip.duration - since_start

    def _wait_for_key(self) -> None:
        for viewer in self.viewers:
            viewer.wants_key = True

    def _tick(self) -> int:
        now = self._metronome.now()
        self.latest = max(self.latest, now - self._due)
        if now - self._due > _LATE_LIMIT:
            # The process was suspended: go on from now, as a camera after a freeze. Whoever counts
            # pictures must find them all: what a starved machine plays late, nobody has lost.
            self._due = now
        picture = self.clip.pictures[self._index]
        if picture.key and self._next_variant != self.variant:
            picture = self._switch()
        if not self.stalled and not self.stopped:
            self._send(picture)
        self._due += self._until_next(self._index)
        self._index = (self._index + 1) % len(self.clip.pictures)
        return self._due

    def _switch(self) -> Picture:
        group = self.clip.key_indexes.index(self._index)
        self.variant = self._next_variant
        keys = self.clip.key_indexes
        self._index = keys[group % len(keys)]
        return self.clip.pictures[self._index]

    def _until_next(self, index: int) -> int:
        pictures = self.clip.pictures
        following = index + 1
        end = pictures[following].decode_at if following < len(pictures) else self.clip.duration
        return end - pictures[index].decode_at

    def _send(self, picture: Picture) -> None:
        timestamp = self._due + picture.show_at - picture.decode_at + self.faults.clock_shift
        report_due = self._due - self._reported_at >= _REPORT_EVERY
        cut: dict[int, bytearray] = {}
        for viewer in tuple(self.viewers):
            if not viewer.playing or (viewer.wants_key and not picture.key):
                continue
            if viewer.transport.is_closing():  # some loops raise where others only ignore a write
                self.viewers.discard(viewer)
                continue
            viewer.wants_key = False
            channel = viewer.channel
            if channel not in cut:
                framed = self.clip.framed(channel)[self._index]
                wire = framed.stamped(self._sequence, timestamp, self._ssrc)
                if self.faults.spoil_packets:
                    wire = self.faults.spoiled(wire, framed.starts, self._random)
                cut[channel] = wire
                if report_due:
                    cut[channel] += self._sender_report(channel + 1)
            viewer.transport.write(cut[channel])
            if viewer.transport.get_write_buffer_size() > _BACKLOG_LIMIT_BYTES:
                viewer.transport.abort()  # reads too slowly; a camera drops such a client too
                self.viewers.discard(viewer)
        self._sequence = (self._sequence + len(picture.payloads)) & 0xFFFF
        self._packets += len(picture.payloads)
        self._octets += picture.size
        if report_due:
            self._reported_at = self._due

    def _sender_report(self, channel: int) -> bytes:
        now = self._due + self.faults.clock_shift
        return interleaved_sender_report(
            channel=channel,
            ssrc=self._ssrc,
            unix_s=now / CLOCK_HZ,
            timestamp=now,
            packets=self._packets,
            octets=self._octets,
        )
