"""One RTSP connection that we speak ourselves: requests, their replies and signing in."""

import socket
import ssl
from contextlib import suppress

from ingest.cameras.assembler import CodedPicture, CodedSound
from ingest.cameras.direct.messages import Reply, Target, authorization, request, target
from ingest.cameras.direct.stream import InterleavedStream, OutOfOrder
from ingest.cameras.source import AuthFailed, Redirected, SourceFault
from models.kit.clock import Clock
from models.kit.errors import InvalidInput
from models.kit.log import redact

_OPEN_TIMEOUT_S = 5.0
_HELD_BYTES = 256 * 1024  # asked of the kernel: pictures that nobody watches gather there
_MOVED = frozenset({300, 301, 302, 303, 305, 307, 308})
_SAID = {
    401: "401, the camera refuses this user and password",
    403: "403, this user may not see the stream",
    404: "404, the camera has no stream at this path; check the path",
}


class NotPlain(Exception):
    """This camera wants more than is spoken here; the message says what."""


class Conversation:
    """Used by one thread. No redirection is followed: ``Redirected`` says where it leads.

    Attributes:
        target: whom we speak to.
        socket: the connection.
        stream: what comes in.
        early: pictures and sound that came before the reply to PLAY.
        session: the camera's name for what plays; empty before.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        try:
            self.target: Target = target(url)
        except InvalidInput as error:
            raise SourceFault(f"{redact(url)}: {error.detail}") from error
        self.stream = InterleavedStream()
        self.early: list[CodedPicture | CodedSound] = []
        self.session = ""
        self._cseq = 0
        self._demands: tuple[str, ...] = ()
        self.socket = self._connect()

    def describe(self) -> tuple[Reply, str]:
        """Ask what there is; return the reply to OPTIONS, and what the description is relative to.

        Raises:
            SourceFault: the camera says no, or sends us elsewhere.
            NotPlain: it says what is not understood here.
            OSError: it does not answer.
        """
        public = self.ask("OPTIONS", self.target.url)
        described = self.ask("DESCRIBE", self.target.url, {"Accept": "application/sdp"})
        base = described.header("content-base") or described.header("content-location")
        return public, base or self.target.url

    def ask(self, method: str, url: str, headers: dict[str, str] | None = None) -> Reply:
        """Send a request and wait for its reply, signing in where that is demanded.

        Raises:
            SourceFault, NotPlain, OSError: as ``describe``.
        """
        reply = self.ask_once(method, url, headers or {})
        if reply.status == 401 and self.target.credentials is not None and not self._demands:
            self._demands = reply.headers.get("www-authenticate", ())
            reply = self.ask_once(method, url, headers or {})
        if reply.status == 200:
            return reply
        if reply.status in _MOVED:
            raise self._moved(reply.header("location"))
        if reply.status not in _SAID:
            raise NotPlain(f"{method} was answered by {reply.status}")
        kind = AuthFailed if reply.status in (401, 403) else SourceFault
        raise kind(f"{redact(self._url)}: cannot open: {_SAID[reply.status]}")

    def ask_once(self, method: str, url: str, headers: dict[str, str]) -> Reply:
        """Send a request and return its reply, whatever it says."""
        self.send(method, url, headers)
        deadline = self._clock.monotonic() + _OPEN_TIMEOUT_S
        while not self.stream.replies:
            length = self.socket.recv_into(self.stream.free)
            if not length or self._clock.monotonic() > deadline:
                raise NotPlain("the camera hung up" if not length else "a slow answer")
            self.early += self.stream.take(length)
        reply = self.stream.replies.pop(0)
        self.stream.replies.clear()
        return reply

    def send(self, method: str, url: str, headers: dict[str, str]) -> None:
        """Send a request; its reply comes with the stream."""
        self._cseq += 1
        signed = ""
        if self._demands and self.target.credentials is not None:
            found = authorization(self._demands, self.target.credentials, method, url)
            if found is None:
                raise NotPlain(f"sign-in by {self._demands[0].partition(' ')[0]}")
            signed = found
        own = {"Session": self.session, "Authorization": signed}
        self.socket.sendall(request(method, url, self._cseq, own | headers))

    def heed(self) -> None:
        """Look at replies to signs of life: a camera may want a new proof of the password."""
        for reply in self.stream.replies:
            if reply.status == 401:
                self._demands = reply.headers.get("www-authenticate", self._demands)
        self.stream.replies.clear()

    def close(self) -> None:
        if self.session:
            with suppress(OSError):  # a courtesy: the camera may be gone
                self.send("TEARDOWN", self.target.url, {})
            self.session = ""
        self.socket.close()

    def explain(self, what: str, error: OSError) -> str:
        """Return a sentence for a person, without a password."""
        if isinstance(error, ConnectionRefusedError):
            reason = "Connection refused: nothing listens there; check the port"
        elif isinstance(error, TimeoutError | BlockingIOError):
            reason = "no answer in time"
        else:
            reason = error.strerror or type(error).__name__
        return f"{redact(self._url)}: {what}: {reason}"

    def _moved(self, location: str) -> SourceFault:
        said = f"{redact(self._url)}: the camera sends us elsewhere"
        if not location.startswith(("rtsp://", "rtsps://")):
            return SourceFault(f"{said}, but not to an RTSP address")
        return Redirected(f"{said}: {redact(location)}", location)

    def _connect(self) -> socket.socket:
        place = self.target.host, self.target.port
        try:
            made = socket.create_connection(place, timeout=_OPEN_TIMEOUT_S)
        except OSError as error:
            raise SourceFault(self.explain("cannot open", error)) from error
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HELD_BYTES)
        if not self.target.secure:
            return made
        try:
            return _any_certificate().wrap_socket(made)
        except OSError as error:
            made.close()
            raise SourceFault(self.explain("cannot open", error)) from error


def find_redirect(url: str, transport: str, clock: Clock) -> None:
    """Ask as FFmpeg is about to, which would follow a camera to wherever it sends us. Blocks.

    Raises:
        Redirected: where to; to be checked first.
        SourceFault: the camera sends us to no RTSP address, or refuses the password.
    """
    try:
        talk = Conversation(url, clock)
    except SourceFault:
        return  # FFmpeg will say why, better than we can
    try:
        if transport == "http":
            _find_redirect_of_tunnel(talk)
        else:
            talk.describe()
    except (NotPlain, OSError, OutOfOrder):
        return
    finally:
        talk.close()


def _find_redirect_of_tunnel(talk: Conversation) -> None:
    """Ask for the half of an RTSP tunnel that is read, and go."""
    head = "Accept: application/x-rtsp-tunnelled\r\nx-sessioncookie: ahual"
    path = talk.target.path
    talk.socket.sendall(f"GET {path} HTTP/1.0\r\n{head}\r\n\r\n".encode())
    answer = talk.socket.recv(64).split(b" ")
    if len(answer) > 1 and answer[1][:1] == b"3":
        msg = f"{redact(talk.target.url)}: the camera sends its tunnel elsewhere; set it right"
        raise SourceFault(msg)


def _any_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # cameras sign their own
    return context
