"""Keeps what cameras notice: spans in table camera_notice, and topic ``camera_notice``."""

import asyncio
from collections import deque
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.onvif.notices import Sign
from ingest.outage import AWAY
from ingest.wake import any_of
from models.camera import CameraNotice
from models.kit import bus
from models.kit.database import Database
from models.kit.log import get
from models.observations import NoticeKind

log = get(__name__)
_RETRY_S = 1.0
_WAITING = 10_000  # signs that are kept while the database is away
_SAME_WITHIN = timedelta(seconds=10)  # motion that pauses for less goes on


@dataclass(frozen=True, slots=True)
class _Told:
    camera_id: UUID
    sign: Sign
    at: datetime


@dataclass(frozen=True, slots=True)
class _Settled:
    """Of this camera nothing lasts but this."""

    camera_id: UUID
    lasting: frozenset[tuple[NoticeKind, str]]
    at: datetime


class NoticeLedger:
    """Takes what cameras tell, in order, and writes it when the database is there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Told | _Settled] = deque()
        self._wake = asyncio.Event()

    def tell(self, camera_id: UUID, sign: Sign, at: datetime) -> None:
        """Take a sign; one that is known already changes nothing."""
        self._add(_Told(camera_id, sign, at))

    def settle(
        self, camera_id: UUID, lasting: AbstractSet[tuple[NoticeKind, str]], at: datetime
    ) -> None:
        """End everything of a camera that does not last: its end was never heard."""
        self._add(_Settled(camera_id, frozenset(lasting), at))

    async def run(self, stop: asyncio.Event) -> None:
        """Write until ``stop``; what was told until then is still written if possible."""
        while not stop.is_set() or self._waiting:
            if not self._waiting:
                await any_of(stop, self._wake)
            self._wake.clear()
            try:
                await self.flush()
            except AWAY as error:
                log.warning("notices.waiting", notices=len(self._waiting), error=str(error))
                if stop.is_set():
                    return
                await any_of(stop, timeout_s=_RETRY_S)

    async def flush(self) -> None:
        """Write what waits, in one transaction.

        Raises:
            one of AWAY: nothing was written.
        """
        batch = list(self._waiting)
        if not batch:
            return
        async with self._database.transaction() as session:
            for each in batch:
                if isinstance(each, _Settled):
                    await _settle(session, each)
                elif each.sign.active:
                    await _begin(session, each)
                else:
                    sign = each.sign
                    await _end(session, each.camera_id, {(sign.kind, sign.source)}, each.at)
        for _ in batch:
            self._waiting.popleft()

    async def forget(self, before: datetime) -> int:
        """Delete what ended before; return how many spans."""
        gone = delete(CameraNotice).where(CameraNotice.ended_at < before).returning(CameraNotice.id)
        async with self._database.transaction() as session:
            return len((await session.scalars(gone)).all())

    def _add(self, each: _Told | _Settled) -> None:
        if len(self._waiting) >= _WAITING:
            log.error("notices.lost", camera_id=str(each.camera_id))
            return
        self._waiting.append(each)
        self._wake.set()


async def _begin(session: AsyncSession, told: _Told) -> None:
    sign = told.sign
    row = {"camera_id": told.camera_id, "kind": sign.kind.value, "source": sign.source}
    earlier = (
        select(CameraNotice.id)
        .filter_by(**row)
        .where(CameraNotice.ended_at >= told.at - _SAME_WITHIN)
        .order_by(CameraNotice.ended_at.desc())
        .limit(1)
    )
    lasting = select(CameraNotice.id).filter_by(**row).where(CameraNotice.ended_at.is_(None))
    if (await session.scalar(lasting)) is not None:
        return
    again = (
        update(CameraNotice)
        .where(CameraNotice.id == earlier.scalar_subquery())
        .values(ended_at=None)
        .returning(CameraNotice.started_at)
    )
    since = await session.scalar(again)
    if since is None:
        since = await session.scalar(
            insert(CameraNotice)
            .values(**row, started_at=told.at)
            .on_conflict_do_nothing()
            .returning(CameraNotice.started_at)
        )
    if since is not None:
        _announce(session, told.camera_id, sign, since)


async def _end(
    session: AsyncSession, camera_id: UUID, which: AbstractSet[tuple[NoticeKind, str]], at: datetime
) -> None:
    ended = await session.execute(
        update(CameraNotice)
        .where(
            CameraNotice.camera_id == camera_id,
            CameraNotice.ended_at.is_(None),
            CameraNotice.started_at <= at,
            tuple_(CameraNotice.kind, CameraNotice.source).in_(
                [(kind.value, source) for kind, source in which]
            ),
        )
        .values(ended_at=at)
        .returning(CameraNotice.kind, CameraNotice.source)
    )
    for kind, source in ended.all():
        _announce(session, camera_id, Sign(NoticeKind(kind), source, False), at)


async def _settle(session: AsyncSession, settled: _Settled) -> None:
    rows = await session.execute(
        select(CameraNotice.kind, CameraNotice.source).where(
            CameraNotice.camera_id == settled.camera_id, CameraNotice.ended_at.is_(None)
        )
    )
    over = {(NoticeKind(kind), source) for kind, source in rows} - settled.lasting
    if over:
        await _end(session, settled.camera_id, over, settled.at)


def _announce(session: AsyncSession, camera_id: UUID, sign: Sign, since: datetime) -> None:
    bus.announce(
        session,
        "camera_notice",
        camera_id,
        {
            "camera_id": str(camera_id),
            "kind": sign.kind.value,
            "source": sign.source,
            "active": sign.active,
            "since": since.isoformat(),
        },
    )
