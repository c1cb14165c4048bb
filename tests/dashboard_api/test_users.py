"""Accounts over the API and by the command line's function; the audit trail."""

import asyncio

import pytest
from sqlalchemy import select

from dashboard_api.accounts import add_user
from models.kit import bus
from models.kit.errors import Conflict, InvalidInput
from models.operator import Session
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis
NEW = {
    "login": "dana",
    "password": "сегіз таңба",
    "full_name": "Дана Қасымова",
    "role": "auditor",
    "language": "ru",
}


async def test_admin_adds_an_account_that_can_sign_in(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    added = await admin.post("/api/v1/users", json=NEW)
    assert added.status_code == 201, added.text
    assert "password" not in added.text
    assert (await admin.post("/api/v1/users", json=NEW)).status_code == 409
    logins = [user["login"] for user in (await admin.get("/api/v1/users")).json()["items"]]
    assert logins == ["admin", "dana"]
    dana = await centre.client()
    body = {"login": "dana", "password": NEW["password"]}
    assert (await dana.post("/api/v1/session", json=body)).json()["role"] == "auditor"


async def test_login_taken_at_the_same_moment_is_a_conflict(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    answers = await asyncio.gather(*(admin.post("/api/v1/users", json=NEW) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_bad_accounts_are_refused(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    for change in (
        {"login": "Dana Қ"},
        {"password": "short"},
        {"role": "king"},
        {"language": "fr"},
        {"region_id": "01890000-0000-7000-8000-000000000000"},
    ):
        assert (await admin.post("/api/v1/users", json=NEW | change)).status_code == 422, change


async def test_command_line_adds_an_account_once(centre: Centre) -> None:
    await add_user(centre.database, "dana", "сегіз таңба", "agent", "Дана", "kk")
    with pytest.raises(Conflict, match="dana"):
        await add_user(centre.database, "dana", "сегіз таңба", "agent", "Дана", "kk")
    for role, password, language in (
        ("king", "сегіз таңба", "kk"),
        ("agent", "short", "kk"),
        ("agent", "сегіз таңба", "fr"),
    ):
        with pytest.raises(InvalidInput):
            await add_user(centre.database, "other", password, role, "Дана", language)


async def test_audit_tells_who_watched_what(centre: Centre) -> None:
    operator = await centre.signed_in("operator")
    camera_id = centre.office.cameras[0]
    for _ in range(2):
        await operator.post(f"/api/v1/cameras/{camera_id}/ticket", json={"purpose": "live"})
    auditor = await centre.signed_in("auditor")
    query = {"action": "camera.live", "subject": str(camera_id), "limit": "1"}
    first = (await auditor.get("/api/v1/audit", params=query)).json()
    second = await auditor.get("/api/v1/audit", params=query | {"cursor": first["next_cursor"]})
    entries = first["items"] + second.json()["items"]
    assert [entry["operator"]["full_name"] for entry in entries] == ["Әйгерім Сапарова"] * 2
    assert entries[0]["id"] > entries[1]["id"]
    assert second.json()["next_cursor"] is None


async def test_disabling_an_account_ends_its_sessions_and_tells_the_media_nodes(
    centre: Centre,
) -> None:
    admin, operator = await centre.signed_in("admin"), await centre.signed_in("operator")
    other = await centre.signed_in("supervisor")
    operator_id = (await operator.get("/api/v1/session")).json()["id"]
    address = f"/api/v1/users/{operator_id}"
    answer = await admin.put(address, json={"enabled": False})
    assert answer.status_code == 200, answer.text
    assert answer.json()["disabled_at"] is not None
    assert (await operator.get("/api/v1/session")).status_code == 401
    assert (await other.get("/api/v1/session")).status_code == 200
    async with centre.database.read() as session:
        notices = await bus.changes_after(session, 0, ["session"])
        ended = list(await session.scalars(select(Session).where(Session.revoked_at.is_not(None))))
    assert [(notice.subject_id, notice.data) for notice in notices] == [
        (str(row.id), {"revoked": True}) for row in ended
    ]
    assert [str(row.operator_id) for row in ended] == [operator_id]

    again = await admin.put(address, json={"enabled": False})
    assert again.json()["disabled_at"] == answer.json()["disabled_at"], "it was so already"
    enabled = await admin.put(address, json={"enabled": True})
    assert enabled.json()["disabled_at"] is None
    trail = (await admin.get("/api/v1/audit")).json()["items"]
    actions = [entry["action"] for entry in trail if entry["subject"] == operator_id]
    assert sorted(a for a in actions if a.startswith("user.")) == ["user.disable", "user.enable"]


async def test_an_administrator_cannot_disable_themselves(centre: Centre) -> None:
    admin = await centre.signed_in("admin")
    own_id = (await admin.get("/api/v1/session")).json()["id"]
    assert (await admin.put(f"/api/v1/users/{own_id}", json={"enabled": False})).status_code == 409
    nobody = "01890000-0000-7000-8000-000000000000"
    assert (await admin.put(f"/api/v1/users/{nobody}", json={"enabled": True})).status_code == 404
    assert (await admin.put(f"/api/v1/users/{nobody}", json={})).status_code == 422
