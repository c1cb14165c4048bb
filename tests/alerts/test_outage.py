"""Own node, whole office or one camera: each is told as what it is."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from models.camera import Camera, MediaNode, Stream
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.ids import new_id
from models.looking import CameraHealth, VisionNode
from models.observations import StreamState
from tests.alerts.terms import a_term, alerts, pass_time, set_streams
from tests.builders import NOON, BuiltOffice, names

pytestmark = pytest.mark.postgis


async def test_a_dead_node_silences_its_cameras(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with a_term(database, clock) as (term, _):
        for _ in range(16):
            clock.advance(timedelta(seconds=1))
            await term.tick()
        (alert,) = await alerts(database, "node_down")
        assert (alert.office_id, alert.camera_id) == (None, None)
        assert alert.details == {"node": "node-1/0", "cameras": 1}
        assert await alerts(database, "camera_silent") == []
        await pass_time(database, term, clock, 4)
        assert (await alerts(database, "node_down"))[0].resolved_at is not None


async def test_a_dead_vision_process_is_told_though_another_lives(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async def beat(name: str) -> None:
        seen = update(VisionNode).where(VisionNode.name == name).values(seen_at=clock.now())
        async with database.transaction() as session:
            await session.execute(seen)

    async with database.transaction() as session:
        for name in ("vision-1", "vision-2"):
            row = {"started_at": NOON, "seen_at": NOON, "detector": "d", "cameras": 1}
            session.add(VisionNode(name=name, **row))
        counts = {"looks_per_s": 1.0, "dropped": 0, "broken": 0, "whole": False}
        session.add(
            CameraHealth(camera_id=office.cameras[0], node="vision-1", reported_at=NOON, **counts)
        )
    async with a_term(database, clock) as (term, _):
        for _ in range(8):
            await beat("vision-2")
            await pass_time(database, term, clock, 4)
        (alert,) = await alerts(database, "vision_down")
        assert (alert.subject, alert.severity) == ("vision:vision-1", "critical")
        assert alert.details == {"node": "vision-1", "cameras": 1}
        await beat("vision-1")
        await pass_time(database, term, clock, 4)
        assert (await alerts(database, "vision_down"))[0].resolved_at is not None


async def test_a_disk_that_fills_up_is_forecast_then_told(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async def disk(state: str, free: int) -> None:
        values = {"disk_state": state, "disk_since": clock.now(), "free_bytes": free}
        more = {"freeable_bytes": 0, "write_bytes_per_s": 1000.0, "disk_detail": state}
        async with database.transaction() as session:
            await session.execute(update(MediaNode).values(**values, **more))

    async with a_term(database, clock) as (term, _):
        await disk("ok", 3_600_000)
        await pass_time(database, term, clock, 62)
        (forecast,) = await alerts(database, "recording_disk")
        assert (forecast.severity, forecast.subject) == ("warning", "disk:node-1")
        assert forecast.details["headroom_s"] == 3600
        await disk("full", 0)
        await pass_time(database, term, clock, 5)
        (stopped,) = await alerts(database, "recording_stopped")
        assert (stopped.severity, stopped.office_id) == ("critical", None)
        assert stopped.details == {"node": "node-1", "disk": "full", "disk_detail": "full"}
        await disk("ok", 36_000_000)
        await pass_time(database, term, clock, 62)
        found = await alerts(database, "recording_disk") + await alerts(
            database, "recording_stopped"
        )
        assert all(alert.resolved_at is not None for alert in found)


async def test_an_office_without_line_is_one_alert(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        for number in (2, 3):
            camera = Camera(
                id=new_id(),
                office_id=office.office_id,
                code=f"cam-{number}",
                name=names("hall"),
                node_name="node-1",
            )
            session.add(camera)
            await session.flush()
            office.cameras.append(camera.id)
            session.add(
                Stream(
                    camera_id=camera.id,
                    kind="main",
                    url="rtsp://127.0.0.1/1",
                    recorded=True,
                    state=StreamState.LIVE,
                    state_since=NOON,
                )
            )
    async with a_term(database, clock) as (term, follower):
        await pass_time(database, term, clock, 60)
        for camera_id in office.cameras:  # 0, 8 and 16 s after the first
            await set_streams(database, camera_id, StreamState.STALLED, clock)
            await follower.catch_up()
            await pass_time(database, term, clock, 8)
        await pass_time(database, term, clock, 120)
        (offline,) = await alerts(database, "office_offline")
        assert (offline.office_id, offline.camera_id) == (office.office_id, None)
        assert offline.since_at == NOON + timedelta(seconds=60)
        assert offline.raised_at == NOON + timedelta(seconds=86)
        assert await alerts(database, "camera_silent") == []
        for camera_id in office.cameras[:2]:  # two come back one after another, the third not
            await set_streams(database, camera_id, StreamState.LIVE, clock)
            await follower.catch_up()
            await pass_time(database, term, clock, 20)
        assert (await alerts(database, "office_offline"))[0].resolved_at is not None
        assert await alerts(database, "camera_silent") == []
        await pass_time(database, term, clock, 30)
        (silent,) = await alerts(database, "camera_silent")
        assert silent.camera_id == office.cameras[2]
