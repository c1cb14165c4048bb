"""Speaking through a camera: a browser's microphone as PCMA, handed on without being decoded."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from aiortc import RTCPeerConnection
from aiortc.rtp import RtpPacket

from ingest.cameras.backchannel import PCMA, BackChannel, open_back_channel
from ingest.media import signalling
from ingest.media.aiortc_inside import hear
from ingest.media.metrics import TALKS
from ingest.media.node import MediaNode
from ingest.media.tickets import Ticket
from models.kit.errors import Conflict, NotFound
from models.kit.log import get

log = get(__name__)
LONGEST_S = 120.0
SILENT_S = 10.0  # no packet for so long: the browser is gone
_LOOK_S = 1.0
_OVER = frozenset({"failed", "closed"})

OpenChannel = Callable[[str, Callable[[str], None]], Awaitable[BackChannel]]


@dataclass(slots=True)
class Talk:
    """One person speaking through one camera.

    Attributes:
        name: unguessable id.
        user: who speaks.
        heard_at: monotonic seconds of the last packet.
    """

    name: str
    user: str
    connection: RTCPeerConnection
    channel: BackChannel
    began_at: float
    heard_at: float
    watch: ExitStack = field(default_factory=ExitStack)

    def take(self, packet: RtpPacket, now_s: float) -> None:
        if packet.payload_type == PCMA and packet.payload:
            self.heard_at = now_s
            self.channel.send(packet.payload)


class Talks:
    """Everybody who speaks through this node's cameras: one a camera. Lives on the event loop."""

    def __init__(self, node: MediaNode, open_channel: OpenChannel = open_back_channel) -> None:
        self._node = node
        self._open_channel = open_channel
        self._talks: dict[str, Talk | str] = {}  # by camera; text: who is just connecting
        self._closing: set[asyncio.Task[None]] = set()

    async def begin(self, ticket: Ticket, url: str, offer: str) -> tuple[str, str]:
        """Connect microphone and loudspeaker; return the talk's id and the SDP answer.

        Raises:
            Conflict: somebody else speaks through it now; the detail begins with who.
            NotFound: it has no loudspeaker.
            Unavailable: the camera does not answer.
            InvalidInput: the offer cannot be answered.
            Unauthenticated: the session was ended meanwhile.
        """
        camera = str(ticket.camera)
        now = self._talks.get(camera)
        if now is not None:
            who = now.user if isinstance(now, Talk) else now
            msg = f"{who} speaks through this camera now. Wait until they end."
            raise Conflict(msg)
        self._talks[camera] = ticket.user
        try:
            talk, sdp = await self._connect(ticket, camera, url, offer)
        except BaseException:
            del self._talks[camera]
            raise
        self._talks[camera] = talk
        TALKS.inc()
        if talk.channel.ended:
            self._close_soon(camera, talk.name, "the camera hung up")
        return talk.name, sdp

    async def _connect(self, ticket: Ticket, camera: str, url: str, offer: str) -> tuple[Talk, str]:
        name = secrets.token_urlsafe(18)
        channel = await self._open_channel(
            url, lambda reason: self._close_soon(camera, name, reason)
        )
        connection, receiver = signalling.make_listener()
        now_s = self._node.clock.monotonic()
        talk = Talk(name, ticket.user, connection, channel, now_s, now_s)
        hear(receiver, lambda packet: talk.take(packet, self._node.clock.monotonic()))
        try:
            sdp = await signalling.answer_listener(connection, offer)
            self._node.require_session(ticket)
        except BaseException:
            await connection.close()
            await channel.close()
            raise
        talk.watch.enter_context(
            self._node.revocations.watch(
                ticket, lambda: self._close_soon(camera, name, "the session was ended")
            )
        )

        @connection.on("connectionstatechange")
        def changed() -> None:
            if connection.connectionState in _OVER:
                self._close_soon(camera, name, f"the connection is {connection.connectionState}")

        return talk, sdp

    async def end(self, camera: str, name: str) -> None:
        """End a talk.

        Raises:
            NotFound: there is none of that id.
        """
        talk = self._talks.get(camera)
        if not isinstance(talk, Talk) or talk.name != name:
            msg = "Nobody speaks through this camera under that address; it has ended."
            raise NotFound(msg)
        await self._close(camera, name)

    async def sweep(self) -> None:
        """End who fell silent or speaks too long, for ever."""
        while True:
            await asyncio.sleep(_LOOK_S)
            self.look()

    def look(self) -> None:
        now_s = self._node.clock.monotonic()
        for camera, talk in tuple(self._talks.items()):
            if isinstance(talk, Talk):
                if now_s - talk.began_at > LONGEST_S:
                    self._close_soon(camera, talk.name, "it lasted too long")
                elif now_s - talk.heard_at > SILENT_S:
                    self._close_soon(camera, talk.name, "nothing was heard")

    async def close(self) -> None:
        """End all and wait for it."""
        open_ = [(c, talk.name) for c, talk in self._talks.items() if isinstance(talk, Talk)]
        await asyncio.gather(*(self._close(camera, name) for camera, name in open_))
        await asyncio.gather(*self._closing)

    def _close_soon(self, camera: str, name: str, reason: str) -> None:
        talk = self._talks.get(camera)
        if isinstance(talk, Talk) and talk.name == name:
            log.info("talk.closing", camera=camera, user=talk.user, reason=reason)
            task = asyncio.get_running_loop().create_task(self._close(camera, name))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close(self, camera: str, name: str) -> None:
        talk = self._talks.get(camera)
        if not isinstance(talk, Talk) or talk.name != name:
            return
        del self._talks[camera]
        TALKS.dec()
        talk.watch.close()
        await talk.connection.close()
        await talk.channel.close()
