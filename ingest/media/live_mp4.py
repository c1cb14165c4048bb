"""GET …/live.mp4: one stream as endless fragmented MP4, for players that are no operator's wall."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.feed import Feed
from ingest.media.metrics import STREAMS
from ingest.media.node import MediaNode
from ingest.media.tickets import require_camera
from ingest.media.wall import require_playable
from ingest.recordings.fmp4 import Sample, fragment, init_segment
from models.kit.errors import Unavailable
from models.observations import StreamKind, StreamState

_LIMIT_BYTES = 4 * 1024 * 1024


class Mp4Viewer:
    """A FeedSink whose pictures are read as fragments; a slow reader loses up to a key picture.

    Time starts at 0 with the first picture: players outside the product expect that.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._waiting: deque[AccessUnit] = deque()
        self._size = 0
        self._await_key = True
        self._news = asyncio.Event()
        self._ended = False

    def on_parameters(self, parameters: StreamParameters) -> None:
        self.end()  # one file has one init segment; the player comes back for the new one

    def on_access_unit(self, unit: AccessUnit) -> None:
        if self._size + len(unit.avcc) > _LIMIT_BYTES:
            self._waiting.clear()
            self._size, self._await_key = 0, True
        if self._await_key and not unit.key:
            return
        self._await_key = False
        self._waiting.append(unit)
        self._size += len(unit.avcc)
        self._news.set()

    def on_state(self, state: StreamState, since: datetime, detail: str) -> None:
        """A pause is a pause: the pictures go on when the camera does."""

    def end(self) -> None:
        self._ended = True
        self._news.set()

    async def fragments(self) -> AsyncIterator[bytes]:
        """Yield the init segment, then a fragment for what came since the last one."""
        self._feed.refresh()
        parameters = self._feed.parameters
        if parameters is None:
            return
        if self._feed.state is StreamState.LIVE:
            for unit in self._feed.gop:
                self.on_access_unit(unit)
        self._feed.subscribe(self)
        STREAMS.inc()
        try:
            yield init_segment(parameters)
            sequence, origin = 0, None
            while not self._ended:
                self._news.clear()
                if self._waiting:
                    sequence += 1
                    units = tuple(self._waiting)
                    self._waiting.clear()
                    self._size = 0
                    origin = units[0].dts if origin is None else origin
                    samples = [Sample(u.duration, u.key, u.cts, u.avcc) for u in units]
                    yield fragment(sequence, units[0].dts - origin, samples)
                else:
                    await self._news.wait()
        finally:
            self._feed.unsubscribe(self)
            STREAMS.dec()


def routes(node: MediaNode) -> APIRouter:
    router = APIRouter()

    @router.get("/media/v1/cameras/{camera_id}/live.mp4")
    async def live_mp4(
        camera_id: UUID, request: Request, stream: StreamKind = StreamKind.SUB
    ) -> StreamingResponse:
        ticket = node.admit_request(request)
        require_camera(ticket, camera_id, "live")
        feed = node.feeds.get(camera_id, stream)
        require_playable(feed)
        if feed.parameters is None:
            msg = f"The camera has sent no picture yet: {feed.detail or feed.state}."
            raise Unavailable(msg)
        viewer = Mp4Viewer(feed)

        async def body() -> AsyncIterator[bytes]:
            with node.revocations.watch(ticket, viewer.end):
                async for part in viewer.fragments():
                    yield part

        return StreamingResponse(
            body(), media_type="video/mp4", headers={"Cache-Control": "no-store"}
        )

    return router
