"""Every route of the OpenAPI document, every role and nobody, against a table written by hand."""

import uuid

import httpx
import pytest

from dashboard_api.permissions import ROLE_PERMISSIONS, Permission
from models.observations import RoleName
from tests.dashboard_api.conftest import Centre

ROLES = {
    "o": "operator",
    "d": "dispatcher",
    "u": "auditor",
    "g": "agent",
    "s": "supervisor",
    "a": "admin",
}
EVERYBODY = "o d u g s a"
NOBODY_SIGNED_IN = "-"  # open without signing in
PAIRED_PHONE = "phone"  # the token of a crew's phone; no session opens it
TABLE = {
    "POST /api/v1/session": NOBODY_SIGNED_IN,
    "GET /healthz": NOBODY_SIGNED_IN,
    "GET /api/v1/villages/{village}": NOBODY_SIGNED_IN,
    "GET /readyz": NOBODY_SIGNED_IN,
    "GET /metrics": NOBODY_SIGNED_IN,
    "GET /api/v1/session": EVERYBODY,
    "DELETE /api/v1/session": EVERYBODY,
    "GET /api/v1/regions": EVERYBODY,
    "GET /api/v1/offices": EVERYBODY,
    "GET /api/v1/offices/{office_id}": EVERYBODY,
    "GET /api/v1/offices/{office_id}/presence": EVERYBODY,
    "POST /api/v1/offices/{office_id}/ticket-calls": ". . . . . a",
    "GET /api/v1/service-codes": EVERYBODY,
    "GET /api/v1/map/{layer}.geojson": EVERYBODY,
    "GET /api/v1/map/ground": EVERYBODY,
    "GET /api/v1/map/ground.pmtiles": EVERYBODY,
    "GET /api/v1/map/{layer}/{z}/{x}/{y}.mvt": "o d u . s .",
    "GET /api/v1/fleet": "o d u . s .",
    "GET /api/v1/movements": "o d u . s .",
    "GET /api/v1/trips/{trip_id}/judgement": "o d u . s .",
    "GET /api/v1/fleet/replay": "o d u . s .",
    "GET /api/v1/cameras": "o . u . s a",
    "GET /api/v1/cameras/{camera_id}": "o . u . s a",
    "POST /api/v1/cameras": ". . . . . a",
    "GET /api/v1/cameras/{camera_id}/setup": ". . . . . a",
    "PUT /api/v1/cameras/{camera_id}": ". . . . . a",
    "POST /api/v1/cameras/discover": ". . . . . a",
    "POST /api/v1/cameras/inspect": ". . . . . a",
    "POST /api/v1/cameras/tickets": "o . . . s .",
    "GET /api/v1/cameras/{camera_id}/presets": "o . . . s .",
    "POST /api/v1/cameras/{camera_id}/presets/{token}/go": "o . . . s .",
    "PUT /api/v1/cameras/{camera_id}/zones": ". . . . s a",
    "GET /api/v1/cameras/{camera_id}/looking": ". . . . s a",
    "PUT /api/v1/cameras/{camera_id}/looking": ". . . . s a",
    "GET /api/v1/cameras/{camera_id}/still.jpg": ". . . . s a",
    "GET /api/v1/cameras/{camera_id}/annotated.jpg": "o . u . s .",
    "POST /api/v1/cameras/{camera_id}/ticket": "o . u . s .",
    "GET /api/v1/recordings": "o . u . s .",
    "GET /api/v1/retention": "o . u . s a",
    "PUT /api/v1/retention/classes/{class_id}": ". . . . . a",
    "GET /api/v1/cameras/{camera_id}/notices": "o . u . s a",
    "GET /api/v1/holds": "o d u . s .",
    "POST /api/v1/holds": "o d u . s .",
    "DELETE /api/v1/holds/{hold_id}": ". . u . . .",
    "GET /api/v1/vehicles": "o d u . s .",
    "GET /api/v1/vehicles/{vehicle_id}": "o d u . s .",
    "GET /api/v1/vehicles/{vehicle_id}/now": "o d u . s .",
    "GET /api/v1/vehicles/{vehicle_id}/track": "o d u . s .",
    "GET /api/v1/vehicles/{vehicle_id}/track.geojson": "o d u . s .",
    "GET /api/v1/vehicles/{vehicle_id}/track.gpx": "o d u . s .",
    "POST /api/v1/vehicles": ". . . . . a",
    "PUT /api/v1/vehicles/{vehicle_id}": ". . . . . a",
    "POST /api/v1/vehicles/{vehicle_id}/devices": ". . . . . a",
    "DELETE /api/v1/vehicles/{vehicle_id}/devices/{device_id}": ". . . . . a",
    "PUT /api/v1/vehicles/{vehicle_id}/devices/{device_id}": ". . . . . a",
    "GET /api/v1/devices": ". d . . s a",
    "GET /api/v1/devices/{device_id}/messages": ". d . . s a",
    "GET /api/v1/devices/unknown": ". . . . . a",
    "GET /api/v1/positions": "o d u . s .",
    "GET /api/v1/routes": "o d u . s .",
    "POST /api/v1/routes": ". d . . s .",
    "POST /api/v1/routes/read": ". d . . s .",
    "POST /api/v1/routes/from-track": ". d . . s .",
    "GET /api/v1/routes/{route_id}": "o d u . s .",
    "PUT /api/v1/routes/{route_id}": ". d . . s .",
    "DELETE /api/v1/routes/{route_id}": ". d . . s .",
    "GET /api/v1/reports/{kind}": "o d u . s .",
    "GET /api/v1/reports/{kind}/rows": "o d u . s .",
    "GET /api/v1/reports/{kind}/file": "o d u . s .",
    "GET /api/v1/geofences": "o d u . s .",
    "POST /api/v1/geofences": ". d . . s .",
    "PUT /api/v1/geofences/{fence_id}": ". d . . s .",
    "DELETE /api/v1/geofences/{fence_id}": ". d . . s .",
    "GET /api/v1/villages/{village}/link": "o d u . s .",
    "GET /api/v1/van-rules": "o d u . s .",
    "PUT /api/v1/van-rules": ". d . . s .",
    "PUT /api/v1/vehicles/{vehicle_id}/rules": ". d . . s .",
    "GET /api/v1/dead-zones": "o d u . s .",
    "PUT /api/v1/dead-zones/{cell}": ". d . . s .",
    "GET /api/v1/timetables": "o d u . s .",
    "POST /api/v1/timetables": ". d . . s .",
    "POST /api/v1/timetables/preview": ". d . . s .",
    "PUT /api/v1/timetables/{timetable_id}": ". d . . s .",
    "DELETE /api/v1/timetables/{timetable_id}": ". d . . s .",
    "GET /api/v1/trips": "o d u . s .",
    "POST /api/v1/trips": ". d . . s .",
    "GET /api/v1/trips/{trip_id}": "o d u . s .",
    "POST /api/v1/trips/{trip_id}/cancel": ". d . . s .",
    "PUT /api/v1/trips/{trip_id}/crew": ". d . . s .",
    "POST /api/v1/vehicles/{vehicle_id}/panels": ". d . . s a",
    "GET /api/v1/vehicles/{vehicle_id}/panels": ". d . . s a",
    "DELETE /api/v1/vehicles/{vehicle_id}/panels/{panel_id}": ". d . . s a",
    "GET /api/v1/van-reports": "o d u . s .",
    "GET /api/v1/van": PAIRED_PHONE,
    "POST /api/v1/van/reports": PAIRED_PHONE,
    "POST /api/v1/van/positions": PAIRED_PHONE,
    "GET /api/v1/crew": ". d . . s .",
    "POST /api/v1/crew": ". d . . s .",
    "DELETE /api/v1/crew/{member_id}": ". d . . s .",
    "GET /api/v1/alerts": "o d u . s .",
    "GET /api/v1/alerts/{alert_id}": "o d u . s .",
    "POST /api/v1/alerts/{alert_id}/acknowledge": "o d . . s .",
    "POST /api/v1/alerts/{alert_id}/resolve": "o d . . s .",
    "POST /api/v1/complaints": "o . . g s .",
    "GET /api/v1/complaints": "o . u g s .",
    "GET /api/v1/complaints/{complaint_id}": "o . u g s .",
    "POST /api/v1/complaints/{complaint_id}/moves": "o . . g s .",
    "POST /api/v1/complaints/{complaint_id}/comments": "o . u g s .",
    "POST /api/v1/complaints/{complaint_id}/camera": "o . . . s .",
    "POST /api/v1/complaints/{complaint_id}/clips": ". . u . s .",
    "POST /api/v1/evidence/{clip_id}/ticket": ". . u . s .",
    "GET /api/v1/users": ". . . . . a",
    "POST /api/v1/users": ". . . . . a",
    "PUT /api/v1/users/{user_id}": ". . . . . a",
    "GET /api/v1/audit": ". . u . s a",
}


