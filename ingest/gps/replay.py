"""Kept raw messages read again by today's decoders; what is new becomes positions, once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from ingest.gps.decoders.message import DeviceMessage, Rejection
from ingest.gps.decoders.table import BY_NAME
from ingest.gps.devices import Devices
from ingest.gps.rows import Row, amend_positions
from ingest.gps.store import PositionStore, Submission
from ingest.gps.stored import Stored, stored_positions
from ingest.gps.transcript import Conversation
from ingest.gps.verdict import Trust, judge
from models.kit.clock import Clock
from models.kit.database import Database
from models.observations import PositionFix

CHUNK_FIXES = 1000
EXAMPLES = 10
# Conversations are read from their first message, because it may be the one that says whose it
# is; requests over HTTP stand alone.
_MESSAGES = text("""
    SELECT session_id, number, protocol, transport, device, payload, rejection, received_at
    FROM raw_message
    WHERE received_at < :ends_at AND (received_at >= :starts_at OR transport <> 'http')
        AND session_id IN (
            SELECT session_id FROM raw_message
            WHERE received_at >= :starts_at AND received_at < :ends_at
                AND (CAST(:protocol AS text) IS NULL OR protocol = :protocol)
                AND (CAST(:device AS text) IS NULL OR device = :device)
        )
    ORDER BY session_id, number
""").execution_options(yield_per=1000)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages to read again; None is any."""

    starts_at: datetime
    ends_at: datetime
    device: str | None = None
    protocol: str | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    session_id: UUID
    number: int
    protocol: str
    transport: str
    device: str | None
    payload: bytes
    rejection: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A fix that today's decoder reads, and its van."""

    vehicle_id: UUID
    fix: PositionFix
    received_at: datetime
    protocol: str


@dataclass(slots=True)
class Outcome:
    """What came of it.

    Attributes:
        messages, conversations: read.
        new, same, different: fixes, compared with the stored ones of the same van and moment;
            new ones are stored, different ones only where amending is wanted.
        mended: messages that were rejected once and are not any more.
        rejected: messages or records by reason, as of today.
        examples: the first different fixes: as stored, as read.
    """

    messages: int = 0
    conversations: int = 0
    new: int = 0
    same: int = 0
    different: int = 0
    mended: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[Stored, PositionFix]] = field(default_factory=list)


