"""What is recorded and what is held."""

from datetime import timedelta
from typing import Any

import pytest

from models.recording import Recording, RecordingGap
from tests.builders import NOON
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis


async def _record(centre: Centre, *starts_s: int) -> None:
    async with centre.database.transaction() as session:
        for start_s in starts_s:
            session.add(
                Recording(
                    camera_id=centre.office.cameras[0],
                    stream_kind="main",
                    node_name="node-1",
                    path=f"{start_s}.mp4",
                    started_at=NOON + timedelta(seconds=start_s),
                    ended_at=NOON + timedelta(seconds=start_s + 10),
                    size_bytes=1,
                    init_bytes=1,
                    codec="avc1.42e01f",
                    gops=b"",
                    closed=True,
                )
            )


async def test_segments_join_and_gaps_say_why(centre: Centre) -> None:
    await _record(centre, 0, 10, 20, 60, 70)
    async with centre.database.transaction() as session:
        session.add(
            RecordingGap(
                camera_id=centre.office.cameras[0],
                stream_kind="main",
                started_at=NOON + timedelta(seconds=30),
                ended_at=NOON + timedelta(seconds=60),
                reason="camera_down",
            )
        )
    client = await centre.signed_in("operator")
    query = {
        "camera_id": str(centre.office.cameras[0]),
        "from": (NOON + timedelta(seconds=5)).isoformat(),
        "to": (NOON + timedelta(seconds=75)).isoformat(),
    }
    answer = await client.get("/api/v1/recordings", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "recordings": [
            {"started_at": "2026-03-19T07:00:05Z", "ended_at": "2026-03-19T07:00:30Z"},
            {"started_at": "2026-03-19T07:01:00Z", "ended_at": "2026-03-19T07:01:15Z"},
        ],
        "gaps": [
            {
                "started_at": "2026-03-19T07:00:30Z",
                "ended_at": "2026-03-19T07:01:00Z",
                "reason": "camera_down",
            }
        ],
    }
    nothing = (await client.get("/api/v1/recordings", params=query | {"kind": "sub"})).json()
    assert nothing == {"recordings": [], "gaps": []}


def wanted(centre: Centre, **changes: Any) -> dict[str, Any]:
    return {
        "camera_ids": [str(centre.office.cameras[0])],
        "starts_at": NOON.isoformat(),
        "ends_at": (NOON + timedelta(minutes=5)).isoformat(),
        "reason": "шағым",
    } | changes


async def test_hold_is_released_by_a_second_person(centre: Centre) -> None:
    maker = await centre.signed_in("auditor", login="auditor-1")
    second = await centre.signed_in("auditor", login="auditor-2")
    made = await maker.post("/api/v1/holds", json=wanted(centre))
    assert made.status_code == 201, made.text
    assert made.json()["made_by"]["full_name"] == "Әйгерім Сапарова"
    url = f"/api/v1/holds/{made.json()['id']}"
    assert (await maker.delete(url)).status_code == 409
    assert len((await second.get("/api/v1/holds")).json()["items"]) == 1
    assert (await second.delete(url)).status_code == 204
    assert (await second.delete(url)).status_code == 409
    assert (await second.get("/api/v1/holds")).json()["items"] == []
    every = await second.get("/api/v1/holds", params={"standing": "false"})
    assert len(every.json()["items"]) == 1


async def test_hold_of_nothing_is_refused(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    bad = [
        (wanted(centre, ends_at=NOON.isoformat()), 422),
        (wanted(centre, camera_ids=[]), 422),
        (wanted(centre, camera_ids=[str(centre.office.office_id)]), 404),
        (wanted(centre, complaint_id=str(centre.office.office_id)), 404),
    ]
    for body, status in bad:
        assert (await client.post("/api/v1/holds", json=body)).status_code == status
