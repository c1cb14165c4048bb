"""Tells the house what state each stream is in: rows of table stream and topic ``stream``."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.feed import Feed
from ingest.cameras.measure import Measured
from ingest.outage import AWAY
from ingest.wake import any_of
from models.camera import Stream
from models.kit import bus
from models.kit.database import Database
from models.kit.log import get
from models.observations import StreamKind, StreamState

log = get(__name__)
_RETRY_S = 0.5


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
            for report in reports.values():
                await session.execute(
                    update(Stream)
                    .where(Stream.camera_id == report.camera_id, Stream.kind == report.kind.value)
                    .values(_columns(report))
                )
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


def _columns(report: _Report) -> dict[str, object]:
    columns: dict[str, object] = {
        "state": report.state.value,
        "state_since": report.since,
        "state_detail": report.detail,
    }
    if report.parameters is not None:
        columns["codec"] = report.parameters.codec
        columns["width"] = report.parameters.width
        columns["height"] = report.parameters.height
    columns |= {name: value for name, value in asdict(report.measured).items() if value is not None}
    if report.measured.frame_rate is not None:
        columns["audio_codec"] = report.measured.audio_codec  # also that there is none any more
    return columns


def _notice(report: _Report) -> dict[str, object]:
    return {
        "camera_id": str(report.camera_id),
        "kind": report.kind.value,
        "state": report.state.value,
        "since": report.since.isoformat(),
        "detail": report.detail,
    }
