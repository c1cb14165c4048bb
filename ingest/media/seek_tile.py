"""One tile of a replay socket: a camera's archive, and the newest wish of whoever looks at it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from ingest.cameras.access_unit import TIMESCALE
from ingest.media import wire
from ingest.media.metrics import SEEKS
from ingest.media.node import MediaNode
from ingest.media.seek_files import LoadedGop, SeekFiles
from ingest.media.seek_messages import Read, Seek
from ingest.media.seek_plan import Hole, Pick, choose, last_shown, locate, next_spot
from ingest.media.tickets import Ticket, require_interval
from ingest.media.wire import Config, Flag, Kind
from ingest.outage import AWAY
from ingest.recordings import archive
from ingest.recordings.samples import Decoding
from ingest.recordings.stored_file import instant
from models.kit.errors import CentreError, NotFound, Unavailable
from models.observations import StreamKind

_INSTANT = timedelta(milliseconds=1)
Send = Callable[[bytes], Awaitable[None]]
Refuse = Callable[[int, CentreError], Awaitable[None]]


class SeekTile:
    """Answers one wish at a time: of several seeks that came meanwhile only the newest counts."""

    def __init__(
        self,
        number: int,
        ticket: Ticket,
        kind: StreamKind,
        node: MediaNode,
        files: SeekFiles,
    ) -> None:
        assert ticket.camera is not None
        self.ticket = ticket
        self._number = number
        self._camera_id = ticket.camera
        self._kind = kind
        self._node = node
        self._files = files
        self._seek: Seek | None = None
        self._read: Read | None = None
        self._wake = asyncio.Event()
        self._told: tuple[str, Decoding] | None = None

    def wish(self, wish: Seek | Read) -> None:
        """Take a wish; a seek makes the reads before it pointless."""
        if isinstance(wish, Seek):
            self._seek, self._read = wish, None
        else:
            self._read = wish
        self._wake.set()

    async def serve(self, send: Send, refuse: Refuse) -> None:
        """Answer wishes for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while (wish := self._seek or self._read) is not None:
                self._seek, self._read = None, self._read if wish is self._seek else None
                try:
                    answer = await (
                        self._sought(wish) if isinstance(wish, Seek) else self._played(wish)
                    )
                except CentreError as error:
                    await refuse(self._number, error)
                except AWAY:
                    msg = "The node cannot reach its database now. Try again in a few seconds."
                    await refuse(self._number, Unavailable(msg))
                else:
                    await send(answer)

    async def _sought(self, wish: Seek) -> bytes:
        """Return the pictures that lead to the one meant; only that one is to be drawn."""
        at_ms = round(wish.at * 1000)
        require_interval(self.ticket, instant(at_ms), instant(at_ms))
        spots = await self._files.around(self._camera_id, self._kind, at_ms)
        found = locate(spots, at_ms, wish.pick)
        SEEKS.inc()
        if isinstance(found, Hole):
            return await self._gap(found, at_ms)
        first: LoadedGop | None = None
        for spot in found:
            gop = await self._files.load(spot)
            if not wish.exact:
                return self._shown(gop, 0, wish)
            target = choose(gop.pictures, round(wish.at * TIMESCALE), wish.pick)
            if target is not None:
                return self._shown(gop, target, wish)
            first = first or gop
        if first is None:
            msg = "There is no picture in this piece of the recording."
            raise NotFound(msg)
        # the instant lies within the last picture before a hole, or the step leads nowhere
        return self._shown(
            first, 0 if wish.pick is Pick.BEFORE else last_shown(first.pictures), wish
        )

    async def _played(self, wish: Read) -> bytes:
        """Return a whole GOP, to be drawn when each picture is due, and where the next begins."""
        at_ms = round(wish.at * 1000)
        require_interval(self.ticket, instant(at_ms), instant(at_ms))
        spots = await self._files.around(self._camera_id, self._kind, at_ms)
        found = next_spot(spots, at_ms)
        if isinstance(found, Hole):
            return await self._gap(found, at_ms)
        gop = await self._files.load(found)
        indexes = range(1 if wish.key_only else len(gop.pictures))
        until = {"type": "read", "at": wish.at, "until": found.gop.end_ms / 1000}
        return b"".join((*self._frames(gop, indexes, indexes), self._notice(until)))

    def _shown(self, gop: LoadedGop, target: int, wish: Seek) -> bytes:
        picture = gop.pictures[target]
        shown = {"type": "shown", "at": wish.at, "picture_at": picture.shown_s}
        return b"".join((*self._frames(gop, range(target + 1), (target,)), self._notice(shown)))

    def _frames(
        self, gop: LoadedGop, indexes: Iterable[int], drawn: Iterable[int]
    ) -> Iterable[bytes]:
        to_draw = set(drawn)
        known = gop.spot.file.codec, gop.decoding
        if known != self._told:
            self._told = known
            yield self._config(*known)
        for n in indexes:
            picture = gop.pictures[n]
            flags = Flag.KEY if picture.key else Flag.NONE
            if n not in to_draw:
                flags |= Flag.CATCH_UP
            yield wire.head(self._number, Kind.FRAME, flags, 0.0, picture.shown_s, picture.length)
            yield gop.content[picture.offset : picture.offset + picture.length]

    def _config(self, codec: str, how: Decoding) -> bytes:
        config = wire.pack_config(Config(codec, how.width, how.height, how.avcc_config))
        return wire.head(self._number, Kind.CONFIG, Flag.NONE, 0.0, 0.0, len(config)) + config

    async def _gap(self, hole: Hole, at_ms: int) -> bytes:
        """Return the notice that nothing is there, until when, and why."""
        start = instant(at_ms)
        async with self._node.database.read() as session:
            gaps = await archive.gaps(session, self._camera_id, self._kind, start, start + _INSTANT)
        reason = gaps[0].reason if gaps else None
        end_ms = hole.to_ms
        if end_ms is None and gaps and gaps[0].ended_at is not None:
            end_ms = round(gaps[0].ended_at.timestamp() * 1000)
        return self._notice(
            {
                "type": "gap",
                "at": at_ms / 1000,
                "from": None if hole.from_ms is None else hole.from_ms / 1000,
                "to": None if end_ms is None else end_ms / 1000,
                "reason": reason,
            }
        )

    def _notice(self, notice: dict[str, object]) -> bytes:
        payload = wire.pack_notice(notice)
        return wire.head(self._number, Kind.NOTICE, Flag.NONE, 0.0, 0.0, len(payload)) + payload
