"""Signing in and out."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from dashboard_api.accounts import add_user
from models.kit.bus import changes_after
from models.operator import AuditEntry, Operator, Session
from tests.dashboard_api.conftest import HOST, Centre

pytestmark = pytest.mark.postgis
GOOD = {"login": "aigerim", "password": "бес мың аттан"}


@pytest.fixture
async def door(centre: Centre) -> httpx.AsyncClient:
    await add_user(
        centre.database, "aigerim", "бес мың аттан", "operator", "Әйгерім Сапарова", "kk"
    )
    return await centre.client()


async def test_login_opens_a_session_until_logout(centre: Centre, door: httpx.AsyncClient) -> None:
    answer = await door.post("/api/v1/session", json=GOOD)
    assert answer.status_code == 200
    me = answer.json()
    assert (me["login"], me["role"], me["language"]) == ("aigerim", "operator", "kk")
    assert "live.view" in me["permissions"]
    assert "users.manage" not in me["permissions"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("ahual=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await door.get("/api/v1/session")).json() == me
    token = door.cookies["ahual"]
    assert (await door.delete("/api/v1/session")).status_code == 204
    door.cookies.set("ahual", token)
    assert (await door.get("/api/v1/session")).status_code == 401
    async with centre.database.read() as session:
        actions = list(await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        notices = await changes_after(session, 0, ["session"])
        stored = (await session.scalars(select(Session))).one()
    assert actions == ["user.add", "session.login", "session.logout"]
    assert [notice.subject_id for notice in notices] == [str(stored.id)]
    assert token.encode() not in stored.token_sha256


async def test_over_https_the_cookie_is_bound_to_the_host(centre: Centre) -> None:
    await add_user(centre.database, **GOOD, role="operator", full_name="Ә", language="kk")
    transport = httpx.ASGITransport(app=centre.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://ahual.gov4c.kz") as client:
        answer = await client.post("/api/v1/session", json=GOOD)
        assert answer.headers["set-cookie"].startswith("__Host-ahual=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "Strict-Transport-Security" in answer.headers
        assert (await client.get("/api/v1/session")).status_code == 200


async def test_password_never_crosses_an_open_network(centre: Centre) -> None:
    transport = httpx.ASGITransport(app=centre.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8080") as client:
        answer = await client.post("/api/v1/session", json=GOOD)
    assert answer.status_code == 403
    assert "https" in answer.json()["detail"]


async def test_session_ends_by_itself(centre: Centre, door: httpx.AsyncClient) -> None:
    await door.post("/api/v1/session", json=GOOD)
    centre.clock.advance(timedelta(hours=14, seconds=1))
    assert (await door.get("/api/v1/session")).status_code == 401


async def test_disabled_account_is_out_at_once(centre: Centre, door: httpx.AsyncClient) -> None:
    await door.post("/api/v1/session", json=GOOD)
    async with centre.database.transaction() as session:
        await session.execute(update(Operator).values(disabled_at=centre.clock.now()))
    assert (await door.get("/api/v1/session")).status_code == 401
    assert (await door.post("/api/v1/session", json=GOOD)).status_code == 401


async def test_sixth_wrong_password_must_wait(centre: Centre, door: httpx.AsyncClient) -> None:
    wrong = GOOD | {"password": "wrong"}
    for _ in range(5):
        assert (await door.post("/api/v1/session", json=wrong)).status_code == 401
    answer = await door.post("/api/v1/session", json=GOOD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    other = GOOD | {"login": "nobody"}
    assert (await door.post("/api/v1/session", json=other)).status_code == 401
    centre.clock.advance(timedelta(seconds=61))
    assert (await door.post("/api/v1/session", json=GOOD)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": HOST}, 200),
        ({"Origin": "http://localhost:9999"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[::bad"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
async def test_foreign_pages_cannot_sign_in(
    door: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await door.post("/api/v1/session", json=GOOD, headers=headers)
    assert answer.status_code == status


async def test_foreign_pages_cannot_act_on_the_cookie(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    headers = {"Origin": "https://evil.example"}
    answer = await client.delete("/api/v1/session", headers=headers)
    assert answer.status_code == 403
    assert (await client.get("/api/v1/session", headers=headers)).status_code == 200
