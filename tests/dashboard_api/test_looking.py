"""How vision looks at a camera: set by those who draw zones, told to them."""

import pytest
from sqlalchemy import select

from models.looking import CameraHealth, CameraLooking
from tests.builders import NOON
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis


async def test_a_rate_and_a_threshold_are_kept_and_taken_back(centre: Centre) -> None:
    client = await centre.signed_in("admin")
    camera_id = centre.office.cameras[0]
    url = f"/api/v1/cameras/{camera_id}/looking"
    nothing = {"looks_per_s": None, "score": None, "health": None}
    assert (await client.get(url)).json() == nothing
    set_so = {"looks_per_s": 2.0, "score": 0.3}
    for _ in range(2):
        assert (await client.put(url, json=set_so)).json() == {**nothing, **set_so}
    async with centre.database.read() as session:
        kept = (await session.scalars(select(CameraLooking))).one()
    assert (kept.camera_id, kept.looks_per_s, kept.score) == (camera_id, 2.0, 0.3)
    assert (await client.put(url, json={})).json() == nothing
    for wrong in ({"looks_per_s": 6}, {"looks_per_s": 0}, {"score": 1}, {"score": 0}, {"x": 1}):
        assert (await client.put(url, json=wrong)).status_code == 422, wrong


async def test_it_says_how_the_camera_is_looked_at(centre: Centre) -> None:
    camera_id = centre.office.cameras[0]
    async with centre.database.transaction() as session:
        session.add(
            CameraHealth(
                camera_id=camera_id,
                node="vision-1",
                reported_at=NOON,
                looked_at=NOON,
                looks_per_s=0.9,
                late_s=0.2,
                dropped=1,
                broken=0,
                key_interval_s=4.0,
                whole=True,
            )
        )
    client = await centre.signed_in("admin")
    told = (await client.get(f"/api/v1/cameras/{camera_id}/looking")).json()["health"]
    assert (told["node"], told["whole"], told["key_interval_s"]) == ("vision-1", True, 4.0)
    assert (told["looks_per_s"], told["late_s"], told["dropped"]) == (0.9, 0.2, 1)
