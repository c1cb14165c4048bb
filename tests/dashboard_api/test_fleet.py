"""The fleet's past over HTTP, exports, the van's trip and the map's own ground."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from dashboard_api.map_archive import require_archive
from dashboard_api.map_ground import BUILTIN_ATTRIBUTION, FILE_PATH, Ground, ground
from models.kit.errors import SettingsError
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.observations import TripState
from models.plan import Route, Stop, StopVisit, Trip
from models.vehicle import Position, Vehicle
from tests.builders import NOON, build_vehicle, names
from tests.dashboard_api.conftest import Centre

SPAN = {"from": "2026-03-19T06:00:00Z", "to": "2026-03-19T08:00:00Z"}
STYLE = "https://t.kz/style.json"
OF_T = ("https://t.kz",)
LINE = "SRID=4326;LINESTRING(76.9 43, 77 43.1)"


async def drove(centre: Centre) -> UUID:
    """A van that drove for three minutes and was silent for ten."""
    async with centre.database.transaction() as session:
        van = await build_vehicle(session)
        for minute in (0, 1, 2, 12):
            session.add(
                Position(
                    vehicle_id=van,
                    fixed_at=NOON + timedelta(minutes=minute),
                    received_at=NOON + timedelta(minutes=minute),
                    geom=f"SRID=4326;POINT(76.9 {43 + minute / 100})",
                    speed_km_h=60,
                    flags=[],
                    protocol="osmand",
                )
            )
    return van


async def planned(centre: Centre, van: UUID) -> None:
    """A trip of this hour with one stop."""
    async with centre.database.transaction() as session:
        region_id = (await session.get_one(Vehicle, van)).region_id
        route = Route(
            id=new_id(),
            name=names("Road"),
            region_id=region_id,
            geom=LINE,
            length_m=14000,
            source="drawn",
            made_at=NOON,
        )
        stop = Stop(
            id=new_id(),
            route_id=route.id,
            sequence=1,
            name=names("Village"),
            village="village",
            geom="SRID=4326;POINT(77 43.1)",
            progress_m=14000,
            arrive_after_s=1200,
            stay_s=3600,
        )
        trip = Trip(
            id=new_id(),
            vehicle_id=van,
            route_id=route.id,
            service_date=NOON.date(),
            planned_start_at=NOON,
            planned_end_at=NOON + timedelta(hours=2),
            state=TripState.RUNNING,
        )
        session.add_all([route])
        await session.flush()
        session.add_all([stop, trip])
        await session.flush()
        session.add(
            StopVisit(
                trip_id=trip.id,
                sequence=1,
                stop_id=stop.id,
                planned_arrival_at=NOON + timedelta(minutes=20),
                planned_departure_at=NOON + timedelta(minutes=80),
                expected_at=NOON + timedelta(minutes=25),
            )
        )


@pytest.mark.postgis
async def test_where_every_van_was_and_the_replay_of_it(centre: Centre) -> None:
    van = await drove(centre)
    client = await centre.signed_in("dispatcher")
    at = (NOON + timedelta(minutes=5)).isoformat()
    moment = (await client.get("/api/v1/fleet", params={"at": at})).json()
    assert [p["vehicle_id"] for p in moment["positions"]] == [str(van)]
    assert moment["positions"][0]["latitude"] == 43.02
    replay = (await client.get("/api/v1/fleet/replay", params=SPAN | {"step_s": 60})).json()
    assert replay["vans"][0]["seconds"] == [3600, 3660, 3720, 4320]
    refused = await client.get("/api/v1/fleet/replay", params=SPAN | {"to": "2026-03-20T08:00:00Z"})
    assert refused.status_code == 422
    agent = await centre.signed_in("agent")
    assert (await agent.get("/api/v1/fleet")).status_code == 403


@pytest.mark.postgis
async def test_a_track_is_exported_with_a_segment_for_each_stretch(centre: Centre) -> None:
    van = await drove(centre)
    client = await centre.signed_in("dispatcher")
    answer = await client.get(f"/api/v1/vehicles/{van}/track.gpx", params=SPAN)
    assert (
        answer.headers["content-disposition"] == 'attachment; filename="001-AA-02-2026-03-19.gpx"'
    )
    root = ET.fromstring(answer.text)
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    found = [len(s.findall("g:trkpt", space)) for s in root.findall("g:trk/g:trkseg", space)]
    assert found == [3, 1]
    local_day = SPAN | {"from": "2026-03-18T19:00:00Z"}  # midnight in Kazakhstan
    answer = await client.get(f"/api/v1/vehicles/{van}/track.geojson", params=local_day)
    assert "001-AA-02-2026-03-19.geojson" in answer.headers["content-disposition"]
    feature = answer.json()
    assert (len(feature["geometry"]["coordinates"]), feature["properties"]["plate"]) == (
        4,
        "001 AA 02",
    )


@pytest.mark.postgis
async def test_a_van_tells_its_trip_and_its_offices_cameras(centre: Centre) -> None:
    van = await drove(centre)
    client = await centre.signed_in("operator")
    assert (await client.get(f"/api/v1/vehicles/{van}/now")).json() == {
        "vehicle_id": str(van),
        "trip": None,
        "cameras": [],
    }
    await planned(centre, van)
    async with centre.database.transaction() as session:
        (await session.get_one(Vehicle, van)).office_id = centre.office.office_id
    now = (await client.get(f"/api/v1/vehicles/{van}/now")).json()
    assert [camera["id"] for camera in now["cameras"]] == [str(centre.office.cameras[0])]
    assert now["trip"]["line"]["coordinates"] == [[76.9, 43], [77, 43.1]]
    assert [v["expected_at"] for v in now["trip"]["visits"]] == ["2026-03-19T07:25:00Z"]
    dispatcher = await centre.signed_in("dispatcher")
    url = f"/api/v1/vehicles/{van}/now"
    assert (await dispatcher.get(url)).json()["cameras"] == []
    centre.clock.advance(timedelta(days=3))
    dispatcher = await centre.signed_in("dispatcher")
    assert (await dispatcher.get(url)).json()["trip"] is None
    for minutes, known in ((-5, False), (30, True), (5 * 60, False)):
        at = (NOON + timedelta(minutes=minutes)).isoformat()
        then = (await dispatcher.get(url, params={"at": at})).json()["trip"]
        assert (then is not None) == known


@pytest.mark.postgis
async def test_tiles_of_the_past_may_be_kept_for_a_day(centre: Centre) -> None:
    van = await drove(centre)
    client = await centre.signed_in("dispatcher")
    url = "/api/v1/map/track/6/45/23.mvt"
    centre.clock.advance(timedelta(hours=2))
    past = await client.get(url, params=SPAN | {"vehicle_id": str(van)})
    assert past.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert past.headers["cache-control"] == "private, max-age=86400"
    lasting = SPAN | {"vehicle_id": str(van), "to": "2026-03-19T10:00:00Z"}
    now = await client.get(url, params=lasting)
    assert now.headers["cache-control"] == "private, max-age=60"
    assert (await client.get(url, params=SPAN)).status_code == 422
    assert (await client.get("/api/v1/map/fixes/6/45/23.mvt")).status_code == 422
    assert (await client.get("/api/v1/map/routes/6/45/23.mvt")).status_code == 200
    assert (await client.get("/api/v1/map/routes/3/9/0.mvt")).status_code == 422


@pytest.mark.postgis
async def test_the_builtin_ground_needs_no_file(centre: Centre) -> None:
    client = await centre.signed_in("dispatcher")
    shown = (await client.get("/api/v1/map/ground")).json()
    assert (shown["kind"], shown["url"], shown["max_zoom"]) == ("builtin", None, 14)
    assert (shown["origins"], shown["fault"]) == ([], None)
    assert (await client.get("/api/v1/map/ground.pmtiles")).status_code == 404


@pytest.mark.postgis
async def test_an_archive_is_served_in_parts_and_a_spoilt_one_is_told(
    centre: Centre, tmp_path: Path
) -> None:
    archive = tmp_path / "kz.pmtiles"
    archive.write_bytes(b"PMTiles\x03" + bytes(200))
    own = Settings(map_tiles_url=str(archive), map_attribution="© Cadastre")
    centre.app.state.services = replace(centre.app.state.services, settings=own)
    client = await centre.signed_in("dispatcher")
    shown = (await client.get("/api/v1/map/ground")).json()
    assert (shown["kind"], shown["url"], shown["fault"]) == ("pmtiles", FILE_PATH, None)
    assert shown["attribution"] == f"© Cadastre · {BUILTIN_ATTRIBUTION}"
    part = await client.get(FILE_PATH, headers={"Range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    archive.write_bytes(b"PMTiles\x02")
    assert (await client.get("/api/v1/map/ground")).json()["fault"] == "not_archive"
    archive.unlink()
    assert (await client.get("/api/v1/map/ground")).json()["fault"] == "missing"


def test_the_house_does_not_start_with_a_file_that_no_map_could_show(tmp_path: Path) -> None:
    archive = tmp_path / "kz.pmtiles"
    with pytest.raises(SettingsError, match="no such file"):
        require_archive(archive)
    archive.write_text("<html>not found</html>")
    with pytest.raises(SettingsError, match="not a PMTiles archive"):
        require_archive(archive)
    archive.write_bytes(b"PMTiles\x03" + bytes(100))
    require_archive(archive)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (None, Ground("builtin")),
        (" ", Ground("builtin")),
        (
            "/data/kz.pmtiles",
            Ground("pmtiles", "/api/v1/map/ground.pmtiles", Path("/data/kz.pmtiles")),
        ),
        (
            "pmtiles:///data/kz",
            Ground("pmtiles", "/api/v1/map/ground.pmtiles", Path("/data/kz")),
        ),
        ("/data/my map.pmtiles", Ground("pmtiles", FILE_PATH, Path("/data/my map.pmtiles"))),
        ("pmtiles://https://t.kz/a", Ground("pmtiles", "https://t.kz/a", origins=OF_T)),
        ("https://t.kz/a.pmtiles", Ground("pmtiles", "https://t.kz/a.pmtiles", origins=OF_T)),
        (
            "https://t.kz/{z}/{x}/{y}.png",
            Ground("xyz", "https://t.kz/{z}/{x}/{y}.png", origins=OF_T),
        ),
        ("style:https://t.kz/style.json", Ground("style", STYLE, origins=OF_T)),
        (
            "style:https://t.kz/style.json https://f.kz http://g.kz:81/",
            Ground("style", STYLE, origins=(*OF_T, "https://f.kz", "http://g.kz:81")),
        ),
    ],
)
def test_one_setting_names_the_ground(setting: str | None, expected: Ground) -> None:
    assert ground(setting) == expected


@pytest.mark.parametrize(
    "setting",
    [
        "t.kz/{z}/{x}/{y}",
        "style:file:///a",
        "https://t.kz/a b;c/{z}/{x}/{y}",
        "tiles",
        "https://{s}.t.kz/{z}/{x}/{y}.png",
        "style:https://t.kz/style.json *",
        "style:https://t.kz/style.json https://f.kz/fonts",
        "style:https://t.kz/style.json;script-src",
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(setting: str) -> None:
    with pytest.raises(SettingsError, match="AHUAL_MAP_TILES_URL"):
        ground(setting)
