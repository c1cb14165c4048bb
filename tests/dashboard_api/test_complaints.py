"""Complaints over the API: once per key, ETag, own cards of an agent, clips and tickets."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from ingest.media.tickets import verify
from models.operator import AuditEntry
from models.recording import Clip
from tests.builders import NOON
from tests.dashboard_api.conftest import KEY, Centre

pytestmark = pytest.mark.postgis


def said(centre: Centre, **changes: Any) -> dict[str, Any]:
    return {
        "channel": "call_1414",
        "service_code": "absent_staff",
        "description": "Терезеде ешкім жоқ",
        "office_id": str(centre.office.office_id),
        "window_number": 3,
        "happened_at": (NOON - timedelta(minutes=10)).isoformat(),
        "caller_name": "Нұрлан",
        "caller_phone": "+77010000000",
    } | changes


async def _register(client: httpx.AsyncClient, centre: Centre, **changes: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/complaints", json=said(centre, **changes))
    assert answer.status_code == 201, answer.text
    card: dict[str, Any] = answer.json()
    return card


async def test_card_opens_on_the_right_camera_and_minute(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    answer = await client.post("/api/v1/complaints", json=said(centre))
    card = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/complaints/{card['id']}"
    assert answer.headers["ETag"] == f'"{card["version"]}"'
    assert card["window"]["number"] == 3
    assert card["cameras"][0]["camera"]["id"] == str(centre.office.cameras[0])
    assert card["cameras"][0]["replay_from"] < card["happened_at"]
    assert {clock["kind"] for clock in card["clocks"]} == {"short_answer", "full_answer"}
    assert card["holds"]
    assert "complaint_received" in {alert["rule"] for alert in card["alerts"]}


@pytest.mark.parametrize(("role", "watches"), [("supervisor", True), ("agent", False)])
async def test_a_card_brings_the_right_to_watch_its_camera(
    centre: Centre, role: str, watches: bool
) -> None:
    registered = await _register(await centre.signed_in("agent"), centre, happened_within_s=60)
    client = await centre.signed_in(role)
    path = f"/api/v1/complaints/{registered['id']}"
    assert (await client.get(path)).json()["replay"] is None
    opening = (await client.get(path, params={"replay": "true"})).json()["replay"]
    async with centre.database.read() as session:
        watched = list(
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "camera.replay"))
        )
    assert (opening is not None, len(watched)) == (watches, int(watches))
    if not watches:
        return
    ticket = verify(opening["ticket"], KEY, centre.clock.now())
    assert (ticket.purpose, ticket.reason) == ("replay", registered["number"])
    assert ticket.session_ends_at == NOON + timedelta(hours=14)
    assert str(ticket.camera) == opening["camera_id"] == registered["cameras"][0]["camera"]["id"]
    stated = NOON - timedelta(minutes=10)
    assert ticket.starts_at is not None
    assert ticket.ends_at is not None
    assert ticket.starts_at <= stated - timedelta(minutes=11)
    assert ticket.ends_at >= stated + timedelta(minutes=16)
    assert (watched[0].subject, watched[0].details["reason"]) == (
        opening["camera_id"],
        registered["number"],
    )


async def test_same_key_registers_once_for_the_same_person(centre: Centre) -> None:
    agent = await centre.signed_in("agent")
    supervisor = await centre.signed_in("supervisor")
    headers = {"Idempotency-Key": "call-17"}
    first, again, other = [
        (await client.post("/api/v1/complaints", json=said(centre), headers=headers)).json()
        for client in (agent, agent, supervisor)
    ]
    assert first["number"] == again["number"]
    assert first["number"] != other["number"]


async def test_same_key_at_the_same_moment_registers_once(centre: Centre) -> None:
    agent = await centre.signed_in("agent")
    headers = {"Idempotency-Key": "call-18"}
    answers = await asyncio.gather(
        *(agent.post("/api/v1/complaints", json=said(centre), headers=headers) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {201}, [a.text for a in answers]
    assert len({answer.json()["number"] for answer in answers}) == 1


async def test_agent_sees_only_what_they_registered(centre: Centre) -> None:
    mine = await centre.signed_in("agent", login="agent-1")
    theirs = await centre.signed_in("agent", login="agent-2")
    card = await _register(mine, centre)
    url = f"/api/v1/complaints/{card['id']}"
    assert (await mine.get(url)).status_code == 200
    assert (await theirs.get(url)).status_code == 404
    assert (await theirs.post(f"{url}/comments", json={"note": "?"})).status_code == 404
    assert (await theirs.get("/api/v1/complaints")).json()["items"] == []
    assert len((await mine.get("/api/v1/complaints")).json()["items"]) == 1


async def test_cards_are_found(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    first = await _register(client, centre)
    centre.clock.advance(timedelta(minutes=1))
    second = await _register(client, centre, caller_name="Айгүл 100%", window_number=1)

    async def numbers(**query: str) -> list[str]:
        answer = await client.get("/api/v1/complaints", params=query)
        assert answer.status_code == 200, answer.text
        return [item["number"] for item in answer.json()["items"]]

    assert await numbers() == [second["number"], first["number"]]
    assert await numbers(q="0%") == [second["number"]]
    assert await numbers(q=first["number"]) == [first["number"]]
    assert await numbers(q="нұрлан") == [first["number"]]
    assert await numbers(state="closed") == []
    assert await numbers(state=second["state"], limit="1") == [second["number"]]


async def test_older_version_cannot_overwrite_a_newer_one(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    card = await _register(client, centre)
    url = f"/api/v1/complaints/{card['id']}"
    move = {"to": card["allowed_moves"][0], "note": "алдым"}
    tag = (await client.get(url)).headers["ETag"]
    moved = await client.post(f"{url}/moves", json=move, headers={"If-Match": tag})
    assert moved.status_code == 200, moved.text
    assert moved.headers["ETag"] != tag
    late = await client.post(f"{url}/moves", json=move, headers={"If-Match": tag})
    assert late.status_code == 412
    for odd in ("three", '"-1"', '"9999999999999999"'):
        answer = await client.post(f"{url}/moves", json=move, headers={"If-Match": odd})
        assert answer.status_code == 422


async def test_card_cannot_close_without_an_outcome(centre: Centre) -> None:
    client = await centre.signed_in("supervisor")
    card = await _register(client, centre)
    url = f"/api/v1/complaints/{card['id']}/moves"
    for to in ("investigating", "full_answer_sent"):
        answer = await client.post(url, json={"to": to, "note": "иә"})
        assert answer.status_code == 200, answer.text
    refused = await client.post(url, json={"to": "closed", "note": "иә"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "outcome"
    outcome = {"kind": "provided", "note": "Қызмет көрсетілді"}
    closed = await client.post(url, json={"to": "closed", "note": "иә", "outcome": outcome})
    assert closed.status_code == 200, closed.text
    assert closed.json()["outcome"]["kind"] == "provided"


async def test_confirmed_camera_and_comment_are_in_the_history(centre: Centre) -> None:
    client = await centre.signed_in("operator")
    card = await _register(client, centre)
    url = f"/api/v1/complaints/{card['id']}"
    choice = {"camera_id": str(centre.office.cameras[0]), "at": card["happened_at"]}
    confirmed = await client.post(f"{url}/camera", json=choice)
    assert confirmed.status_code == 200, confirmed.text
    assert confirmed.json()["camera_id"] == choice["camera_id"]
    commented = await client.post(f"{url}/comments", json={"note": "Көрдім"})
    assert commented.json()["updates"][-1]["note"] == "Көрдім"
    assert commented.json()["updates"][-1]["by"]["full_name"] == "Әйгерім Сапарова"
    assert (await client.post(f"{url}/comments", json={"note": ""})).status_code == 422


async def test_clip_is_cut_and_fetched_by_those_who_may_export(centre: Centre) -> None:
    operator = await centre.signed_in("operator")
    auditor = await centre.signed_in("auditor")
    card = await _register(operator, centre)
    wanted = {
        "camera_id": str(centre.office.cameras[0]),
        "from": (NOON - timedelta(minutes=12)).isoformat(),
        "to": (NOON - timedelta(minutes=10)).isoformat(),
        "reason": "дәлел",
    }
    answer = await auditor.post(f"/api/v1/complaints/{card['id']}/clips", json=wanted)
    assert answer.status_code == 201, answer.text
    clip = answer.json()
    assert (clip["state"], clip["requested_s"]) == ("requested", 120.0)
    url = f"/api/v1/evidence/{clip['id']}/ticket"
    assert (await auditor.post(url)).status_code == 409
    async with centre.database.transaction() as session:
        row = await session.get_one(Clip, UUID(clip["id"]))
        row.state = "ready"
    signed = await auditor.post(url)
    assert signed.status_code == 200, signed.text
    ticket = verify(signed.json()["ticket"], KEY, centre.clock.now())
    assert (ticket.purpose, ticket.clip) == ("clip", UUID(clip["id"]))
    async with centre.database.read() as session:
        actions = list(await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions[-2:] == ["clip.request", "clip.download"]
