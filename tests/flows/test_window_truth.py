"""What is said of a window: nothing without a picture, and to a caller only what is of theirs."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from models.kit.ids import new_id
from tests.flows.windows import EmptiedWindow
from tests.house import CLOCK, House, Visit

pytestmark = pytest.mark.flow
AFTER_S = 30
SEEN_AFTER_S = 10  # vision looks at least this long before it calls a window empty


async def test_a_window_nobody_can_see_is_never_called_unstaffed(house: House) -> None:
    window = await EmptiedWindow.of(house, "shymkent-3", after_s=AFTER_S)
    await window.staff()
    await window.seen("occupied")
    since = CLOCK.now()
    await window.leave()
    await window.seen("empty")
    await house.sim(f"stall {window.scene.name}")  # the picture goes before the time is up
    try:
        await window.seen("unknown")
        await asyncio.sleep(AFTER_S - SEEN_AFTER_S + 3)  # now it would have been unstaffed
        assert await window.alerts_since(since) == []
    finally:
        await window.staff()
        await house.sim(f"resume {window.scene.name}")
    await window.seen("occupied")
    assert await window.alerts_since(since) == []


async def _past_alert(house: House, number: int, minute: datetime) -> tuple[str, str]:
    """Write what the house would know had the window been empty around that minute."""
    zone, window, office, camera = (
        await house.execute(
            "SELECT z.id::text, w.id::text, o.id::text, z.camera_id::text FROM zone z "
            "JOIN service_window w ON w.id = z.window_id JOIN office o ON o.id = w.office_id "
            "WHERE o.code = 'almaty-1' AND w.number = %s AND z.kind = 'operator'",
            number,
        )
    )[0]
    begun, over = minute - timedelta(minutes=2), minute + timedelta(minutes=2)
    for at, state, people in ((begun, "empty", 0), (over, "occupied", 1)):
        await house.execute(
            "INSERT INTO zone_observation (at, zone_id, state, people, since) "
            "VALUES (%s, %s, %s, %s, %s)",
            *(at, zone, state, people, at),
        )
    alert = str(new_id(CLOCK))
    await house.execute(
        "INSERT INTO alert (id, rule, subject, severity, state, active, office_id, window_id, "
        "camera_id, since_at, raised_at, cleared_at, resolved_at, details) VALUES (%s, "
        "'window_unstaffed', %s, 'warning', 'resolved', false, %s, %s, %s, %s, %s, %s, %s, '{}')",
        *(alert, f"window:{window}", office, window, camera, begun, minute, over, over),
    )
    return alert, office


async def _complain(
    agent: httpx.AsyncClient, office: str, number: int, minute: datetime
) -> dict[str, Any]:
    made = await agent.post(
        "/api/v1/complaints",
        json={
            "channel": "call_1414",
            "service_code": "rudeness",
            "description": "Терезеде ешкім болмады.",
            "office_id": office,
            "window_number": number,
            "happened_at": minute.isoformat(),
        },
    )
    assert made.status_code == 201, made.text
    card: dict[str, Any] = made.json()
    return card


async def test_a_call_ties_what_happened_at_its_window_and_nothing_else(
    house: House, visit: Visit
) -> None:
    agent = await visit.signed_in("agent")
    operator = await visit.signed_in("operator")
    minute = CLOCK.now() - timedelta(minutes=10)
    alert, office = await _past_alert(house, 3, minute)
    third = (await _complain(agent, office, 3, minute))["id"]
    first = (await _complain(agent, office, 1, minute))["id"]

    card = (await operator.get(f"/api/v1/complaints/{third}")).raise_for_status().json()
    assert alert in [tied["id"] for tied in card["alerts"]]
    seen = [f for f in card["findings"] if f["window_number"] == 3]
    around = [f["state"] for f in seen if datetime.fromisoformat(f["at"]) <= CLOCK.now()]
    assert "empty" in around
    assert {f["window_number"] for f in card["findings"]} <= {3, None}  # and the queues of the hall

    other = (await operator.get(f"/api/v1/complaints/{first}")).raise_for_status().json()
    assert alert not in [tied["id"] for tied in other["alerts"]]
    assert 3 not in {f["window_number"] for f in other["findings"]}

    back = (await operator.get(f"/api/v1/alerts/{alert}")).raise_for_status().json()
    assert [tied["id"] for tied in back["complaints"]] == [third]
