"""kill -9 of any one process: it comes back, the others stay, recording loses at most a GOP."""

import os
import signal

import httpx
import pytest

from tests.house import House, until

pytestmark = pytest.mark.flow

ROOMS = ("ingest", "vision", "geo", "alerts", "dashboard_api", "postgres")
HEALTH = {
    "ingest": "media",
    "vision": "vision_health",
    "geo": "geo_health",
    "alerts": "alerts_health",
    "dashboard_api": "api",
}
GOP_S = 1.0


@pytest.mark.parametrize("room", ROOMS)
async def test_a_killed_process_is_back_and_the_others_stayed(house: House, room: str) -> None:
    others = {name: house.pid(name) for name in ROOMS if name != room}
    victim = house.pid(room)
    assert victim is not None
    os.kill(victim, signal.SIGKILL)

    async def back() -> bool:
        return house.pid(room) not in (None, victim)

    await until(back, within_s=20, what=f"{room} is started again")
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        for name in HEALTH if room == "postgres" else {room}:
            port = house.ports[HEALTH[name]]

            async def ready(port: int = port) -> bool:
                try:
                    answer = await client.get(f"http://127.0.0.1:{port}/readyz")
                except httpx.TransportError:
                    return False
                return answer.status_code == 200

            await until(ready, within_s=60, what=f"{name} is ready after {room} was killed")
    assert {name: house.pid(name) for name in others} == others, house.logs()


async def test_a_killed_recorder_loses_at_most_one_fragment(house: House) -> None:
    victim = house.pid("ingest")
    assert victim is not None

    async def recorded() -> bool:
        rows = await house.execute(
            "SELECT max(ended_at) > now() - interval '5 seconds' FROM recording"
        )
        return bool(rows[0][0])

    await until(recorded, within_s=60, what="recording goes on")
    cameras = (await house.execute("SELECT count(*) FROM camera WHERE enabled"))[0][0]
    killed_at = (await house.execute("SELECT clock_timestamp()"))[0][0]
    os.kill(victim, signal.SIGKILL)

    async def resumed() -> bool:
        rows = await house.execute(
            "SELECT count(DISTINCT camera_id) FROM recording "
            "WHERE stream_kind = 'main' AND started_at > %s AND ended_at > started_at",
            killed_at,
        )
        return bool(rows[0][0] == cameras)

    await until(resumed, within_s=60, what="every camera records again")
    lost = await house.execute(
        "SELECT camera_id, extract(epoch FROM %s - max(ended_at)) FROM recording "
        "JOIN camera ON camera.id = camera_id AND camera.enabled "
        "WHERE stream_kind = 'main' AND started_at <= %s GROUP BY camera_id",
        killed_at,
        killed_at,
    )
    assert len(lost) == cameras
    # What the kill took is the fragment that was being collected, plus the pictures on their way.
    assert max(float(seconds) for _camera, seconds in lost) < 2 * GOP_S + 0.5, lost
    gaps = await house.execute(
        "SELECT count(*) FROM recording_gap WHERE reason = 'node_down' AND started_at > %s - "
        "interval '10 seconds'",
        killed_at,
    )
    assert gaps[0][0] >= cameras
