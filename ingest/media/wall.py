"""One operator's window: its tiles, each a viewer of a feed, all on one outbox."""

from datetime import datetime

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.feed import Feed
from ingest.media import wire
from ingest.media.metrics import WALL_DROPPED, WALL_TILES
from ingest.media.outbox import LIMIT_BYTES, Outbox
from ingest.media.wire import Config, Flag, Kind
from models.kit.clock import Clock
from models.kit.errors import Conflict, TooMany
from models.observations import StreamState

_FRAME, _NONE, _KEY = int(Kind.FRAME), int(Flag.NONE), int(Flag.KEY)  # an enum costs a look-up
UNPLAYABLE = "H.265 main records, but browsers need an H.264 sub stream: watch stream=sub."
TILES_MAX = 1024  # vision shows every camera of a node on one socket


def require_playable(feed: Feed) -> None:
    """Refuse what no browser decodes; a feed that has sent nothing yet may still turn out well.

    Raises:
        Conflict: the camera sends H.265.
    """
    if feed.parameters is not None and not feed.parameters.playable:
        raise Conflict(UNPLAYABLE)


class Tile:
    """One camera on a wall; a FeedSink that turns what it hears into records.

    Attributes:
        lost: pictures dropped and not yet told; while it is not 0 only a key picture may follow,
            as at the beginning.
        focused: sent at once instead of with others, dropped last.
    """

    def __init__(
        self, number: int, feed: Feed, outbox: Outbox, clock: Clock, *, key_only: bool
    ) -> None:
        self.lost = 0
        self.focused = False
        self._number = number
        self._feed = feed
        self._outbox = outbox
        self._clock = clock
        self._key_only = key_only
        self._await_key = True
        self._unplayable = False

    def open(self) -> None:
        """Tell the state and show the newest picture, then follow the feed."""
        feed = self._feed
        feed.refresh()
        self.on_state(feed.state, feed.state_since, feed.detail)
        if feed.parameters is not None:
            self.on_parameters(feed.parameters)
            if feed.state is StreamState.LIVE:
                self._catch_up(feed.gop)
        feed.subscribe(self)
        WALL_TILES.inc()

    def close(self) -> None:
        self._feed.unsubscribe(self)
        self._outbox.forget(self)
        WALL_TILES.dec()

    def on_parameters(self, parameters: StreamParameters) -> None:
        self._unplayable = not parameters.playable
        if self._unplayable:  # the camera was set to H.265 while it is watched
            self.on_state(self._feed.state, self._feed.state_since, self._feed.detail)
            return
        config = Config(
            parameters.codec, parameters.width, parameters.height, parameters.avcc_config
        )
        now_s = self._clock.now().timestamp()
        self._put(Kind.CONFIG, Flag.NONE, now_s, now_s, wire.pack_config(config))

    def on_access_unit(self, unit: AccessUnit) -> None:
        if self._unplayable or (self._key_only and not unit.key):
            return
        size = wire.HEAD_BYTES + len(unit.avcc)
        if self._outbox.room < size:
            self._outbox.make_room(size)
        if not unit.key and (self.lost or self._await_key):
            self.lost += bool(self.lost)
            return
        if self.lost:
            WALL_DROPPED.inc(self.lost)
            self._notice({"type": "drop", "count": self.lost})
            self.lost = 0
        self._await_key = False
        self._frame(unit, _KEY if unit.key else _NONE)

    def on_state(self, state: StreamState, since: datetime, detail: str) -> None:
        if self._unplayable and state is StreamState.LIVE:
            state, detail = StreamState.UNSUPPORTED, UNPLAYABLE
        self._notice(
            {"type": "state", "state": state.value, "since": since.isoformat(), "detail": detail}
        )

    def _catch_up(self, gop: list[AccessUnit]) -> None:
        """Send the cached pictures, all but the last only to be decoded, if they fit at all."""
        wanted = gop[:1] if self._key_only else gop
        size = sum(wire.HEAD_BYTES + len(unit.avcc) for unit in wanted)
        if not wanted or size > LIMIT_BYTES:
            return  # the next key picture begins
        self._outbox.make_room(size)
        self._await_key = False
        for unit in wanted:
            flags = _KEY if unit.key else _NONE
            self._frame(unit, flags if unit is wanted[-1] else flags | Flag.CATCH_UP)

    def _frame(self, unit: AccessUnit, flags: int) -> None:
        payload = unit.avcc
        head = wire.head(self._number, _FRAME, flags, unit.received_at, unit.shown_at, len(payload))
        self._outbox.put(self, head, payload, droppable=True, at_once=self.focused)

    def _notice(self, notice: dict[str, object]) -> None:
        now_s = self._clock.now().timestamp()
        self._put(Kind.NOTICE, Flag.NONE, now_s, now_s, wire.pack_notice(notice))

    def _put(
        self, kind: Kind, flags: Flag, server_time_s: float, media_time_s: float, payload: bytes
    ) -> None:
        head = wire.head(self._number, kind, flags, server_time_s, media_time_s, len(payload))
        self._outbox.put(self, head, payload, droppable=False, at_once=True)


class Wall:
    """The tiles of one socket."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.outbox = outbox
        self._clock = clock
        self._tiles: dict[int, Tile] = {}
        self._focused: int | None = None

    def add(self, number: int, feed: Feed, *, key_only: bool) -> None:
        """Show a feed on a tile; what the tile showed before ends.

        Raises:
            TooMany: the wall has its 1024 tiles.
            Conflict: the camera sends H.265.
        """
        require_playable(feed)
        if number not in self._tiles and len(self._tiles) >= TILES_MAX:
            msg = f"A wall has at most {TILES_MAX} tiles. Remove one first."
            raise TooMany(msg)
        self.remove(number)
        tile = Tile(number, feed, self.outbox, self._clock, key_only=key_only)
        tile.focused = number == self._focused
        self._tiles[number] = tile
        tile.open()

    def remove(self, number: int) -> None:
        """Take a tile off the wall; one that is not there is off already."""
        tile = self._tiles.pop(number, None)
        if tile is not None:
            tile.close()

    def focus(self, number: int | None) -> None:
        """Send this tile's pictures at once, every other tile's together.

        The tile may be added later: a window that comes back asks for both in any order.
        """
        self._focused = number
        for own_number, tile in self._tiles.items():
            tile.focused = own_number == number

    def close(self) -> None:
        for tile in self._tiles.values():
            tile.close()
        self._tiles.clear()
        self.outbox.close()
