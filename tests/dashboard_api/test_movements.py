"""/movements page by page, and the history of a trip's judgement."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from geo.judgement.facts import MovementFact, MovementKind
from geo.judging.rows import write_movements
from models.kit.ids import new_id
from tests.builders import NOON, build_vehicle
from tests.dashboard_api.conftest import Centre
from tests.geo.judgement.drives import trip_plan, way
from tests.geo.judging.planned import build_trip

SPAN = {"from": "2026-03-19T06:00:00Z", "to": "2026-03-19T12:00:00Z"}


def fact(number: int, kind: MovementKind, minutes: float, **other: object) -> MovementFact:
    at = NOON.timestamp() + minutes * 60
    values: dict[str, object] = {
        "id": str(UUID(int=number)),
        "kind": kind,
        "trip_id": None,
        "started": at,
        "ended": None,
        "latitude": 43.2,
        "longitude": 76.9,
        "known": at,
        "details": {"off_m": 400},
    }
    return MovementFact(**{**values, **other})  # type: ignore[arg-type]


async def say(centre: Centre, vehicle_id: UUID, *facts: MovementFact | UUID) -> None:
    """Say these movements; an id withdraws one."""
    said = {
        str(one if isinstance(one, UUID) else one.id): None if isinstance(one, UUID) else one
        for one in facts
    }
    async with centre.database.transaction() as session:
        await write_movements(session, [(vehicle_id, said)], NOON + timedelta(hours=1))


async def test_movements_come_newest_first_in_pages(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        other = await build_vehicle(session, plate="002 AA 02", identifier="van-2")
    await say(
        centre,
        vehicle_id,
        *(fact(n, MovementKind.OFF_ROUTE, n, ended=NOON.timestamp() + 9e3) for n in range(1, 6)),
        fact(6, MovementKind.LOST, -5000),
        fact(7, MovementKind.OVERSPEED, -5000, ended=NOON.timestamp() - 299_000),
    )
    await say(centre, other, fact(8, MovementKind.LOST, 3))
    client = await centre.signed_in("dispatcher")
    asked = {**SPAN, "vehicle_id": str(vehicle_id), "limit": "4"}
    first = (await client.get("/api/v1/movements", params=asked)).json()
    rest = await client.get("/api/v1/movements", params={**asked, "cursor": first["next_cursor"]})
    seen = [UUID(one["id"]).int for one in first["items"] + rest.json()["items"]]
    assert seen == [5, 4, 3, 2, 1, 6]
    assert rest.json()["next_cursor"] is None
    assert first["items"][0]["details"]["off_m"] == 400
    assert first["items"][0]["latitude"] == 43.2
    lost = await client.get("/api/v1/movements", params={**SPAN, "kind": "lost,dead_zone"})
    assert {one["vehicle_id"] for one in lost.json()["items"]} == {str(vehicle_id), str(other)}
    unknown = await client.get("/api/v1/movements", params={**SPAN, "kind": "flying"})
    assert unknown.status_code == 422
    missing = await client.get("/api/v1/movements", params={**SPAN, "vehicle_id": str(new_id())})
    assert missing.status_code == 404


async def test_a_trips_judgement_tells_how_it_changed(centre: Centre) -> None:
    plan = trip_plan(way(1))
    async with centre.database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        trip_id = await build_trip(session, vehicle_id, plan)
    off = fact(1, MovementKind.OFF_ROUTE, 1, trip_id=plan.id)
    late = fact(2, MovementKind.LATE, 2, trip_id=plan.id)
    await say(centre, vehicle_id, off, late)
    await say(centre, vehicle_id, off, UUID(int=2))
    ended = fact(1, MovementKind.OFF_ROUTE, 1, trip_id=plan.id, ended=off.started + 60)
    await say(centre, vehicle_id, ended)
    await say(centre, vehicle_id, late)
    client = await centre.signed_in("dispatcher")
    told = (await client.get(f"/api/v1/trips/{trip_id}/judgement")).json()
    assert told["state"] == "planned"
    steps = {
        one["kind"]: [step["change"] for step in one["revisions"]] for one in told["movements"]
    }
    assert steps == {"off_route": ["said", "amended"], "late": ["said", "withdrawn", "said"]}
    assert all(one["withdrawn_at"] is None for one in told["movements"])
    amended = told["movements"][0]["revisions"][1]
    assert amended["before"]["ended_at"] is None
    assert amended["after"]["ended_at"] is not None
    absent = await client.get(f"/api/v1/trips/{new_id()}/judgement")
    assert absent.status_code == 404
    async with centre.database.read() as session:
        revisions = await session.scalar(text("SELECT max(revision) FROM movement"))
    assert revisions == 3
