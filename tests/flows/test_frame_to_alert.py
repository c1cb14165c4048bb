"""Flow 1: a camera's pictures become findings, findings become an alert, people hear of it."""

import httpx
import pytest

from tests.house import House, Visit, next_change, until

pytestmark = pytest.mark.flow


async def _camera_of(client: httpx.AsyncClient, office_code: str) -> dict[str, object]:
    offices = (await client.get("/api/v1/offices")).raise_for_status().json()["items"]
    office = next(o for o in offices if o["code"] == office_code)
    cameras = (
        (await client.get("/api/v1/cameras", params={"office_id": office["id"]}))
        .raise_for_status()
        .json()["items"]
    )
    camera: dict[str, object] = cameras[0]
    return camera


async def test_a_window_left_empty_raises_an_alert_and_its_return_resolves_it(
    house: House, visit: Visit
) -> None:
    from ingest.simulated.scenes import SCENES

    scene = SCENES[0]
    variant = next(v for v in scene.variants if v.startswith("window-"))
    number = next(n for n, there in scene.truth(variant).present.items() if not there)
    client = await visit.signed_in("operator")
    window = (
        await house.execute(
            "UPDATE service_window w SET unstaffed_after_s = 6 FROM office o "
            "WHERE o.id = w.office_id AND o.code = 'almaty-1' AND w.number = %s RETURNING w.id",
            number,
        )
    )[0][0]
    live = await visit.live(client)
    await house.sim(f"show {scene.name} {variant}")

    def of_window(message: dict[str, object]) -> bool:
        data = message["data"]
        return (
            message["topic"] == "alert"
            and isinstance(data, dict)
            and data["rule"] == "window_unstaffed"
            and data["window"]["id"] == str(window)
        )

    raised = await next_change(live, of_window, within_s=60)
    assert raised["data"]["state"] == "open"
    await house.sim(f"show {scene.name} staffed")
    resolved = await next_change(
        live, lambda m: of_window(m) and m["data"]["state"] == "resolved", within_s=60
    )
    assert resolved["data"]["id"] == raised["data"]["id"]
    history = (await client.get(f"/api/v1/alerts/{raised['data']['id']}")).json()["updates"]
    assert [line["kind"] for line in history][:1] == ["raised"]


async def test_findings_are_what_the_scene_shows(house: House, visit: Visit) -> None:
    """Every scene as it stands: windows staffed as the truth says, the queue within one person."""
    from ingest.simulated.scenes import SCENES

    client = await visit.signed_in("operator")
    codes = ("almaty-1", "astana-2", "shymkent-3", "taldyqorghan-1")
    for code, scene in zip(codes, SCENES, strict=False):
        await house.sim(f"show {scene.name} staffed")
        truth = scene.truth("staffed")

        async def agrees(code: str = code, truth: object = truth) -> bool:
            camera = await _camera_of(client, code)
            zones = camera["zones"]
            assert isinstance(zones, list)
            for zone in zones:
                seen = zone["observation"]
                if seen is None or seen["state"] == "unknown":
                    return False
                if zone["kind"] == "operator":
                    present = truth.present[zone["window_number"]]  # type: ignore[attr-defined]
                    if (seen["state"] == "occupied") != present:
                        return False
                if zone["kind"] == "queue" and abs(seen["people"] - truth.queue) > 1:  # type: ignore[attr-defined]
                    return False
            return True

        await until(agrees, within_s=60, every_s=0.5, what=f"findings of {code} agree")


async def test_a_killed_camera_raises_one_alert_and_resolves_when_back(
    house: House, visit: Visit
) -> None:
    from ingest.simulated.scenes import SCENES

    scene = SCENES[2]
    client = await visit.signed_in("operator")
    camera = await _camera_of(client, "shymkent-3")
    await house.sim(f"stop {scene.name}")

    async def alerts(state: str) -> list[dict[str, object]]:
        page = await client.get("/api/v1/alerts", params={"state": state})
        return [
            a
            for a in page.raise_for_status().json()["items"]
            if a["rule"] == "camera_silent" and a["camera"]["id"] == camera["id"]
        ]

    raised = await until(
        lambda: alerts("open"), within_s=60, every_s=0.5, what="the camera is reported silent"
    )
    assert len(raised) == 1
    now = await _camera_of(client, "shymkent-3")
    states = {s["state"] for s in now["streams"]}  # type: ignore[attr-defined]
    assert "live" not in states
    await house.sim(f"start {scene.name}")

    async def resolved() -> bool:
        return raised[0]["id"] in [alert["id"] for alert in await alerts("resolved")]

    await until(resolved, within_s=90, every_s=0.5, what="the alert resolves by itself")
    assert await alerts("open") == []
    unseen = await house.execute(
        "SELECT count(*) FROM zone_observation o JOIN zone z ON z.id = o.zone_id "
        "WHERE z.camera_id = %s AND o.state = 'unknown'",
        camera["id"],
    )
    assert unseen[0][0] > 0, "a blind camera says unknown, never empty"
