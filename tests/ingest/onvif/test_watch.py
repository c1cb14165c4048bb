"""What cameras notice, from their own word to the table and the bus."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from ingest.cameras.address import Credentials
from ingest.onvif.ledger import NoticeLedger
from ingest.onvif.notices import Sign
from ingest.onvif.watch import CameraWatch
from ingest.simulated.onvif_device import SimulatedOnvifDevice, SimulatedProfile
from models.camera import Camera, CameraNotice
from models.kit.bus import changes_after
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.secret import load_key, seal
from models.kit.settings import Settings
from models.observations import NoticeKind
from tests.builders import NOON

pytestmark = pytest.mark.postgis
BOB = Credentials("bob", "secret")
TAMPER = ("tns1:RuleEngine/TamperDetector/Tamper", "IsTamper")
MOTION = Sign(NoticeKind.MOTION, "vs0", True)
STILL = Sign(NoticeKind.MOTION, "vs0", False)
COVERED = Sign(NoticeKind.TAMPER, "", True)


async def spans(database: Database) -> list[tuple[str, str, float, float | None]]:
    """Return kind, source and the seconds from noon of each span."""
    async with database.read() as session:
        rows = list(await session.scalars(select(CameraNotice).order_by(CameraNotice.id)))
    return [
        (
            row.kind,
            row.source,
            (row.started_at - NOON).total_seconds(),
            None if row.ended_at is None else (row.ended_at - NOON).total_seconds(),
        )
        for row in rows
    ]


@asynccontextmanager
async def watching(database: Database, settings: Settings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(
        CameraWatch(settings, database, SystemClock()).run(stop, asyncio.Event())
    )
    try:
        yield
    finally:
        stop.set()
        await task


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await holds():
            await asyncio.sleep(0.02)


async def test_a_camera_that_is_covered_says_so(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    profile = SimulatedProfile("main", "H264", 1280, 720, "rtsp://10.9.9.9/main")
    device = SimulatedOnvifDevice(BOB.user, BOB.password, [profile])
    await device.start()
    settings = Settings(state_dir=tmp_path)
    async with database.transaction() as session:
        sealed = seal(load_key(settings), BOB.to_json())
        await session.execute(update(Camera).values(onvif_url=device.url, credentials=sealed))

    async def lasting() -> list[bool]:
        async with database.read() as session:
            rows = await session.scalars(select(CameraNotice).order_by(CameraNotice.id))
            return [row.ended_at is None for row in rows]

    async def covered() -> bool:
        return await lasting() == [True]

    async def uncovered() -> bool:
        return await lasting() == [False]

    device.notices.put_nowait(("tns1:Monitoring/ProcessorUsage", "Value", "7"))
    for value in ("false", "true", "true"):
        device.notices.put_nowait((*TAMPER, value))
    async with watching(database, settings):
        await until(covered)
        device.notices.put_nowait((*TAMPER, "false"))
        await until(uncovered)
        assert device.subscribers == 1
    assert device.subscribers == 0  # cameras have few places
    await device.close()
    async with database.read() as session:
        notices = await changes_after(session, 0, ["camera_notice"])
    assert [(n.subject_id, n.data["kind"], n.data["active"]) for n in notices] == [
        (str(camera_id), "tamper", True),
        (str(camera_id), "tamper", False),
    ]


async def test_spans_of_what_lasts(database: Database, camera_id: UUID) -> None:
    ledger = NoticeLedger(database)
    for second, sign in ((0, MOTION), (1, MOTION), (5, STILL), (9, MOTION), (12, STILL)):
        ledger.tell(camera_id, sign, NOON + timedelta(seconds=second))
    await ledger.flush()
    assert await spans(database) == [("motion", "vs0", 0, 12)]  # a pause of 4 s is none
    ledger.tell(camera_id, MOTION, NOON + timedelta(seconds=60))
    ledger.tell(camera_id, COVERED, NOON + timedelta(seconds=61))
    await ledger.flush()
    # The connection was lost; when it is back, the camera tells of tampering only.
    ledger.settle(camera_id, {(NoticeKind.TAMPER, "")}, NOON + timedelta(seconds=90))
    await ledger.flush()
    assert await spans(database) == [
        ("motion", "vs0", 0, 12),
        ("motion", "vs0", 60, 90),
        ("tamper", "", 61, None),
    ]
    assert await ledger.forget(NOON + timedelta(seconds=30)) == 1
    assert len(await spans(database)) == 2
