"""Makes pictures and sound of FFmpeg's packets."""

import struct
from collections.abc import Iterable

from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from ingest.cameras import nal, stamps
from ingest.cameras.access_unit import TIMESCALE
from ingest.cameras.assembler import CodedPicture, CodedSound
from ingest.cameras.codecs import VideoCodec
from ingest.cameras.slices import SliceJoiner, continues
from ingest.cameras.sound import coded_sound
from ingest.cameras.stamps import Stamp

_LEADING_LIMIT = 20  # pictures that may wait for the first one that tells its time
_WALL_US = struct.Struct("=q")


class Pieces:
    """State of one connection; knows the times of its first pictures only together.

    ``streams`` are those whose packets it wants.
    """

    def __init__(self, video: VideoStream, codec: VideoCodec, sound: AudioStream | None) -> None:
        self.streams = (video,) if sound is None else (video, sound)
        self._codec = codec
        self._tick = _per_tick(video)
        self._sound_index = -1 if sound is None else sound.index
        self._sound_tick = _per_tick(sound)
        self._leading: list[tuple[Stamp, list[bytes]]] | None = []
        self._joiner = SliceJoiner(codec)

    def of(self, packet: "Packet[Stream]") -> Iterable[CodedPicture | CodedSound]:
        """Return what is whole with this packet, in order."""
        if packet.stream_index == self._sound_index:
            heard = coded_sound(packet, self._sound_tick)
            return () if heard is None else (heard,)
        nals = nal.split_annex_b(bytes(packet))
        dts, pts = _ticks(packet.dts, self._tick), _ticks(packet.pts, self._tick)
        if self._leading is not None:
            return self._led((dts, pts), nals)
        stamp = pts if dts is None else dts
        if stamp is None:
            return ()  # odd cameras; the pictures around it tell their time
        shown = stamp if pts is None else pts
        camera_s = _camera_s(packet) if packet.is_keyframe else None
        return self._joiner.push(CodedPicture(stamp, shown, nals, camera_s=camera_s))

    def _led(self, told: Stamp, nals: list[bytes]) -> list[CodedPicture]:
        """Return the first pictures once their times are known."""
        leading = self._leading = self._leading or []
        if leading and continues(self._codec, nals):
            before, parts = leading[-1]
            leading[-1] = (told if before == (None, None) else before, [*parts, *nals])
            self._joiner = SliceJoiner(self._codec, cut=True)
        else:
            leading.append((told, nals))
        if leading[-1][0][0] is None and len(leading) < _LEADING_LIMIT:
            return []
        self._leading = None
        times = stamps.fill([stamp for stamp, _ in leading])
        newest = times[-1][0]
        return [
            CodedPicture(dts, pts, parts, waited=max(newest - dts, 0))
            for (dts, pts), (_, parts) in zip(times, leading, strict=True)
        ]


def _camera_s(packet: "Packet[Stream]") -> float | None:
    """Return the picture's time by the camera's clock (RTCP), as FFmpeg hands it over."""
    if not packet.has_sidedata("prft"):
        return None
    (wall_us,) = _WALL_US.unpack_from(bytes(packet.get_sidedata("prft")))
    return float(wall_us) / 1e6


def _per_tick(stream: Stream | None) -> float:
    """Return how many 90 kHz ticks one tick of a stream lasts."""
    return float(stream.time_base * TIMESCALE) if stream and stream.time_base else 1.0


def _ticks(stamp: int | None, per_tick: float) -> int | None:
    return None if stamp is None else round(stamp * per_tick)
