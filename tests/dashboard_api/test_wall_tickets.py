"""A wall's tickets in one request: what can be shown is, and nothing else is told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from ingest.media.tickets import verify
from models.camera import Camera, MediaNode
from models.operator import AuditEntry
from tests.builders import NOON, build_office
from tests.dashboard_api.conftest import KEY, Centre

pytestmark = pytest.mark.postgis
TICKETS = "/api/v1/cameras/tickets"


async def test_each_camera_has_its_own_ticket_and_trail(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        other = await build_office(session, code="almaty-2")
        silent = await build_office(session, code="almaty-3")
        (await session.get_one(Camera, silent.cameras[0])).node_name = "node-7"
        for worker in range(2):
            session.add(
                MediaNode(
                    name="node-1",
                    worker=worker,
                    workers=2,
                    port=9100 + worker,
                    started_at=NOON,
                    seen_at=NOON,
                )
            )
    wanted = [centre.office.cameras[0], other.cameras[0]]
    client = await centre.signed_in("operator")
    ids = [str(camera) for camera in [*wanted, silent.cameras[0], uuid4()]]
    answer = await client.post(TICKETS, json={"camera_ids": ids})
    assert answer.status_code == 200, answer.text
    items = {item["camera_id"]: item for item in answer.json()["items"]}
    assert set(items) == {str(camera) for camera in wanted}
    for camera in wanted:
        item = items[str(camera)]
        ticket = verify(item["ticket"], KEY, centre.clock.now())
        assert (ticket.camera, ticket.purpose, ticket.user) == (camera, "live", "operator")
        assert ticket.session_ends_at == NOON + timedelta(hours=14)
        assert item["media_url"] == f"http://localhost:{9100 + camera.int % 2}"
    async with centre.database.read() as session:
        entries = list(await session.scalars(select(AuditEntry)))
    trail = sorted((entry.action, entry.subject) for entry in entries)
    assert trail == sorted(("camera.live", str(camera)) for camera in wanted)


@pytest.mark.parametrize("count", [0, 65])
async def test_a_wall_has_one_to_64_tiles(centre: Centre, count: int) -> None:
    client = await centre.signed_in("operator")
    ids = [str(uuid4()) for _ in range(count)]
    assert (await client.post(TICKETS, json={"camera_ids": ids})).status_code == 422


async def test_a_camera_of_another_region_is_left_out_and_leaves_no_trail(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        far = await build_office(session, code="astana-1", region_code="KZ-71")
    client = await centre.signed_in("operator", login="far", region_id=far.region_id)
    ids = [str(centre.office.cameras[0]), str(far.cameras[0])]
    answer = await client.post(TICKETS, json={"camera_ids": ids})
    assert [item["camera_id"] for item in answer.json()["items"]] == ids[1:]
    nobody = await centre.signed_in("agent")
    assert (await nobody.post(TICKETS, json={"camera_ids": ids})).status_code == 403
    async with centre.database.read() as session:
        entries = await session.scalars(
            select(AuditEntry.subject).where(AuditEntry.action == "camera.live")
        )
        assert list(entries) == ids[1:]
