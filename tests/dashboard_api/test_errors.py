"""Problems, and garbage into every door: a clear 4xx, never a 500."""

import json
import uuid
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from dashboard_api.app import create_app
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.settings import Settings
from tests.builders import NOON
from tests.dashboard_api.conftest import HOST, KEY, Centre

pytestmark = pytest.mark.postgis


def _is_problem(answer: httpx.Response) -> bool:
    body = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and body["type"].startswith("urn:ahual:problem:")
        and body["status"] == answer.status_code
        and bool(body["detail"])
        and body["request_id"] == answer.headers["X-Request-Id"]
    )


ASKED = [
    ("GET", f"/api/v1/offices/{uuid.uuid4()}", 404),
    ("GET", "/api/v1/offices/not-a-uuid", 422),
    ("GET", "/api/v1/nothing-here", 404),
    ("POST", "/api/v1/offices", 405),
    ("GET", "/api/v1/offices?limit=0", 422),
    ("GET", "/api/v1/offices?limit=201", 422),
    ("GET", "/api/v1/offices?cursor=bm90LW91cnM", 422),
    ("GET", "/api/v1/offices?cursor=W251bGxd", 422),
    ("GET", "/api/v1/offices?cursor=WyJcdTAwMDAiXQ", 422),
    ("GET", "/api/v1/offices?cursor=WyJcdWQ4MDAiXQ", 422),
    ("GET", "/api/v1/offices?q=%00", 422),
    ("GET", "/api/v1/offices?q=%ed%a0%80", 200),
    ("GET", "/api/v1/alerts?state=purple", 422),
    ("GET", "/api/v1/alerts?state=open,acknowledged", 200),
    ("GET", "/api/v1/map/secrets.geojson", 422),
    ("GET", "/api/v1/recordings", 422),
    ("GET", f"/api/v1/recordings?camera_id={uuid.uuid4()}&from=0&to=9999-12-31T23:59:59Z", 422),
    ("GET", f"/api/v1/recordings?camera_id={uuid.uuid4()}&from=2026-01-01&to=2026-01-02", 422),
]


async def test_answers_are_problems(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    for method, path, status in ASKED:
        answer = await client.request(method, path)
        assert answer.status_code == status, (path, answer.text)
        assert status == 200 or _is_problem(answer), path


GARBAGE: list[bytes] = [
    b"",
    b"{",
    b"\xff\xfe\x00",
    b"[]",
    b"null",
    b'"text"',
    b"NaN",
    b'{"office_id": NaN}',
    b'{"happened_within_s": 1e999}',
    b'{"happened_within_s": ' + b"9" * 5000 + b"}",
    b'{"description": "\\ud800"}',
    b"[" * 50_000,
    b'{"a":' * 20_000,
]


async def test_garbage_bodies_are_refused(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    for body in GARBAGE:
        answer = await client.post(
            "/api/v1/complaints", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in (400, 422), body[:40]
        assert _is_problem(answer), body[:40]


async def test_huge_body_is_refused(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    answer = await client.post(
        "/api/v1/complaints",
        content=b'{"description": "' + b"x" * 2_000_000 + b'"}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert _is_problem(answer)


def _complaint(centre: Centre, **changes: Any) -> dict[str, Any]:
    return {
        "channel": "call_1414",
        "service_code": "rudeness",
        "description": "Дөрекі жауап берді",
        "office_id": str(centre.office.office_id),
        "window_number": 3,
        "happened_at": NOON.isoformat(),
    } | changes


OFFENDING: list[tuple[str, object]] = [
    ("description", "NUL \x00 inside"),
    ("description", "x" * 10_001),
    ("channel", "pigeon"),
    ("service_code", "no-such-code"),
    ("happened_at", "2026-03-19T07:00:00"),
    ("happened_at", "0001-01-01T00:00:00Z"),
    ("happened_at", "9999-12-31T23:59:59-14:00"),
    ("happened_at", 1e300),
    ("window_number", -1),
    ("window_number", 10**30),
    ("office_id", "' OR 1=1 --"),
    ("surprise", 1),
]


async def test_offending_field_is_named(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    for field, value in OFFENDING:
        answer = await client.post("/api/v1/complaints", json=_complaint(centre, **{field: value}))
        assert answer.status_code == 422, (field, value, answer.text)
        assert _is_problem(answer)
        assert any(field in fault["field"] for fault in answer.json()["errors"])


async def test_lone_surrogate_is_refused_and_kazakh_kept(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    text = "Әәғқңөұүһі \u202e 🙂"
    answer = await client.post("/api/v1/complaints", json=_complaint(centre, description=text))
    assert answer.status_code == 201, answer.text
    assert answer.json()["description"] == text
    broken = (
        json.dumps(_complaint(centre))
        .encode()
        .replace(b'"window_number"', b'"caller_name": "\\ud83d", "window_number"')
    )
    answer = await client.post(
        "/api/v1/complaints", content=broken, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
    path=st.text(st.characters(max_codepoint=0x2FF, exclude_characters="?#"), max_size=40),
    query=st.text(st.characters(max_codepoint=0x2FF), max_size=40),
    body=st.binary(max_size=60),
)
async def test_random_requests_never_crash(
    centre: Centre, method: str, path: str, query: str, body: bytes
) -> None:
    client = await centre.client()
    url = f"{HOST}/api/v1/{quote(path, safe='/')}?q={quote(query)}&cursor={quote(query)}"
    answer = await client.request(method, url, content=body)
    assert answer.status_code < 500


async def test_request_id_is_kept_where_it_is_harmless(centre: Centre) -> None:
    client = await centre.client()
    kept = await client.get("/healthz", headers={"X-Request-Id": "abc-123_DEF"})
    assert kept.headers["X-Request-Id"] == "abc-123_DEF"
    odd = await client.get("/healthz", headers={"X-Request-Id": "a b<script>"})
    assert uuid.UUID(odd.headers["X-Request-Id"])


async def test_security_headers_are_on_every_answer(centre: Centre) -> None:
    client = await centre.client()
    for path in ("/healthz", "/api/v1/session", "/api/v1/openapi.json"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"


async def test_database_away_is_unavailable_not_a_crash(settings: Settings) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    app = create_app(settings=settings, database=away, clock=ManualClock(NOON), key=KEY)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        client.cookies.set("ahual", "x")
        answer = await client.get("/api/v1/offices")
        ready = await client.get("/readyz")
        alive = await client.get("/healthz")
    await away.close()
    assert answer.status_code == 503
    assert _is_problem(answer)
    assert int(answer.headers["Retry-After"]) > 0
    assert (ready.status_code, alive.status_code) == (503, 200)


async def test_unforeseen_error_is_a_problem_with_its_id(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("dashboard_api.office_view.show", broken)
    client = await centre.signed_in("operator")
    with capture_logs() as logged:
        answer = await client.get("/api/v1/offices")
    assert [entry["event"] for entry in logged] == ["request.crashed"]
    assert answer.status_code == 500
    assert _is_problem(answer)
    assert "ZeroDivision" not in answer.text
