"""Where coded pictures and sound come from: RTSP through FFmpeg. Blocking; one thread each."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from ingest.cameras import nal
from ingest.cameras.access_unit import AudioParameters
from ingest.cameras.assembler import CodedPicture, CodedSound
from ingest.cameras.codecs import CODECS, VideoCodec
from ingest.cameras.explain import meaning
from ingest.cameras.pieces import Pieces
from ingest.cameras.sound import find_sound
from models.kit.log import redact

_OPEN_TIMEOUT_S = 5.0
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


class Redirected(SourceFault):
    """The camera answers, but sends us to ``url``, which nobody has checked."""

    def __init__(self, message: str, url: str) -> None:
        super().__init__(message)
        self.url = url


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
            "user_agent": "Ahual",  # as in our own requests
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
        pieces = Pieces(self._video, self.codec, self._sound)
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
