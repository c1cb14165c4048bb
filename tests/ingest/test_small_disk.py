"""A whole node on a file system of its own that is too small for long."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from ingest.recordings import retention
from ingest.simulated.rtsp_server import SimulatedCameras
from models.camera import MediaNode
from models.kit.database import Database
from models.kit.settings import Settings
from tests.builders import build_office
from tests.ingest.encoded import shown, write_clip
from tests.ingest.test_service import eventually, gaps, node_settings, recordings, running

pytestmark = pytest.mark.postgis
RESERVE_BYTES = 24 * 1024


def mount(where: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(where)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def unmount(where: Path) -> None:
    subprocess.run(["umount", str(where)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    where = tmp_path / "disk"
    where.mkdir()
    if not mount(where):
        pytest.skip("this user may not mount")
    try:
        yield where
    finally:
        unmount(where)


@pytest.fixture
async def cameras(tmp_path: Path) -> AsyncIterator[SimulatedCameras]:
    clip = write_clip(tmp_path / "clip.mp4")
    async with SimulatedCameras() as simulated:
        simulated.add("hall-1/main", {"plain": clip})
        simulated.add("hall-1/sub", {"plain": clip})
        yield simulated


@pytest.fixture
async def camera_id(database: Database, cameras: SimulatedCameras) -> UUID:
    async with database.transaction() as session:
        return (await build_office(session, rtsp_url=cameras.url("hall-1"))).cameras[0]


def settings_on(disk: Path, folder: Path) -> Settings:
    return node_settings(
        folder, recordings_dir=disk / "recordings", reserve_bytes=RESERVE_BYTES, segment_s=1.0
    )


async def test_a_full_disk_makes_room_and_records_on(
    database: Database,
    camera_id: UUID,
    small_disk: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "_EVERY_S", 0.2)
    settings = settings_on(small_disk, tmp_path)

    async def first_and_last() -> tuple[int, int]:
        rows = await recordings(database)
        return (rows[0].id, rows[-1].id) if rows else (0, 0)

    async with running(settings, database):
        begun = await eventually(first_and_last, lambda ids: ids[1] > 0)
        await eventually(first_and_last, lambda ids: ids[0] > begun[1] + 4)
    assert await gaps(database) == []
    rows = await recordings(database)
    assert all(len(shown(settings.recordings_path / row.path)) > 0 for row in rows)
    on_disk = {path.name for path in settings.recordings_path.rglob("*/main/*/*.mp4")}
    assert on_disk == {Path(row.path).name for row in rows}


async def test_a_disk_that_is_unmounted_is_told_and_its_rows_stay(
    database: Database, camera_id: UUID, small_disk: Path, tmp_path: Path
) -> None:
    settings = settings_on(small_disk, tmp_path)
    async with running(settings, database):
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 2)
    known = [row.path for row in await recordings(database)]
    unmount(small_disk)
    try:
        (small_disk / "recordings").mkdir()

        async def state() -> str | None:
            async with database.read() as session:
                return (await session.scalars(select(MediaNode.disk_state))).one()

        async with running(settings, database):
            await eventually(state, lambda seen: seen == "missing")
            await eventually(
                lambda: gaps(database), lambda rows: "disk_missing" in [r.reason for r in rows]
            )
        assert list((small_disk / "recordings").iterdir()) == []
        assert [row.path for row in await recordings(database)] == known
    finally:
        assert mount(small_disk)


async def test_a_full_disk_is_a_gap_and_a_state_of_the_node(
    database: Database, cameras: SimulatedCameras, camera_id: UUID, tmp_path: Path
) -> None:
    async def disk() -> tuple[str | None, str]:
        async with database.read() as session:
            node = (await session.scalars(select(MediaNode))).one_or_none()
            return (node.disk_state, node.disk_detail) if node else (None, "")

    async with running(node_settings(tmp_path, reserve_bytes=2**62), database):
        found = await eventually(disk, lambda seen: seen[0] == "full")
        await eventually(lambda: gaps(database), lambda rows: len(rows) == 1)
    assert found[1] == "free space is down to the reserve"
    (gap,) = await gaps(database)
    assert (gap.reason, gap.ended_at is not None) == ("disk_full", True)
    async with running(node_settings(tmp_path), database):
        await eventually(disk, lambda seen: seen[0] == "ok")
        await eventually(lambda: recordings(database), lambda rows: len(rows) >= 1)
    reasons = {gap.reason for gap in await gaps(database)}
    # The node's own absence counts from a second on; a quick machine is back before.
    assert reasons - {"node_down"} == {"disk_full"}
