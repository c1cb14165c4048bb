"""Tells the house what state each stream is in: rows of table stream and topic ``stream``."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.feed import Feed
from ingest.cameras.measure import Measured
from ingest.outage import AWAY
from ingest.wake import any_of
from models.kit import bus
from models.kit.database import Database
from models.kit.log import get
from models.observations import StreamKind, StreamState

log = get(__name__)
_RETRY_S = 0.5
_KEPT = ("codec", "width", "height", "frame_rate", "key_interval_s", "clock_offset_s")
# All rows as one value: hundreds of cameras come up, and go at a stop, in one moment.
_WRITE = text(
    "UPDATE stream SET state = told.state, state_since = told.since, state_detail = told.detail,"
    f" {', '.join(f'{name} = COALESCE(told.{name}, stream.{name})' for name in _KEPT)},"
    # With a pace it is also known that there is no sound any more.
    " audio_codec = CASE WHEN told.frame_rate IS NULL THEN"
    " COALESCE(told.audio_codec, stream.audio_codec) ELSE told.audio_codec END"
    " FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS told (camera_id uuid, kind text, state text,"
    " since timestamptz, detail text, codec text, width integer, height integer,"
    " frame_rate double precision, key_interval_s double precision,"
    " clock_offset_s double precision, audio_codec text)"
    " WHERE stream.camera_id = told.camera_id AND stream.kind = told.kind"
)


@dataclass(frozen=True, slots=True)
class _Report:
    camera_id: UUID
    kind: StreamKind
    state: StreamState
    since: datetime
    detail: str
    parameters: StreamParameters | None
    measured: Measured


class _StateSink:
    def __init__(self, feed: Feed, tell: Callable[[Feed], None]) -> None:
        self._feed = feed
        self._tell = tell

    def on_parameters(self, parameters: StreamParameters) -> None:
        self._tell(self._feed)

    def on_access_unit(self, unit: AccessUnit) -> None:
        """Pictures are nobody's news."""

    def on_state(self, state: StreamState, since: datetime, detail: str) -> None:
        self._tell(self._feed)


class StreamReporter:
    """Observes the registry; keeps each stream's newest state while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: dict[tuple[UUID, StreamKind], _Report] = {}
        self._wake = asyncio.Event()

    def feed_added(self, feed: Feed, *, recorded: bool) -> None:
        del recorded  # the state matters of every stream
        feed.subscribe(_StateSink(feed, self._tell), house=True)
        feed.on_measured(self._tell)
        self._tell(feed)

    def feed_changed(self, feed: Feed, *, recorded: bool) -> None:
        """Being recorded or not is no state of a stream."""

    def feed_removed(self, feed: Feed) -> None:
        """The sink stays on the feed: it still hears that it goes down."""

    async def run(self, stop: asyncio.Event) -> None:
        """Write until ``stop``; the states told at the stop are still written if possible."""
        while not stop.is_set() or self._pending:
            if not self._pending:
                await any_of(stop, self._wake)
            self._wake.clear()
            try:
                await self.flush()
            except AWAY as error:
                log.warning("stream_state.waiting", streams=len(self._pending), error=str(error))
                if stop.is_set():
                    return
                await asyncio.sleep(_RETRY_S)

    async def flush(self) -> None:
        """Write what is pending in one transaction; on any of AWAY it stays pending."""
        reports = dict(self._pending)
        if not reports:
            return
        async with self._database.transaction() as session:
            told = [_notice(report) | _facts(report) for report in reports.values()]
            await session.execute(_WRITE, {"told": json.dumps(told)})
            for report in reports.values():
                bus.announce(session, "stream", report.camera_id, _notice(report))
        for key, report in reports.items():
            if self._pending.get(key) is report:
                del self._pending[key]

    def _tell(self, feed: Feed) -> None:
        self._pending[(feed.camera_id, feed.kind)] = _Report(
            feed.camera_id,
            feed.kind,
            feed.state,
            feed.state_since,
            feed.detail,
            feed.parameters,
            feed.measured,
        )
        self._wake.set()


def _facts(report: _Report) -> dict[str, object]:
    facts: dict[str, object] = asdict(report.measured)
    if report.parameters is not None:
        facts |= {name: getattr(report.parameters, name) for name in ("codec", "width", "height")}
    return facts


def _notice(report: _Report) -> dict[str, object]:
    return {
        "camera_id": str(report.camera_id),
        "kind": report.kind.value,
        "state": report.state.value,
        "since": report.since.isoformat(),
        "detail": report.detail,
    }
