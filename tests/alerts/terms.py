"""A leader's term, lived second by second, and what others write meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from alerts.service import Term
from models.alert import Alert, AlertUpdate
from models.camera import MediaNode, Stream
from models.kit.bus import announce, changes_after, last_seq
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.observation import ZoneObservationRow


async def see(
    database: Database, zone_id: UUID | None, people: int | None, clock: ManualClock
) -> None:
    """Write an observation as vision does: row and notice in one transaction."""
    state = "unknown" if people is None else "occupied" if people else "empty"
    now = clock.now()
    async with database.transaction() as session:
        session.add(
            ZoneObservationRow(zone_id=zone_id, at=now, since=now, state=state, people=people)
        )
        announce(
            session,
            "observation",
            str(zone_id),
            {
                "zone_id": str(zone_id),
                "state": state,
                "people": people,
                "since": now.isoformat(),
                "at": now.isoformat(),
            },
        )


async def set_streams(database: Database, camera_id: UUID, state: str, clock: ManualClock) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(Stream)
            .where(Stream.camera_id == camera_id)
            .values(state=state, state_since=clock.now())
        )
        for kind in ("main", "sub"):
            announce(
                session,
                "stream",
                camera_id,
                {
                    "camera_id": str(camera_id),
                    "kind": kind,
                    "state": state,
                    "since": clock.now().isoformat(),
                    "detail": "",
                },
            )


async def pass_time(database: Database, term: Term, clock: ManualClock, seconds: int) -> None:
    """Let a term live through that time, its media node alive."""
    for _ in range(seconds):
        clock.advance(timedelta(seconds=1))
        async with database.transaction() as session:
            await session.execute(update(MediaNode).values(seen_at=clock.now()))
        await term.tick()


class Follower:
    """Hands every notice to a term, one round at a time."""

    def __init__(self, database: Database, term: Term) -> None:
        self.database, self.term, self.seq = database, term, 0

    async def catch_up(self) -> None:
        async with self.database.read() as session:
            notices = await changes_after(session, self.seq)
        for notice in notices:
            await self.term._take(notice)
            self.seq = notice.seq


@asynccontextmanager
async def a_term(database: Database, clock: ManualClock) -> AsyncIterator[tuple[Term, Follower]]:
    term = Term(database, clock)
    follower = Follower(database, term)
    async with database.read() as session:
        follower.seq = await last_seq(session)
    await term.begin()
    yield term, follower


async def alerts(database: Database, rule: str) -> list[Alert]:
    async with database.read() as session:
        rows = await session.execute(
            select(Alert).where(Alert.rule == rule).order_by(Alert.raised_at)
        )
        return list(rows.scalars())


async def lines(database: Database, alert_id: UUID) -> list[str]:
    async with database.read() as session:
        rows = await session.execute(
            select(AlertUpdate.kind)
            .where(AlertUpdate.alert_id == alert_id)
            .order_by(AlertUpdate.id)
        )
        return list(rows.scalars())
