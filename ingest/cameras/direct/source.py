"""Reads a camera over one TCP connection by itself; leaves what is not plain to FFmpeg."""

import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress

from ingest.cameras.access_unit import AudioParameters
from ingest.cameras.assembler import CodedPicture, CodedSound
from ingest.cameras.direct.messages import Reply, Target, authorization, request, target
from ingest.cameras.direct.sdp import VideoTrack, video_track
from ingest.cameras.direct.stream import InterleavedStream, OutOfOrder
from ingest.cameras.source import AuthFailed, RtspSource, SourceEnded, SourceFault, StreamSource
from models.kit.clock import Clock, SystemClock
from models.kit.errors import InvalidInput
from models.kit.log import get, redact

log = get(__name__)
_OPEN_TIMEOUT_S = 5.0
_SESSION_S = 60.0  # RFC 2326: a session lasts so long without a sign of life
_SAID = {
    401: "401, the camera refuses this user and password",
    403: "403, this user may not see the stream",
    404: "404, the camera has no stream at this path; check the path",
}


class NotPlain(Exception):
    """This camera wants more than is spoken here; the message says what."""


def open_stream(url: str, read_timeout_s: float, transport: str = "tcp") -> StreamSource:
    """Open a camera: by itself where the case is plain, else by FFmpeg.

    Raises:
        SourceFault: the stream cannot be had now.
    """
    if transport == "tcp" and url.startswith("rtsp://"):
        try:
            return DirectSource(url, read_timeout_s)
        except NotPlain as reason:
            log.info("stream.by_ffmpeg", url=redact(url), reason=str(reason))
    return RtspSource(url, read_timeout_s, transport)


