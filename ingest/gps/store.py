"""The one writer of positions: batches, exactly once; a future resolves after its commit.

While the database is away the writer keeps its batch and tries again, the queue fills, receivers
wait, and devices are not acknowledged: nothing is lost and nothing grows. The queue is full by
messages or by bytes, whichever comes first: a message may be 64 KB long.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from ingest.gps import metrics
from ingest.gps.contact import Heard
from ingest.gps.decoders.message import Rejection, RejectionReason
from ingest.gps.rows import (
    Moved,
    RawRow,
    Row,
    insert_positions,
    insert_raw,
    last_places,
    move_last_positions,
)
from ingest.gps.verdict import Trust, judge
from ingest.outage import AWAY
from models.kit.bus import announce
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.kit.log import get
from models.kit.service import wait
from models.observations import PositionFix

log = get(__name__)
BATCH_FIXES = 1000  # or messages without one
BATCH_RAW_BYTES = 4 * 1024 * 1024
LINGER_S = 0.02  # a batch waits this long for company; well below the 200 ms that a map may lag
QUEUE_SUBMISSIONS = 2000
ROOM_BYTES = 32 * 1024 * 1024  # of what is queued and what is being written, together
_MESSAGE_BYTES, _FIX_BYTES = 1024, 512  # what Python needs for a message and for a fix, about
_RETRY_FIRST_S = 0.2
_RETRY_LONGEST_S = 2.0
_GONE = Rejection(RejectionReason.UNKNOWN_DEVICE, "The van of this device was removed.")
_REFUSED = Rejection(RejectionReason.MALFORMED, "The database refused the values of this message.")
_TRANSIENT_SQLSTATES = ("40P01", "40001", "53300", "57P01", "57P02", "57P03")


@dataclass(frozen=True, slots=True)
class Submission:
    """One message of a device, for the writer.

    Attributes:
        raw: the message as it came; empty where it came with another submission, as of a relay.
        vehicle_id: the van the device is in; None where the device is not known.
        fixes: to store; empty where vehicle_id is None.
        rejections: what was not a position.
        heard: where the message stood; None where it is not to be kept raw.
        checksum_failed: its checksum was wrong, and it was read all the same.
    """

    protocol: str
    received_at: datetime
    raw: bytes
    device: str | None
    vehicle_id: UUID | None = None
    fixes: tuple[PositionFix, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    heard: Heard | None = None
    checksum_failed: bool = False


@dataclass(slots=True)
class _Pending:
    submission: Submission
    committed: asyncio.Future[None]
    held_bytes: int


class PositionStore:
    """Owned by the event loop; ``submit`` from any task, ``run`` in exactly one."""

    def __init__(self, database: Database, clock: Clock, *, room_bytes: int = ROOM_BYTES) -> None:
        self._database = database
        self._clock = clock
        self._queue: asyncio.Queue[_Pending] = asyncio.Queue()
        self._room_bytes = room_bytes
        self._held_bytes = 0
        self._entrance = asyncio.Lock()
        self._left = asyncio.Event()
        self._trust: dict[UUID, Trust] = {}
        self._closed = False

    @property
    def held_bytes(self) -> int:
        """About how much memory everything takes that is not committed yet."""
        return self._held_bytes

    @property
    def waiting(self) -> bool:
        """Whether somebody waits for room."""
        return self._entrance.locked()

    async def submit(self, submission: Submission) -> asyncio.Future[None]:
        """Queue a message, waiting for room; the future is done once it is committed.

        The future fails with Unavailable where the process stops first: do not acknowledge then.
        """
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        size = _MESSAGE_BYTES + _FIX_BYTES * len(submission.fixes) + len(submission.raw)
        async with self._entrance:  # one after the other: short messages never pass a long one
            while not self._closed and not self._fits(size):
                self._left.clear()
                await self._left.wait()
            if self._closed:
                committed.set_exception(Unavailable("This receiver is stopping; send again."))
                return committed
            self._hold(size)
            self._queue.put_nowait(_Pending(submission, committed, size))
        return committed

    def _fits(self, size: int) -> bool:
        """Return whether a message may come in; one that is larger than all room comes alone."""
        if self._held_bytes and self._held_bytes + size > self._room_bytes:
            return False
        return self._queue.qsize() < QUEUE_SUBMISSIONS

    def _hold(self, size: int) -> None:
        self._held_bytes += size
        metrics.HELD_BYTES.set(self._held_bytes)
        if size < 0:
            self._left.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Write until told to stop; what is still queued then was never acknowledged."""
        try:
            while not stop.is_set():
                batch = await self._next_batch(stop)
                if batch and not await self._write_until_committed(batch, stop):
                    _fail(batch)
                self._hold(-sum(pending.held_bytes for pending in batch))
        finally:
            self._closed = True
            self._left.set()
            while not self._queue.empty():
                _fail([self._queue.get_nowait()])

    async def _next_batch(self, stop: asyncio.Event) -> list[_Pending]:
        try:
            batch = [await asyncio.wait_for(self._queue.get(), 0.5)]
        except TimeoutError:
            return []
        fixes, raw_bytes = _size(batch[0])
        until = self._clock.monotonic() + LINGER_S
        while fixes < BATCH_FIXES and raw_bytes < BATCH_RAW_BYTES and not stop.is_set():
            if self._queue.empty():
                left_s = until - self._clock.monotonic()
                if left_s <= 0:
                    break
                await asyncio.sleep(min(left_s, LINGER_S / 4))
                continue
            batch.append(self._queue.get_nowait())
            more_fixes, more_bytes = _size(batch[-1])
            fixes, raw_bytes = fixes + more_fixes, raw_bytes + more_bytes
        return batch

    async def _write_until_committed(self, batch: list[_Pending], stop: asyncio.Event) -> bool:
        retry_s = _RETRY_FIRST_S
        while True:
            try:
                with metrics.BATCH_S.time():
                    await self._write([pending.submission for pending in batch])
            except (DBAPIError, *AWAY) as error:
                if isinstance(error, DBAPIError) and not _transient(error):
                    return await self._write_apart(batch, error, stop)
                metrics.RETRIES.inc()
                log.warning("gps.database_away", error=str(error), retry_in_s=retry_s)
                if await wait(stop, retry_s):
                    return False
                retry_s = min(retry_s * 2, _RETRY_LONGEST_S)
            else:
                for pending in batch:
                    if not pending.committed.done():
                        pending.committed.set_result(None)
                return True

    async def _write_apart(
        self, batch: list[_Pending], error: DBAPIError, stop: asyncio.Event
    ) -> bool:
        """Find the message that the database refuses: it is kept raw, the others are stored."""
        if len(batch) > 1:
            middle = len(batch) // 2
            first = await self._write_until_committed(batch[:middle], stop)
            return await self._write_until_committed(batch[middle:], stop) and first
        (pending,) = batch
        submission = pending.submission
        log.error("gps.refused", device=submission.device, error=str(error.orig))
        if submission.vehicle_id is None:
            return False  # even raw it cannot be kept: not acknowledged
        rejection = _GONE if isinstance(error, IntegrityError) else _REFUSED
        metrics.REJECTIONS.labels(submission.protocol, rejection.reason).inc()
        pending.submission = replace(
            submission, vehicle_id=None, fixes=(), rejections=(rejection, *submission.rejections)
        )
        return await self._write_until_committed(batch, stop)

    async def _write(self, submissions: Sequence[Submission]) -> None:
        arrived = [
            Row(s.vehicle_id, fix, s.received_at, s.protocol)
            for s in submissions
            if s.vehicle_id is not None
            for fix in s.fixes
        ]
        raw = [
            RawRow(
                s.received_at,
                s.heard,
                s.protocol,
                s.device,
                s.raw,
                s.rejections[0] if s.rejections else None,
                s.checksum_failed,
            )
            for s in submissions
            if s.heard is not None
        ]
        async with self._database.transaction() as session:
            unseen = {row.vehicle_id for row in arrived} - self._trust.keys()
            trust = dict(self._trust)
            trust.update(await last_places(session, unseen))
            rows = judged(arrived, trust)
            await insert_raw(session, raw)
            await insert_positions(session, rows)
            moved = await move_last_positions(session, rows)
            if moved:
                positions = [_announced(one) for one in moved]
                announce(session, "position", "batch", {"positions": positions})
        self._trust = trust
        for protocol, count in Counter(row.protocol for row in rows).items():
            metrics.POSITIONS.labels(protocol).inc(count)
        for flag, count in Counter(flag for row in rows for flag in row.flags).items():
            metrics.FLAGS.labels(flag).inc(count)