def _operations(centre: Centre) -> list[tuple[str, str]]:
    return [
        (method.upper(), path)
        for path, operations in centre.app.openapi()["paths"].items()
        for method in operations
    ]


async def _ask(client: httpx.AsyncClient, method: str, path: str) -> int:
    url = path.replace("{layer}", "regions")
    while "{" in url:
        before, _, rest = url.partition("{")
        url = f"{before}{uuid.uuid4()}{rest.partition('}')[2]}"
    body: dict[str, object] | None = {} if method in ("POST", "PUT") else None
    return (await client.request(method, url, json=body)).status_code


@pytest.mark.postgis
async def test_document_and_table_name_the_same_routes(centre: Centre) -> None:
    assert {f"{method} {path}" for method, path in _operations(centre)} == set(TABLE)


@pytest.mark.postgis
@pytest.mark.parametrize("letter", [*ROLES, NOBODY_SIGNED_IN])
async def test_routes_open_for_whom_the_table_says(centre: Centre, letter: str) -> None:
    wrong = []
    operations = sorted(_operations(centre), key=lambda o: o == ("DELETE", "/api/v1/session"))
    client = await centre.signed_in(ROLES[letter]) if letter in ROLES else await centre.client()
    for method, path in operations:
        allowed = TABLE[f"{method} {path}"].split()
        status = await _ask(client, method, path)
        if allowed == [NOBODY_SIGNED_IN]:
            good = status not in (401, 403)
        elif letter == NOBODY_SIGNED_IN or allowed == [PAIRED_PHONE]:
            good = status == 401
        else:
            good = status not in (401, 500) and (status != 403) == (letter in allowed)
        if not good:
            wrong.append(f"{method} {path}: {status}")
    assert wrong == []


@pytest.mark.postgis
async def test_document_tells_what_opens_a_route(centre: Centre) -> None:
    paths = centre.app.openapi()["paths"]
    assert paths["/api/v1/audit"]["get"]["x-permissions"] == ["audit.read"]
    assert paths["/api/v1/service-codes"]["get"]["x-permissions"] == []
    assert "security" not in paths["/api/v1/session"]["post"]


def test_admin_sees_no_footage() -> None:
    footage = {
        Permission.LIVE_VIEW,
        Permission.REPLAY_VIEW,
        Permission.EVIDENCE_EXPORT,
        Permission.COMPLAINTS_READ,
    }
    assert footage.isdisjoint(ROLE_PERMISSIONS[RoleName.ADMIN])


def test_every_permission_belongs_to_somebody() -> None:
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)
    assert set(ROLE_PERMISSIONS) == set(RoleName)
