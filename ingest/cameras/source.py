"""Where coded pictures come from: RTSP over TCP, never decoded. Blocking; one thread each."""

import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from ingest.cameras import nal, stamps
from ingest.cameras.access_unit import TIMESCALE
from ingest.cameras.assembler import CodedPicture
from ingest.cameras.codecs import CODECS, VideoCodec
from models.kit.log import redact

_OPEN_TIMEOUT_S = 5.0
_WALL_US = struct.Struct("=q")
_LEADING_LIMIT = 20  # pictures that may wait for the first one that tells its time
_REFUSED = (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError)
_MEANT: tuple[tuple[type[Exception], str], ...] = (
    (av.error.HTTPUnauthorizedError, "401, the camera refuses this user and password"),
    (av.error.HTTPForbiddenError, "403, this user may not see the stream"),
    (av.error.HTTPNotFoundError, "404, the camera has no stream at this path; check the path"),
    (av.error.ConnectionRefusedError, "Connection refused: nothing listens there; check the port"),
    (av.error.InvalidDataError, "no answer in time, or one that is not RTSP; check the address"),
    (av.error.ExitError, "no answer in time"),
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
    """

    codec: VideoCodec

    def parameter_sets(self) -> Sequence[bytes]:
        """Parameter sets that the camera told outside of its pictures; may be empty."""

    def pictures(self, stop: threading.Event) -> Iterator[CodedPicture]:
        """Yield pictures until ``stop`` is set.

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
        self._container: InputContainer | None = None
        try:
            self._container = av.open(
                url,
                mode="r",
                format="rtsp",
                options={
                    "rtsp_transport": transport,
                    "allowed_media_types": "video",
                    # No fflags=nobuffer: it throws away what was read to know the stream, and that
                    # is the key picture everything waits for.
                    "analyzeduration": "1",  # microseconds; 0 would mean five seconds
                    "probesize": "32768",
                    "fpsprobesize": "0",  # the SDP told what it is; nothing is to be guessed
                },
                timeout=(_OPEN_TIMEOUT_S, read_timeout_s),
            )
            self._video, self.codec = self._find_video(self._container)
        except (av.error.FFmpegError, OSError) as error:
            kind = AuthFailed if isinstance(error, _REFUSED) else SourceFault
            raise kind(self._explain("cannot open", error)) from error
        except UnsupportedCodec:
            self.close()
            raise

    def parameter_sets(self) -> Sequence[bytes]:
        return nal.split_annex_b(self._video.codec_context.extradata or b"")

    def pictures(self, stop: threading.Event) -> Iterator[CodedPicture]:
        if self._container is None:
            return
        per_tick = float(self._video.time_base * TIMESCALE) if self._video.time_base else 1.0
        leading: list[Packet[VideoStream]] | None = []
        try:
            for packet in self._container.demux(self._video):
                if stop.is_set():
                    return
                if not packet.size:
                    continue
                if leading is None:
                    if (picture := _coded(packet, per_tick)) is not None:
                        yield picture
                    continue
                leading.append(packet)
                if packet.dts is not None or len(leading) >= _LEADING_LIMIT:
                    yield from _led(leading, per_tick)
                    leading = None
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
        codec = CODECS.get(video.codec_context.name)
        if codec is None:
            msg = (
                f"{redact(self._url)}: the camera sends {video.codec_context.name}; "
                "set this stream to H.264 in the camera"
            )
            raise UnsupportedCodec(msg)
        return video, codec

    def _explain(self, what: str, error: Exception) -> str:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        meant = (text for kind, text in _MEANT if isinstance(error, kind))
        reason = next(meant, redact(said))
        return f"{redact(self._url)}: {what}: {reason}"


def _coded(packet: "Packet[VideoStream]", per_tick: float) -> CodedPicture | None:
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


def _led(packets: "Sequence[Packet[VideoStream]]", per_tick: float) -> Iterator[CodedPicture]:
    """Yield the first pictures of a connection, whose times are known only together."""
    times = stamps.fill([(_ticks(p.dts, per_tick), _ticks(p.pts, per_tick)) for p in packets])
    newest = times[-1][0]
    for packet, (dts, pts) in zip(packets, times, strict=True):
        nals = nal.split_annex_b(bytes(packet))
        yield CodedPicture(dts, pts, nals, waited=max(newest - dts, 0))


def _camera_s(packet: "Packet[VideoStream]") -> float | None:
    """Return the picture's time by the camera's clock (RTCP), as FFmpeg hands it over."""
    if not packet.has_sidedata("prft"):
        return None
    (wall_us,) = _WALL_US.unpack_from(bytes(packet.get_sidedata("prft")))
    return float(wall_us) / 1e6


def _ticks(stamp: int | None, per_tick: float) -> int | None:
    return None if stamp is None else round(stamp * per_tick)
