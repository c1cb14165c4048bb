"""Reads a camera over one TCP connection by itself; leaves what is not plain to FFmpeg."""

import socket
import struct
import threading
from collections.abc import Iterator, Sequence

from ingest.cameras.assembler import CodedPicture, CodedSound
from ingest.cameras.direct.conversation import Conversation, NotPlain, find_redirect
from ingest.cameras.direct.sdp import Tracks, tracks_of
from ingest.cameras.direct.sound import SoundTrack
from ingest.cameras.direct.stream import OutOfOrder
from ingest.cameras.source import RtspSource, SourceEnded, SourceFault, StreamSource
from models.kit.clock import Clock, SystemClock
from models.kit.errors import InvalidInput
from models.kit.log import get, redact

log = get(__name__)
_SO_TIMESTAMPNS = 35  # Linux; Python does not name it
_TIMESPEC = struct.Struct("ll")
_STAMP_ROOM = socket.CMSG_SPACE(_TIMESPEC.size)
_LONGEST_WAIT_S = 3.0  # more is a clock that was set meanwhile
_ENOUGH_BYTES = 128 * 1024  # half of what one read takes
_SESSION_S = 60.0  # RFC 2326: a session lasts so long without a sign of life


def open_stream(url: str, read_timeout_s: float, transport: str = "tcp") -> StreamSource:
    """Open a camera: by itself where the case is plain, else by FFmpeg.

    Raises:
        Redirected: the camera sends us elsewhere; the caller checks that and opens it.
        SourceFault: the stream cannot be had now.
    """
    if transport == "tcp" and url.startswith("rtsp://"):
        try:
            return DirectSource(url, read_timeout_s)
        except NotPlain as reason:
            log.info("stream.by_ffmpeg", url=redact(url), reason=str(reason))
    else:
        find_redirect(url, transport, SystemClock())
    return RtspSource(url, read_timeout_s, transport)


