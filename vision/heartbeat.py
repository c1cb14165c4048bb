"""This process' own row, that it is there, and how well each camera is looked at."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

import psycopg
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from models.camera import Camera
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.kit.service import wait
from models.looking import CameraHealth as CameraHealthRow
from models.looking import VisionNode
from vision.health import CameraHealth

log = get(__name__)
_BEAT_S = 2.0
_REPORT_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Itself:
    """What a process says of itself."""

    name: str
    detector: str


async def beat(
    itself: Itself,
    database: Database,
    clock: Clock,
    report: Callable[[], Mapping[UUID, CameraHealth]],
    stop: asyncio.Event,
) -> None:
    """Say every 2 s that this process is there, every 10 s how well it sees, until ``stop``."""
    started_at = clock.now()
    reported_at = started_at
    known: Mapping[UUID, CameraHealth] = report()
    while not stop.is_set():
        now = clock.now()
        if abs(now - reported_at) >= _REPORT_EVERY:
            known, reported_at = report(), now
            cameras = known
        else:
            cameras = {}
        fresh = {
            "started_at": started_at,
            "seen_at": now,
            "detector": itself.detector,
            "cameras": len(known),
        }
        try:
            async with database.transaction() as session:
                node = insert(VisionNode).values(name=itself.name, **fresh)
                await session.execute(
                    node.on_conflict_do_update(index_elements=["name"], set_=fresh)
                )
                await _write(session, itself.name, now, cameras)
        except (SQLAlchemyError, psycopg.Error, OSError) as error:
            log.warning("vision.not_seen", error=str(error))
        await wait(stop, _BEAT_S)


async def _write(
    session: AsyncSession, node: str, now: object, cameras: Mapping[UUID, CameraHealth]
) -> None:
    if not cameras:
        return
    there = set(await session.scalars(select(Camera.id).where(Camera.id.in_(cameras))))
    rows = [
        {"camera_id": camera_id, "node": node, "reported_at": now, **asdict(health)}
        for camera_id, health in sorted(cameras.items())
        if camera_id in there
    ]
    if rows:
        new = insert(CameraHealthRow)
        changed = {
            column.name: new.excluded[column.name]
            for column in CameraHealthRow.__table__.columns
            if column.name != "camera_id"
        }
        await session.execute(
            new.on_conflict_do_update(index_elements=["camera_id"], set_=changed), rows
        )
