"""What vans are judged by, and where they may fall silent, is edited and reaches the judge."""

from datetime import time, timedelta

import pytest

from geo.judging.plans import Plans
from tests.builders import build_region, build_vehicle
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis
HOURS = {
    "weekdays": [1, 2, 3, 4, 5],
    "from": "08:00:00",
    "to": "18:00:00",
    "time_zone": "Asia/Almaty",
}
NOTHING = dict.fromkeys(
    ("working_hours", "late_s", "early_s", "off_route_s", "stay_s", "no_progress_s", "lost_s")
)


async def test_the_narrowest_word_holds_and_reaches_the_judge(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        van = await build_vehicle(session)
        other = await build_vehicle(session, identifier="van-2", plate="002 AA 02")
    client = await centre.signed_in("dispatcher")
    before = (await client.get("/api/v1/van-rules")).json()
    assert (before["fleet"], before["vans"]) == (NOTHING, [])
    assert before["defaults"]["working_hours"]["weekdays"] == [1, 2, 3, 4, 5, 6]
    assert (before["defaults"]["late_s"], before["defaults"]["lost_s"]) == (900, 900)
    fleet = {**NOTHING, "working_hours": HOURS, "late_s": 1200, "stay_s": 900}
    assert (await client.put("/api/v1/van-rules", json=fleet)).json() == fleet
    own = {**NOTHING, "late_s": 300}
    url = f"/api/v1/vehicles/{van}/rules"
    assert (await client.put(url, json=own)).status_code == 200
    after = (await client.get("/api/v1/van-rules")).json()
    assert (after["fleet"], after["vans"]) == (fleet, [{"vehicle_id": str(van), "rules": own}])
    now = centre.clock.now()
    async with centre.database.read() as session:
        plans = await Plans().read(session, now, now + timedelta(days=1))
    assert (plans[van].rules.late_s, plans[other].rules.late_s) == (300, 1200)
    assert (plans[van].rules.stay_s, plans[van].rules.lost_s) == (900, 900)
    assert plans[van].rules.working_hours.ends == time(18)
    await client.put(url, json=NOTHING)
    assert (await client.get("/api/v1/van-rules")).json()["vans"] == []


@pytest.mark.parametrize(
    "wrong",
    [{"late_s": 5}, {"lost_s": 90_000}, {"working_hours": {**HOURS, "weekdays": []}}, {"speed": 1}],
    ids=["too soon", "too late", "no days", "unknown"],
)
async def test_rules_that_cannot_be_meant_are_refused(
    centre: Centre, wrong: dict[str, object]
) -> None:
    client = await centre.signed_in("dispatcher")
    assert (await client.put("/api/v1/van-rules", json=wrong)).status_code == 422


async def test_a_region_changes_its_own_vans_only(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        van = await build_vehicle(session)
        far = await build_region(session, "KZ-71")
    stranger = await centre.signed_in("dispatcher", login="far", region_id=far)
    assert (await stranger.put("/api/v1/van-rules", json=NOTHING)).status_code == 403
    assert (await stranger.put(f"/api/v1/vehicles/{van}/rules", json={})).status_code == 404
    answer = await stranger.put("/api/v1/dead-zones/865:1538", json={"decision": "known"})
    assert answer.status_code == 403


async def test_people_decide_what_a_dead_zone_is(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    url = "/api/v1/dead-zones/865:1538"
    added = (await client.put(url, json={"decision": "known"})).json()
    assert (added["known"], added["silences"], added["south"], added["west"]) == (
        True, 0, 43.25, 76.9,
    )  # fmt: skip
    assert added["name"]["ru"]
    async with centre.database.transaction() as session:
        van = await build_vehicle(session)
    now = centre.clock.now()
    for decision, dead in (("known", {"865:1538"}), ("ignored", set()), (None, set())):
        await client.put(url, json={"decision": decision})
        async with centre.database.read() as session:
            plans = await Plans().read(session, now, now)
        assert plans[van].dead_cells == dead
    (shown,) = (await client.get("/api/v1/dead-zones")).json()["items"]
    assert (shown["cell"], shown["decision"], shown["known"]) == ("865:1538", None, False)
    assert (await client.put("/api/v1/dead-zones/x", json={"decision": None})).status_code == 422