class DirectSource:
    """One H.264 or H.265 track in the RTSP connection; used by one thread."""

    audio: AudioParameters | None = None
    odd_sound = ""

    def __init__(self, url: str, read_timeout_s: float, clock: Clock | None = None) -> None:
        self._url = url
        self._read_timeout_s = read_timeout_s
        self._clock = clock or SystemClock()
        try:
            self._target: Target = target(url)
        except InvalidInput as error:
            raise SourceFault(f"{redact(url)}: {error.detail}") from error
        self._stream = InterleavedStream()
        self._early: list[CodedPicture] = []  # came before the reply to PLAY
        self._cseq = 0
        self._demands: tuple[str, ...] = ()
        self._session = ""
        self._alive_method = "OPTIONS"
        self._alive_every_s = _SESSION_S / 2
        self._alive_at = 0.0
        self._socket = self._connect()
        try:
            self._track = self._start()
        except OSError as error:
            self.close()
            raise SourceFault(self._explain("cannot open", error)) from error
        except OutOfOrder as error:
            self.close()
            raise NotPlain("pictures out of order") from error
        except (SourceFault, NotPlain):
            self.close()
            raise
        self.codec = self._track.codec

    def parameter_sets(self) -> Sequence[bytes]:
        return self._track.parameter_sets

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

    def read_some(self) -> Sequence[CodedPicture]:
        """Return the pictures that were made whole by what one read brought; maybe none.

        Raises:
            SourceFault: nothing more will come.
            BlockingIOError: nothing came within the read timeout.
            OutOfOrder: only ``by_ffmpeg`` can read this stream.
        """
        if self._early:
            early, self._early = self._early, []
            return early
        try:
            length = self._socket.recv_into(self._stream.free)
        except BlockingIOError:
            raise
        except OSError as error:
            raise SourceFault(self._explain("lost", error)) from error
        if not length:
            raise SourceEnded(f"{redact(self._url)}: the camera ended the stream")
        pictures = list(self._stream.take(length))
        if self._clock.monotonic() >= self._alive_at:
            self._alive_at += self._alive_every_s
            self._show_life()
        if self._stream.replies:
            self._heed(self._stream.replies)
        return pictures

    def unblock(self) -> None:
        """From now on ``read_some`` is called only when there is something to read."""
        self._socket.setblocking(False)

    def fileno(self) -> int:
        return self._socket.fileno()

    def silent(self) -> SourceFault:
        return SourceFault(self._explain("lost", BlockingIOError()))

    def by_ffmpeg(self) -> StreamSource:
        """Open the same stream for FFmpeg, which looks into the pictures. Blocks."""
        log.info("stream.by_ffmpeg", url=redact(self._url), reason="pictures out of order")
        return RtspSource(self._url, self._read_timeout_s)

    def close(self) -> None:
        if self._session:
            with suppress(OSError):  # a courtesy: the camera may be gone
                self._send("TEARDOWN", self._target.url, {})
            self._session = ""
        self._socket.close()

    def _connect(self) -> socket.socket:
        try:
            made = socket.create_connection(
                (self._target.host, self._target.port), timeout=_OPEN_TIMEOUT_S
            )
        except OSError as error:
            raise SourceFault(self._explain("cannot open", error)) from error
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _start(self) -> VideoTrack:
        """Ask for the stream until it plays."""
        self._socket.settimeout(_OPEN_TIMEOUT_S)
        public = self._ask("OPTIONS", self._target.url).header("public")
        if "GET_PARAMETER" in public:
            self._alive_method = "GET_PARAMETER"
        described = self._ask("DESCRIBE", self._target.url, {"Accept": "application/sdp"})
        base = described.header("content-base") or described.header("content-location")
        try:
            text = self._stream.body.decode("utf-8", "replace")
            track = video_track(text, base or self._target.url)
        except InvalidInput as error:
            raise NotPlain(error.detail) from error
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        ready = self._ask("SETUP", track.url, {"Transport": transport})
        if "interleaved=0-1" not in ready.header("transport").replace(" ", ""):
            raise NotPlain(f"transport {ready.header('transport')}")
        self._session, _, rest = ready.header("session").partition(";")
        seconds = rest.partition("timeout=")[2].strip()
        if seconds.isdecimal() and int(seconds) > 1:
            self._alive_every_s = int(seconds) / 2
        self._stream.play(track)  # packets may come before the reply does
        self._ask("PLAY", base or self._target.url, {"Range": "npt=0.000-"})
        self._alive_at = self._clock.monotonic() + self._alive_every_s
        self._socket.settimeout(None)
        # The kernel's own timeout: one call a read, where Python's would poll before each.
        whole, rest_s = divmod(self._read_timeout_s, 1)
        limit = struct.pack("ll", int(whole), int(rest_s * 1e6))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        return track

    def _show_life(self) -> None:
        try:
            self._send(self._alive_method, self._target.url, {})
        except OSError as error:
            raise SourceFault(self._explain("lost", error)) from error

    def _heed(self, replies: list[Reply]) -> None:
        """Look at replies to signs of life: a camera may want a new proof of the password."""
        for reply in replies:
            if reply.status == 401:
                self._demands = reply.headers.get("www-authenticate", self._demands)
        replies.clear()

    def _ask(self, method: str, url: str, headers: dict[str, str] | None = None) -> Reply:
        """Send a request and wait for its reply, signing in where that is demanded."""
        reply = self._ask_once(method, url, headers or {})
        if reply.status == 401 and self._target.credentials is not None and not self._demands:
            self._demands = reply.headers.get("www-authenticate", ())
            reply = self._ask_once(method, url, headers or {})
        if reply.status == 200:
            return reply
        if reply.status not in _SAID:
            raise NotPlain(f"{method} was answered by {reply.status}")
        kind = AuthFailed if reply.status in (401, 403) else SourceFault
        raise kind(f"{redact(self._url)}: cannot open: {_SAID[reply.status]}")

    def _ask_once(self, method: str, url: str, headers: dict[str, str]) -> Reply:
        self._send(method, url, headers)
        deadline = self._clock.monotonic() + _OPEN_TIMEOUT_S
        while not self._stream.replies:
            length = self._socket.recv_into(self._stream.free)
            if not length or self._clock.monotonic() > deadline:
                raise NotPlain("the camera hung up" if not length else "a slow answer")
            self._early += self._stream.take(length)
        reply = self._stream.replies.pop(0)
        self._stream.replies.clear()
        return reply

    def _send(self, method: str, url: str, headers: dict[str, str]) -> None:
        self._cseq += 1
        signed = ""
        if self._demands and self._target.credentials is not None:
            found = authorization(self._demands, self._target.credentials, method, url)
            if found is None:
                raise NotPlain(f"sign-in by {self._demands[0].partition(' ')[0]}")
            signed = found
        own = {"Session": self._session, "Authorization": signed}
        self._socket.sendall(request(method, url, self._cseq, own | headers))

    def _explain(self, what: str, error: OSError) -> str:
        if isinstance(error, ConnectionRefusedError):
            reason = "Connection refused: nothing listens there; check the port"
        elif isinstance(error, TimeoutError | BlockingIOError):
            reason = "no answer in time"
        else:
            reason = error.strerror or type(error).__name__
        return f"{redact(self._url)}: {what}: {reason}"
