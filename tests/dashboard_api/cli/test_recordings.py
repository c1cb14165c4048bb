"""./ahual recordings: classes, and what they make of the days shown."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dashboard_api.cli.recordings import put_into_class, set_class, status
from models.camera import Camera
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import InvalidInput, NotFound
from models.kit.settings import Settings
from models.recording import Recording
from tests.builders import build_office, names

pytestmark = pytest.mark.postgis
DAYS = {"keep_min_days": 2.0, "keep_max_days": 60.0}


async def test_a_camera_is_put_into_a_class_and_its_days_are_shown(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = SystemClock().now()
    async with database.transaction() as session:
        camera_id = (await build_office(session)).cameras[0]
        session.add(
            Recording(
                camera_id=camera_id,
                stream_kind="main",
                node_name="node-1",
                path="1.mp4",
                started_at=now - timedelta(days=3),
                ended_at=now - timedelta(days=3, seconds=-10),
                size_bytes=10_000,
                init_bytes=1,
                codec="avc1.42e01f",
                gops=b"",
                closed=True,
            )
        )
    assert await set_class(database, "halls", DAYS, names("halls")) == 0
    assert await put_into_class(database, "almaty-1-cam-1", "halls") == 0
    assert await set_class(database, "halls", {**DAYS, "keep_max_days": 90.0}, names("h")) == 0
    assert await status(Settings(state_dir=tmp_path, reserve_bytes=0), database) == 0
    *_, line = capsys.readouterr().out.splitlines()
    assert "kept    3.0 days, asked 2 to 90, feasible 90.0" in line
    assert await put_into_class(database, "almaty-1-cam-1", "") == 0
    async with database.read() as session:
        assert (await session.scalars(select(Camera.retention_class_id))).one() is None


async def test_what_does_not_exist_is_said(database: Database) -> None:
    async with database.transaction() as session:
        await build_office(session)
    with pytest.raises(NotFound, match="no camera"):
        await put_into_class(database, "nowhere", "")
    with pytest.raises(NotFound, match="no class"):
        await put_into_class(database, "almaty-1-cam-1", "nothing")
    with pytest.raises(InvalidInput, match="more than 0"):
        await set_class(database, "x", {"keep_min_days": 3, "keep_max_days": 2}, names("x"))
