"""Waiting at offices with its band, presence over a day, and what the ticket system says."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from dashboard_api.presence_view import merged
from models.observation import OfficeMinute, WindowPresence
from models.observations import ZoneState
from tests.builders import NOON
from tests.dashboard_api.conftest import Centre

OCCUPIED, EMPTY, UNKNOWN = ZoneState.OCCUPIED, ZoneState.EMPTY, ZoneState.UNKNOWN


def at(minute: float) -> datetime:
    return datetime(2026, 3, 19, tzinfo=UTC) + timedelta(minutes=minute)


MERGED = {
    "nothing": ([], []),
    "one camera": ([(0, 5, OCCUPIED), (5, 9, EMPTY)], [(0, 5, OCCUPIED), (5, 9, EMPTY)]),
    "a gap stays one": ([(0, 5, EMPTY), (6, 9, EMPTY)], [(0, 5, EMPTY), (6, 9, EMPTY)]),
    "whoever sees somebody is right": (
        [(0, 10, EMPTY), (3, 5, OCCUPIED)],
        [(0, 3, EMPTY), (3, 5, OCCUPIED), (5, 10, EMPTY)],
    ),
    "blindness of one hides nothing": ([(0, 9, EMPTY), (2, 4, UNKNOWN)], [(0, 9, EMPTY)]),
}


@pytest.mark.parametrize(("spans", "expected"), MERGED.values(), ids=MERGED.keys())
def test_what_cameras_saw_of_one_window_is_joined(
    spans: list[tuple[float, float, ZoneState]], expected: list[tuple[float, float, ZoneState]]
) -> None:
    joined = merged([(at(start), at(end), state) for start, end, state in spans])
    assert joined == [(at(start), at(end), state) for start, end, state in expected]


@pytest.mark.postgis
async def test_an_office_shows_its_waiting_with_band_and_disagreement(centre: Centre) -> None:
    office_id = centre.office.office_id
    now = centre.clock.now()
    async with centre.database.transaction() as session:
        await session.execute(
            insert(OfficeMinute).values(
                office_id=office_id,
                minute_at=now - timedelta(seconds=70),
                known_s=60,
                served=2,
                wait_from="flow",
                wait_s=300,
                wait_low_s=240,
                wait_high_s=360,
                forecast_s=280,
                forecast_high_s=410,
            )
        )
    path = f"/api/v1/offices/{office_id}"
    call = {
        "number": "A17",
        "taken_at": (now - timedelta(minutes=9)).isoformat(),
        "called_at": (now - timedelta(minutes=5)).isoformat(),
    }
    admin = await centre.signed_in("admin")
    for new in (1, 0):
        told = await admin.post(f"{path}/ticket-calls", json={"calls": [call]})
        assert (told.status_code, told.json()) == (201, {"new": new})
    agent = await centre.signed_in("agent")
    assert (await agent.post(f"{path}/ticket-calls", json={"calls": [call]})).status_code == 403
    waiting = (await agent.get(path)).json()["waiting"]
    assert waiting["wait"] == {"value_s": 300, "low_s": 240, "high_s": 360}
    assert (waiting["wait_from"], waiting["service"]) == ("flow", None)
    assert waiting["tickets"] == {"wait_s": 240, "calls": 1, "difference_s": 60}


@pytest.mark.postgis
async def test_the_presence_of_a_local_day_is_shown_for_each_window(centre: Centre) -> None:
    seat, window = centre.office.operator_zones[2], centre.office.windows[2]
    spans = [(-700, 60, "occupied"), (60, 66, "empty")]  # minutes from noon of Almaty
    async with centre.database.transaction() as session:
        for start, end, state in spans:
            await session.execute(
                insert(WindowPresence).values(
                    zone_id=seat,
                    window_id=window,
                    started_at=NOON + timedelta(minutes=start - 60),
                    ended_at=NOON + timedelta(minutes=end),
                    state=state,
                )
            )
    client = await centre.signed_in("agent")
    path = f"/api/v1/offices/{centre.office.office_id}/presence"
    day = (await client.get(path, params={"day": "2026-03-19"})).json()
    assert day["starts_at"] == "2026-03-19T00:00:00+05:00"
    two = next(one for one in day["windows"] if one["number"] == 2)
    assert [span["state"] for span in two["spans"]] == ["occupied", "empty"]
    assert two["spans"][0]["started_at"] == "2026-03-19T00:00:00+05:00"
    assert (await client.get(path, params={"day": "2026-03-17"})).json()["windows"][1][
        "spans"
    ] == []
