"""The list of streams: passwords are put in on the way to memory and nowhere else."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from ingest.cameras.address import Credentials
from ingest.cameras.roster import Roster
from models.camera import Camera, Stream
from models.kit.database import Database
from models.kit.secret import load_key, seal
from models.kit.settings import Settings

pytestmark = pytest.mark.postgis
BOB = Credentials("bob", "s@/c")
SIGNED_IN = "rtsp://bob:s%40%2Fc@10.0.0.5/1"


async def a_roster(database: Database, folder: Path, sealed_by: bytes | None = None) -> Roster:
    settings = Settings(state_dir=folder)
    key = sealed_by or load_key(settings)
    async with database.transaction() as session:
        await session.execute(update(Stream).values(url="rtsp://10.0.0.5/1", transport="udp"))
        await session.execute(update(Camera).values(credentials=seal(key, BOB.to_json())))
    return Roster(settings, database)


async def test_a_stream_is_read_with_its_password(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    wanted = await (await a_roster(database, tmp_path)).read()
    assert {(w.camera_id, w.url, w.transport) for w in wanted} == {(camera_id, SIGNED_IN, "udp")}
    assert "bob" not in repr(wanted)


@pytest.mark.usefixtures("camera_id")
async def test_the_copy_on_disk_is_sealed_and_comes_back(
    database: Database, tmp_path: Path
) -> None:
    clear = tmp_path / "cameras-node-1.json"
    clear.write_text('[["rtsp://bob:secret@10.0.0.5/1"]]')
    wanted = await (await a_roster(database, tmp_path)).read()
    assert not clear.exists()
    (copy,) = tmp_path.glob("cameras-*")
    assert (copy.name, copy.stat().st_mode & 0o777) == ("cameras-node-1.sealed", 0o600)
    assert b"10.0.0.5" not in copy.read_bytes()
    again = Roster(Settings(state_dir=tmp_path), database)
    assert await again.last_known() == wanted
    copy.write_bytes(copy.read_bytes()[:-1])
    assert await again.last_known() == []
    copy.unlink()
    assert await again.last_known() == []


@pytest.mark.usefixtures("camera_id")
async def test_credentials_of_another_key_leave_the_camera_to_refuse_us(
    database: Database, tmp_path: Path
) -> None:
    roster = await a_roster(database, tmp_path, sealed_by=b"another key of 32 bytes at least")
    assert {wanted.url for wanted in await roster.read()} == {"rtsp://10.0.0.5/1"}
