"""Where coded pictures come from: RTSP over TCP, never decoded. Blocking; one thread each."""

import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from ingest.cameras import nal, stamps
from ingest.cameras.access_unit import TIMESCALE, AudioParameters
from ingest.cameras.assembler import CodedPicture, CodedSound
from ingest.cameras.codecs import CODECS, VideoCodec
from ingest.cameras.explain import meaning
from ingest.cameras.sound import coded_sound, find_sound
from models.kit.log import redact

_OPEN_TIMEOUT_S = 5.0
_WALL_US = struct.Struct("=q")
_LEADING_LIMIT = 20  # pictures that may wait for the first one that tells its time
_REFUSED = (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError)
_HOPELESS = (  # opening again, without sound, would change nothing
    *_REFUSED,
    av.error.ConnectionRefusedError,
    av.error.ExitError,
    av.error.TimeoutError,
)


class SourceFault(Exception):
    """The stream cannot be had now; the message is fit for a person and holds no password."""


class SourceEnded(SourceFault):
    """The camera ended the stream; cameras have no end, so this is a fault."""


class UnsupportedCodec(SourceFault):
    """The camera answers, but sends neither H.264 nor H.265."""


class AuthFailed(SourceFault):
    """The camera answers, but refuses the user and password."""


class StreamSource(Protocol):
    """One connection to one stream; used by one thread.

    Attributes:
        codec: how its pictures are coded.
        audio: the sound that comes with them; None where there is none, or none that is kept.
        odd_sound: the codec of a sound that is not kept; empty where there is none.
    """

    codec: VideoCodec
    audio: AudioParameters | None
    odd_sound: str

    def parameter_sets(self) -> Sequence[bytes]:
        """Parameter sets that the camera told outside of its pictures; may be empty."""

    def pieces(self, stop: threading.Event) -> Iterator[CodedPicture | CodedSound]:
        """Yield pictures and sound as they come until ``stop`` is set.

        Raises:
            SourceFault: nothing more will come.
        """

    def close(self) -> None: ...


Opener = Callable[[str, float, str], StreamSource]
"""Opens a URL with a read timeout in seconds by a transport; blocks. Raises SourceFault."""


class RtspSource:
    """A camera's stream by RTSP.

    ``transport``: tcp (RTP inside of the RTSP connection), udp, or http (all of it in a tunnel).
    """

    def __init__(self, url: str, read_timeout_s: float, transport: str = "tcp") -> None:
        self._url = url
        self._transport = transport
        self._options = {
            "rtsp_transport": transport,
            # No fflags=nobuffer: it throws away what was read to know the stream, and that
            # is the key picture everything waits for.
            "analyzeduration": "1",  # microseconds; 0 would mean five seconds
            "probesize": "32768",
            "fpsprobesize": "0",  # the SDP told what it is; nothing is to be guessed
            "timeout": str(round(read_timeout_s * 1_000_000)),  # of each read or write
        }
        self._container: InputContainer | None = None
        try:
            self._container = self._open()
            self._video, self.codec = self._find_video(self._container)
            self._sound, self.audio, self.odd_sound = find_sound(self._container)
        except (av.error.FFmpegError, OSError) as error:
            kind = AuthFailed if isinstance(error, _REFUSED) else SourceFault
            raise kind(self._explain("cannot open", error)) from error
        except UnsupportedCodec:
            self.close()
            raise

    def _open(self) -> InputContainer:
        """Open with sound; without it where that fails, as a sound must not cost the pictures."""
        try:
            return self._open_media("video+audio")
        except _HOPELESS:
            raise
        except (av.error.FFmpegError, OSError):
            return self._open_media("video")

    def _open_media(self, types: str) -> InputContainer:
        return av.open(
            self._url,
            mode="r",
            format="rtsp",
            options={**self._options, "allowed_media_types": types},
            # PyAV's own read timeout asks Python's clock, under its lock, at every poll.
            timeout=(_OPEN_TIMEOUT_S, None),
        )

    def parameter_sets(self) -> Sequence[bytes]:
        return nal.split_annex_b(self._video.codec_context.extradata or b"")

    def pieces(self, stop: threading.Event) -> Iterator[CodedPicture | CodedSound]:
        if self._container is None:
            return
        pieces = _Pieces(self._video, self._sound)
        try:
            for packet in self._container.demux(*pieces.streams):
                if stop.is_set():
                    return
                if packet.size:
                    yield from pieces.of(packet)
        except (av.error.FFmpegError, OSError) as error:
            raise SourceFault(self._explain("lost", error)) from error
        raise SourceEnded(f"{redact(self._url)}: the camera ended the stream")

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None

    def _find_video(self, container: InputContainer) -> tuple[VideoStream, VideoCodec]:
        if not container.streams.video:
            raise UnsupportedCodec(f"{redact(self._url)}: the stream has no video")
        video = container.streams.video[0]
        context = video.codec_context
        name = "an unknown codec" if context is None else context.name
        codec = CODECS.get(name)
        if codec is None:
            msg = (
                f"{redact(self._url)}: the camera sends {name}; "
                "set this stream to H.264 in the camera"
            )
            raise UnsupportedCodec(msg)
        return video, codec

    def _explain(self, what: str, error: Exception) -> str:
        return f"{redact(self._url)}: {what}: {meaning(error, self._transport)}"


class _Pieces:
    """Makes pieces of packets; knows the times of a connection's first pictures only together."""

    def __init__(self, video: VideoStream, sound: AudioStream | None) -> None:
        self.streams = (video,) if sound is None else (video, sound)
        self._tick = _per_tick(video)
        self._sound_index = -1 if sound is None else sound.index
        self._sound_tick = _per_tick(sound)
        self._leading: list[Packet[Stream]] | None = []

    def of(self, packet: "Packet[Stream]") -> Iterable[CodedPicture | CodedSound]:
        if packet.stream_index == self._sound_index:
            heard = coded_sound(packet, self._sound_tick)
            return () if heard is None else (heard,)
        if self._leading is None:
            picture = _coded(packet, self._tick)
            return () if picture is None else (picture,)
        self._leading.append(packet)
        if packet.dts is None and len(self._leading) < _LEADING_LIMIT:
            return ()
        leading, self._leading = self._leading, None
        return _led(leading, self._tick)


def _coded(packet: "Packet[Stream]", per_tick: float) -> CodedPicture | None:
    stamp = packet.dts if packet.dts is not None else packet.pts
    if stamp is None:
        return None  # odd cameras; the pictures around it tell their time
    shown = packet.pts if packet.pts is not None else stamp
    return CodedPicture(
        dts=round(stamp * per_tick),
        pts=round(shown * per_tick),
        nals=nal.split_annex_b(bytes(packet)),
        camera_s=_camera_s(packet) if packet.is_keyframe else None,
    )


def _led(packets: "Sequence[Packet[Stream]]", per_tick: float) -> Iterator[CodedPicture]:
    times = stamps.fill([(_ticks(p.dts, per_tick), _ticks(p.pts, per_tick)) for p in packets])
    newest = times[-1][0]
    for packet, (dts, pts) in zip(packets, times, strict=True):
        nals = nal.split_annex_b(bytes(packet))
        yield CodedPicture(dts, pts, nals, waited=max(newest - dts, 0))


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