class DirectSource:
    """One H.264 or H.265 track in the RTSP connection, and its sound; used by one thread.

    Attributes:
        length: bytes that the last read brought.
        waited_s: for how long the last of them had been here, in the kernel's hands.
    """

    def __init__(self, url: str, read_timeout_s: float, clock: Clock | None = None) -> None:
        self._url = url
        self._read_timeout_s = read_timeout_s
        self._clock = clock or SystemClock()
        self.length = 0
        self.waited_s = 0.0
        self._alive_method = "OPTIONS"
        self._alive_every_s = _SESSION_S / 2
        self._alive_at = 0.0
        self._talk = Conversation(url, self._clock)
        self._stream = self._talk.stream
        try:
            self._tracks, sound = self._start()
        except OSError as error:
            self.close()
            raise SourceFault(self._talk.explain("cannot open", error)) from error
        except OutOfOrder as error:
            self.close()
            raise NotPlain("pictures out of order") from error
        except (SourceFault, NotPlain):
            self.close()
            raise
        self.codec = self._tracks.video.codec
        self.audio = sound.parameters if sound else None
        self.odd_sound = self._tracks.odd_sound

    def parameter_sets(self) -> Sequence[bytes]:
        return self._tracks.video.parameter_sets

    def pieces(self, stop: threading.Event) -> Iterator[CodedPicture | CodedSound]:
        try:
            while not stop.is_set():
                yield from self.read_some()
        except BlockingIOError as error:
            raise self.silent() from error
        except OutOfOrder:
            self.close()
            other = self.by_ffmpeg()
            try:
                yield from other.pieces(stop)
            finally:
                other.close()

    def read_some(self) -> Sequence[CodedPicture | CodedSound]:
        """Return the pictures and the sound that one read made whole; maybe none.

        Raises:
            SourceFault: nothing more will come.
            BlockingIOError: nothing came within the read timeout.
            OutOfOrder: only ``by_ffmpeg`` can read this stream.
        """
        if self._talk.early:
            early, self._talk.early = self._talk.early, []
            return early
        try:
            length, told, _, _ = self._talk.socket.recvmsg_into([self._stream.free], _STAMP_ROOM)
        except BlockingIOError:
            raise
        except OSError as error:
            raise SourceFault(self._talk.explain("lost", error)) from error
        if not length:
            raise SourceEnded(f"{redact(self._url)}: the camera ended the stream")
        self.length = length
        self.waited_s = self._waited_s(told)
        pieces = self._stream.take(length)
        if self._clock.monotonic() >= self._alive_at:
            self._alive_at += self._alive_every_s
            self._show_life()
        if self._stream.replies:
            self._talk.heed()
        return pieces

    @property
    def enough_bytes(self) -> int:
        """How much may wait to be read: a quarter of what the kernel holds, packets' heads too."""
        held = self._talk.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        return min(held // 4, _ENOUGH_BYTES)

    def unblock(self) -> None:
        """From now on ``read_some`` waits for nothing."""
        self._talk.socket.setblocking(False)

    def _waited_s(self, told: Sequence[tuple[int, int, bytes]]) -> float:
        """Return the age of a read's last byte, as the kernel's stamp tells it; 0 without one."""
        for level, kind, stamp in told:
            if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS):
                seconds, nanoseconds = _TIMESPEC.unpack(stamp)
                # The kernel's clock and none other, even where ours is set by a test.
                arrived_at: float = seconds + nanoseconds / 1e9
                age_s = SystemClock().now().timestamp() - arrived_at
                return min(max(age_s, 0.0), _LONGEST_WAIT_S)
        return 0.0

    def fileno(self) -> int:
        return self._talk.socket.fileno()

    def silent(self) -> SourceFault:
        return SourceFault(self._talk.explain("lost", BlockingIOError()))

    def by_ffmpeg(self) -> StreamSource:
        """Open the same stream for FFmpeg, which looks into the pictures. Blocks."""
        log.info("stream.by_ffmpeg", url=redact(self._url), reason="pictures out of order")
        return RtspSource(self._url, self._read_timeout_s)

    def close(self) -> None:
        self._talk.close()

    def _start(self) -> tuple[Tracks, SoundTrack | None]:
        """Ask for the stream until it plays; return what it has and the sound that comes."""
        talk = self._talk
        public, base = talk.describe()
        if "GET_PARAMETER" in public.header("public"):
            self._alive_method = "GET_PARAMETER"
        try:
            tracks = tracks_of(self._stream.body.decode("utf-8", "replace"), base)
        except InvalidInput as error:
            raise NotPlain(error.detail) from error
        ready = talk.ask("SETUP", tracks.video.url, {"Transport": _transport(0)})
        if not _agreed(ready.header("transport"), 0):
            raise NotPlain(f"transport {ready.header('transport')}")
        talk.session, _, rest = ready.header("session").partition(";")
        seconds = rest.partition("timeout=")[2].strip()
        if seconds.isdecimal() and int(seconds) > 1:
            self._alive_every_s = int(seconds) / 2
        sound = self._ask_for_sound(tracks.sound)
        self._stream.play(tracks.video, sound)  # packets may come before the reply does
        talk.ask("PLAY", base, {"Range": "npt=0.000-"})
        self._alive_at = self._clock.monotonic() + self._alive_every_s
        talk.socket.settimeout(None)
        # The kernel's own timeout: one call a read, where Python's would poll before each.
        whole, rest_s = divmod(self._read_timeout_s, 1)
        limit = struct.pack("ll", int(whole), int(rest_s * 1e6))
        talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        talk.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        return tracks, sound

    def _ask_for_sound(self, track: SoundTrack | None) -> SoundTrack | None:
        """Return the sound where the camera agrees to send it: it must not cost the pictures."""
        if track is None:
            return None
        reply = self._talk.ask_once("SETUP", track.url, {"Transport": _transport(2)})
        agreed = reply.status == 200 and _agreed(reply.header("transport"), 2)
        if not agreed:
            log.info("sound.refused", url=redact(self._url), status=reply.status)
        return track if agreed else None

    def _show_life(self) -> None:
        try:
            self._talk.send(self._alive_method, self._talk.target.url, {})
        except OSError as error:
            raise SourceFault(self._talk.explain("lost", error)) from error


def _transport(channel: int) -> str:
    return f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"


def _agreed(transport: str, channel: int) -> bool:
    return f"interleaved={channel}-{channel + 1}" in transport.replace(" ", "")
