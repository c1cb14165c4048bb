"""How long footage stays."""

from datetime import timedelta

import pytest

from models.camera import Camera, MediaNode, RetentionClass
from models.kit.bus import changes_after
from models.recording import Recording
from tests.builders import NOON, names
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis
MEGABYTE = 1_000_000


async def _a_day_of_recording(centre: Centre) -> None:
    """One file a day of a stream that writes a megabyte a second, on a disk of two workers."""
    async with centre.database.transaction() as session:
        kept = RetentionClass(code="halls", name=names("H"), keep_min_days=1, keep_max_days=40)
        session.add(kept)
        await session.flush()
        camera = await session.get_one(Camera, centre.office.cameras[0])
        camera.retention_class_id = kept.id
        now = centre.clock.now()
        for worker in range(2):
            session.add(
                MediaNode(
                    name="node-1",
                    worker=worker,
                    workers=2,
                    port=8090 + worker,
                    started_at=NOON,
                    seen_at=NOON,
                    disk_state="ok",
                    free_bytes=9 * 86_400 * MEGABYTE,
                    freeable_bytes=5 if worker == 0 else None,
                    write_bytes_per_s=MEGABYTE / 2,
                )
            )
        began = now - timedelta(days=1)
        session.add(
            Recording(
                camera_id=camera.id,
                stream_kind="main",
                node_name="node-1",
                path="1.mp4",
                started_at=began,
                ended_at=began + timedelta(seconds=10),
                size_bytes=10 * MEGABYTE,
                init_bytes=1,
                codec="avc1.42e01f",
                gops=b"",
                closed=True,
            )
        )


async def test_days_asked_for_kept_and_feasible(centre: Centre) -> None:
    await _a_day_of_recording(centre)
    client = await centre.signed_in("admin")
    shown = (await client.get("/api/v1/retention")).json()
    assert [(c["code"], c["keep_max_days"]) for c in shown["classes"]] == [("halls", 40)]
    (disk,) = shown["disks"]
    assert (disk["node"], disk["state"], disk["freeable_bytes"]) == ("node-1", "ok", 5)
    assert disk["write_bytes_per_s"] == MEGABYTE
    (stream,) = shown["streams"]
    assert stream["camera_id"] == str(centre.office.cameras[0])
    assert stream["class_id"] == shown["classes"][0]["id"]
    assert (stream["keep_min_days"], stream["keep_max_days"]) == (1, 40)
    assert stream["bytes_per_day"] == pytest.approx(86_400 * MEGABYTE)
    assert stream["kept_days"] == pytest.approx(1)
    assert stream["feasible_days"] == pytest.approx(10), "nine days are free, one is used"


async def test_a_1414_agent_sees_none_of_it(centre: Centre) -> None:
    client = await centre.signed_in("agent")
    assert (await client.get("/api/v1/retention")).status_code == 403


async def test_hours_of_a_class_make_room(centre: Centre) -> None:
    await _a_day_of_recording(centre)
    client = await centre.signed_in("admin")
    (kept,) = (await client.get("/api/v1/retention")).json()["classes"]
    assert kept["recording_schedule"] is None
    hours = [{"weekday": day, "starts_at": "08:00", "ends_at": "20:00"} for day in range(1, 8)]
    path, schedule = f"/api/v1/retention/classes/{kept['id']}", {"kind": "hours", "hours": hours}
    changed = await client.put(path, json={"recording_schedule": schedule})
    assert changed.status_code == 200, changed.text
    shown = (await client.get("/api/v1/retention")).json()
    assert shown["classes"][0]["recording_schedule"]["kind"] == "hours"
    (stream,) = shown["streams"]
    assert stream["bytes_per_day"] == pytest.approx(43_200 * MEGABYTE)
    assert stream["feasible_days"] == pytest.approx(19), "eighteen are free, one is used"
    async with centre.database.read() as session:
        (notice,) = await changes_after(session, 0, ["config"])
    assert notice.subject_id == str(centre.office.cameras[0])
    back = await client.put(path, json={"recording_schedule": None})
    assert back.json()["recording_schedule"] is None
    unknown = await client.put(
        f"/api/v1/retention/classes/{centre.office.cameras[0]}", json={"recording_schedule": None}
    )
    assert unknown.status_code == 404
