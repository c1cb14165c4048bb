"""WebRTC viewers of this node: capped, named by an unguessable id, reaped when they go silent."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID

from aiortc import RTCPeerConnection

from ingest.cameras.feed import Feed
from ingest.media import signalling
from ingest.media.handshakes import Handshakes
from ingest.media.metrics import WHEP_PEERS, WHEP_REAPED, WHEP_REFUSED
from ingest.media.node import MediaNode
from ingest.media.packet_sender import PacketSender
from ingest.media.rtp_source import RtpSource
from ingest.media.tickets import Ticket
from models.kit.errors import Conflict, Forbidden, NotFound, Unavailable
from models.kit.log import get
from models.observations import StreamKind

log = get(__name__)
SILENT_S = 20.0  # a peer that sent no RTCP for this long is gone; browsers report every second
SWEEP_S = 5.0
_OVER = frozenset({"failed", "closed"})
_NO_PEER = "There is no such WebRTC viewer, or it was closed. POST a new offer."


@dataclass(slots=True)
class Peer:
    """One viewer.

    Attributes:
        camera: id of the camera it was opened for, as text; its address names that one.
        session: whose it is.
        watch: ends with the peer.
    """

    connection: RTCPeerConnection
    sender: PacketSender
    camera: str
    session: str
    watch: ExitStack = field(default_factory=ExitStack)


class Peers:
    """All open WebRTC viewers. Lives on the event loop."""

    def __init__(self, node: MediaNode) -> None:
        self._node = node
        self._peers: dict[str, Peer] = {}
        self._joining = 0
        self._handshakes = Handshakes()
        self._sources: dict[tuple[UUID, StreamKind], RtpSource] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._peers)

    async def join(self, feed: Feed, ticket: Ticket, offer: str) -> tuple[str, str]:
        """Open a viewer; return its id and the SDP answer.

        Raises:
            Unavailable: the node has its cap of peers, or the camera has sent nothing yet.
            Conflict: the camera sends B-frames or H.265, which WebRTC cannot show.
            InvalidInput: the offer cannot be answered.
            Unauthenticated: the session was ended meanwhile.
        """
        _require_webrtc(feed)
        limit = self._node.settings.whep_peers_max
        if len(self._peers) + self._joining >= limit:
            WHEP_REFUSED.inc()
            msg = f"This node already serves its {limit} WebRTC viewers. Use the wall's transport."
            raise Unavailable(msg, retry_after_s=10)
        self._joining += 1
        try:
            end_turn = await self._handshakes.begin()
            try:
                return await self._open(feed, ticket, offer, end_turn)
            except BaseException:
                end_turn()
                raise
        finally:
            self._joining -= 1

    async def _open(
        self, feed: Feed, ticket: Ticket, offer: str, end_turn: Callable[[], None]
    ) -> tuple[str, str]:
        self._node.require_session(ticket)
        connection, rtp_sender = signalling.make_peer()
        peer_id = secrets.token_urlsafe(18)
        sender = PacketSender(
            rtp_sender,
            self._source(feed),
            monotonic=self._node.clock.monotonic,
            on_end=lambda reason: self._close_soon(peer_id, reason),
        )
        try:
            sdp = await signalling.answer(connection, offer)
        except BaseException:
            await connection.close()
            raise
        peer = Peer(connection, sender, str(feed.camera_id), ticket.session)
        self._peers[peer_id] = peer
        WHEP_PEERS.set(len(self._peers))
        peer.watch.enter_context(
            self._node.revocations.watch(
                ticket, lambda: self._close_soon(peer_id, "the session was ended")
            )
        )

        @connection.on("connectionstatechange")
        def changed() -> None:
            if connection.connectionState != "connecting":
                end_turn()
            if connection.connectionState in _OVER:
                self._close_soon(peer_id, f"the connection is {connection.connectionState}")

        return peer_id, sdp

    def switch(self, peer_id: str, feed: Feed, session: str) -> None:
        """Show another camera to a viewer, without a new offer.

        Raises:
            NotFound: no such viewer.
            Forbidden: it is another session's.
            Unavailable: the camera has sent nothing yet.
            Conflict: WebRTC cannot show this camera; the viewer goes on with the one it has.
        """
        peer = self._peers.get(peer_id)
        if peer is None:
            raise NotFound(_NO_PEER)
        if peer.session != session:
            msg = "This WebRTC viewer belongs to another session. POST an offer of your own."
            raise Forbidden(msg)
        _require_webrtc(feed)
        peer.sender.switch(self._source(feed))

    async def trickle(self, camera: str, peer_id: str, fragment: str) -> None:
        """Add a viewer's later candidates.

        Raises:
            NotFound: no such viewer.
            InvalidInput: the fragment cannot be read.
        """
        await signalling.trickle(self._get(camera, peer_id).connection, fragment)

    async def leave(self, camera: str, peer_id: str) -> None:
        """Close a viewer.

        Raises:
            NotFound: no such viewer.
        """
        self._get(camera, peer_id)
        await self._close(peer_id)

    async def sweep(self) -> None:
        """Close who went silent, for ever. ICE's own consent check takes twice as long."""
        while True:
            await asyncio.sleep(SWEEP_S)
            self.reap()

    def reap(self) -> list[str]:
        """Close peers that never connected or stopped to report; return their ids."""
        now_s = self._node.clock.monotonic()
        silent = [
            peer_id
            for peer_id, peer in self._peers.items()
            if now_s - peer.sender.heard_at > SILENT_S
        ]
        for peer_id in silent:
            WHEP_REAPED.inc()
            self._close_soon(peer_id, "the peer went silent")
        return silent

    async def close(self) -> None:
        """Close everything and wait for it."""
        await asyncio.gather(*(self._close(peer_id) for peer_id in tuple(self._peers)))
        await asyncio.gather(*self._closing)

    def _source(self, feed: Feed) -> RtpSource:
        key = (feed.camera_id, feed.kind)
        source = self._sources.get(key)
        if source is None or source.feed is not feed:
            source = self._sources[key] = RtpSource(feed, self._node.clock)
        return source

    def _get(self, camera: str, peer_id: str) -> Peer:
        peer = self._peers.get(peer_id)
        if peer is None or peer.camera != camera:
            raise NotFound(_NO_PEER)
        return peer

    def _close_soon(self, peer_id: str, reason: str) -> None:
        if peer_id in self._peers:
            log.info("whep.closing", peer=peer_id[:6], reason=reason)
            task = asyncio.get_running_loop().create_task(self._close(peer_id))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close(self, peer_id: str) -> None:
        peer = self._peers.pop(peer_id, None)
        if peer is None:
            return
        WHEP_PEERS.set(len(self._peers))
        peer.watch.close()
        await peer.connection.close()


def _require_webrtc(feed: Feed) -> None:
    if feed.parameters is None:
        msg = f"The camera has sent no picture yet: {feed.detail or feed.state}. Try again shortly."
        raise Unavailable(msg)
    if not feed.parameters.playable:
        msg = "H.265 is recorded, but browsers need an H.264 stream. Watch the sub stream instead."
        raise Conflict(msg)
    if feed.parameters.has_b_frames:
        msg = (
            "This camera sends B-frames, which WebRTC cannot show. Use the wall's transport "
            "(WS /media/v1/live), or turn B-frames off in the camera."
        )
        raise Conflict(msg)