class Replay:
    """One run over kept messages."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        wanted: Wanted,
        *,
        dry_run: bool,
        amend: bool = False,
        strict: bool = False,
    ) -> None:
        """``amend``: let stored positions say what today's decoders read, where they differ."""
        self.outcome = Outcome()
        self._database = database
        self._clock = clock
        self._wanted = wanted
        self._dry_run = dry_run
        self._amend = amend and not dry_run
        self._strict = strict
        self._devices = Devices(database, clock)
        self._pending: list[Found] = []
        self._tried: set[tuple[UUID, datetime]] = set()

    async def run(self) -> Outcome:
        """Read the wanted messages again; store what is new unless it is only tried."""
        conversation: Conversation | None = None
        last: _Message | None = None
        async with _writer(self._database, self._clock) as store, self._database.read() as session:
            async for row in await session.stream(_MESSAGES, asdict(self._wanted)):
                message = _Message(*row)
                if last is None or message.session_id != last.session_id:
                    await self._end(conversation, last)
                    conversation = self._begin(message)
                    self.outcome.conversations += 1
                last = message
                await self._read(conversation, message)
                if len(self._pending) >= CHUNK_FIXES:
                    await self._settle(store)
            await self._end(conversation, last)
            await self._settle(store)
        return self.outcome

    def _begin(self, first: _Message) -> Conversation | None:
        protocol = BY_NAME.get(first.protocol)
        readings = {} if protocol is None else dict(protocol.readings)
        reading = {str(name): each for name, each in readings.items()}.get(first.transport)
        if reading is None:
            return None
        device = first.device if first.number else None
        return Conversation(reading, device=device, strict=self._strict)

    async def _read(self, conversation: Conversation | None, kept: _Message) -> None:
        if conversation is None:
            self.outcome.rejected["no_decoder"] += 1
            return
        messages = conversation.read(kept.payload, kept.received_at)
        if kept.received_at < self._wanted.starts_at:
            return
        self.outcome.messages += 1
        rejected = await self._take(messages, kept)
        self.outcome.mended += kept.rejection is not None and not rejected

    async def _end(self, conversation: Conversation | None, last: _Message | None) -> None:
        if conversation is None or last is None or last.received_at < self._wanted.starts_at:
            return
        await self._take(conversation.end(), last)

    async def _take(self, messages: Sequence[DeviceMessage], kept: _Message) -> bool:
        """Note the fixes of these messages; tell whether anything in them was rejected."""
        rejected = False
        for message in messages:
            admitted, refused = await _admitted(self._devices, message)
            self._pending += [
                Found(vehicle_id, fix, kept.received_at, kept.protocol)
                for vehicle_id, fix in admitted
                if self._wanted.device in (None, fix.device)
            ]
            for rejection in (*refused, *message.rejections):
                self.outcome.rejected[str(rejection.reason)] += 1
                rejected = True
        return rejected

    async def _settle(self, store: PositionStore) -> None:
        """Compare with what is stored, count, and store what is new."""
        # The first that came is the one that is stored.
        unique = {(each.vehicle_id, each.fix.fixed_at): each for each in reversed(self._pending)}
        self._pending = []
        async with self._database.read() as session:
            stored = await stored_positions(session, list(unique))
        new: list[Found] = []
        different: list[Found] = []
        for key, each in unique.items():
            known = stored.get(key)
            if known is None:
                if key not in self._tried:
                    new.append(each)
            elif known.says(each.fix):
                self.outcome.same += 1
            else:
                different.append(each)
                if len(self.outcome.examples) < EXAMPLES:
                    self.outcome.examples.append((known, each.fix))
        self.outcome.new += len(new)
        self.outcome.different += len(different)
        if self._dry_run:
            self._tried |= {(each.vehicle_id, each.fix.fixed_at) for each in new}
            return
        await asyncio.gather(*[await store.submit(_submission(each)) for each in new])
        if self._amend:
            async with self._database.transaction() as session:
                await amend_positions(session, [_row(each) for each in different])


def _row(found: Found) -> Row:
    """Return the row with the flags that a fix has by itself: it may be the first of its van."""
    row = Row(found.vehicle_id, found.fix, found.received_at, found.protocol)
    return replace(row, flags=judge(Trust(), found.fix, found.received_at)[1])


def _submission(found: Found) -> Submission:
    return Submission(
        protocol=found.protocol,
        received_at=found.received_at,
        raw=b"",
        device=found.fix.device,
        vehicle_id=found.vehicle_id,
        fixes=(found.fix,),
    )


@asynccontextmanager
async def _writer(database: Database, clock: Clock) -> AsyncIterator[PositionStore]:
    store, stop = PositionStore(database, clock), asyncio.Event()
    writing = asyncio.create_task(store.run(stop))
    try:
        yield store
    finally:
        stop.set()
        await writing


async def _admitted(
    devices: Devices, message: DeviceMessage
) -> tuple[list[tuple[UUID, PositionFix]], list[Rejection]]:
    """Return the fixes of known devices, and why the others are refused."""
    asked = dict.fromkeys(fix.device for fix in message.fixes)
    if message.device is not None:
        asked[message.device] = None
    fixes: list[tuple[UUID, PositionFix]] = []
    refused: list[Rejection] = []
    for identifier in asked:
        password = message.password if identifier == message.device else None
        known = await devices.admit(identifier, password)
        if isinstance(known, Rejection):
            refused.append(known)
        else:
            fixes += [(known.vehicle_id, fix) for fix in message.fixes if fix.device == identifier]
    return fixes, refused