def judged(arrived: Sequence[Row], trust: dict[UUID, Trust]) -> list[Row]:
    """Order rows by van and time, drop repetitions, flag each; ``trust`` is brought forward.

    The same rows in any order give the same result.
    """
    rows: list[Row] = []
    for _, same in groupby(sorted(arrived, key=Row.order), key=_key):
        first, *others = same
        # Different fixes of one moment: any fixed choice does, as long as arrival is no part of it.
        row = min((first, *others), key=repr) if others else first
        belief, flags = judge(trust.get(row.vehicle_id, Trust()), row.fix, row.received_at)
        trust[row.vehicle_id] = belief
        rows.append(replace(row, flags=flags) if flags else row)
    return rows


def _size(pending: _Pending) -> tuple[int, int]:
    return max(1, len(pending.submission.fixes)), len(pending.submission.raw)


def _key(row: Row) -> tuple[UUID, datetime]:
    return row.vehicle_id, row.fix.fixed_at


def _announced(moved: Moved) -> dict[str, object]:
    return {
        "vehicle_id": str(moved.vehicle_id),
        "latitude": moved.latitude,
        "longitude": moved.longitude,
        "speed_km_h": moved.speed_km_h,
        "course_deg": moved.course_deg,
        "accuracy_m": moved.accuracy_m,
        "fixed_at": moved.fixed_at.isoformat(),
        "received_at": moved.received_at.isoformat(),
    }


def _transient(error: DBAPIError) -> bool:
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return True
    return getattr(error.orig, "sqlstate", None) in _TRANSIENT_SQLSTATES


def _fail(batch: Sequence[_Pending]) -> None:
    for pending in batch:
        with suppress(asyncio.InvalidStateError):
            pending.committed.set_exception(Unavailable("This receiver is stopping; send again."))
            pending.committed.exception()  # its device may have hung up: nobody else will look
