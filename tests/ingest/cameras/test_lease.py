from uuid import UUID

import pytest
from sqlalchemy import select

from ingest.cameras.lease import Leases
from models.camera import CameraLease
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.line import Line

pytestmark = pytest.mark.postgis


async def test_taking_a_lease_raises_its_epoch(database: Database, camera_id: UUID) -> None:
    first, second = Leases("node-1/a", database), Leases("node-1/b", database)
    await first.take([camera_id, new_id()])
    await second.take([camera_id])
    await first.take([camera_id])
    assert (first.epoch(camera_id), second.epoch(camera_id)) == (1, 2)
    async with Line(database) as line:
        await second.renew(line)
    async with database.read() as session:
        lease = (await session.scalars(select(CameraLease))).one()
    assert (lease.owner, lease.epoch) == ("node-1/b", 2)
