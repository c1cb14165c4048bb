import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from alerts import record
from alerts.complaints import present
from alerts.complaints.intake import ComplaintIntake, register
from models.alert import Alert
from models.camera import Camera
from models.complaint import Complaint, ComplaintUpdate
from models.kit.bus import changes_after
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.errors import InvalidInput
from models.kit.ids import new_id
from models.observation import ZoneObservationRow
from models.observations import Severity
from models.recording import Hold
from tests.builders import NOON, BuiltOffice, build_office, build_operator

pytestmark = pytest.mark.postgis


def an_intake(office_id: UUID) -> ComplaintIntake:
    return ComplaintIntake(
        channel="call_1414",
        service_code="absent_staff",
        description="Үшінші терезеде ешкім жоқ 🙁",
        office_id=office_id,
        window_number=3,
        happened_at=NOON - timedelta(minutes=10),
    )


async def an_unstaffed_alert(database: Database, office: BuiltOffice, window: int) -> UUID:
    async with database.transaction() as session:
        alert = await record.raise_alert(
            session,
            record.NewAlert(
                rule="window_unstaffed",
                subject=f"window:{office.windows[window]}",
                severity=Severity.WARNING,
                since_at=NOON - timedelta(minutes=12),
                office_id=office.office_id,
                window_id=office.windows[window],
                camera_id=office.cameras[0],
            ),
            NOON - timedelta(minutes=9),
        )
        assert alert is not None
        return alert.id


@pytest.fixture
async def office(database: Database) -> BuiltOffice:
    async with database.transaction() as session:
        return await build_office(session)


async def test_a_complaint_is_registered_whole(database: Database, office: BuiltOffice) -> None:
    clock = ManualClock(NOON)
    tied = await an_unstaffed_alert(database, office, 3)
    other = await an_unstaffed_alert(database, office, 2)
    async with database.transaction() as session:
        operator = await build_operator(session, role="agent")
        for minutes, state, people in ((-60, "occupied", 1), (-12, "empty", 0)):
            at = NOON + timedelta(minutes=minutes)
            session.add(
                ZoneObservationRow(
                    zone_id=office.operator_zones[3], at=at, since=at, state=state, people=people
                )
            )
    async with database.read() as session:
        before = (await changes_after(session, 0))[-1:]
    async with database.transaction() as session:
        complaint = await register(session, an_intake(office.office_id), by=operator, clock=clock)
    async with database.read() as session:
        card = await present.card(session, complaint.id, clock)
        notices = await changes_after(session, before[0].seq if before else 0)
    assert card["number"] == "26-000001"
    assert len(card["code"]) == 6
    assert card["state"] == "registered"
    assert [line["kind"] for line in card["updates"]] == ["received", "state", "hold", "alert_tied"]
    assert card["updates"][0]["by"]["id"] == str(operator)
    assert [clock["due_at"] for clock in card["clocks"]] == [
        "2026-03-27T13:00:00Z",
        "2026-04-14T13:00:00Z",
    ]
    assert {alert["rule"] for alert in card["alerts"]} == {"window_unstaffed", "complaint_received"}
    assert str(other) not in {alert["id"] for alert in card["alerts"]}
    assert [found["state"] for found in card["findings"]] == ["occupied", "empty"]
    (camera,) = card["cameras"]
    assert camera["camera"]["id"] == str(office.cameras[0])
    assert camera["replay_from"] == "2026-03-19T06:48:00Z"
    (hold,) = card["holds"]
    assert hold["camera_ids"] == [str(office.cameras[0])]
    assert hold["starts_at"] == "2026-03-19T06:35:00Z"
    assert hold["ends_at"] == "2026-03-19T07:05:00Z"
    alerts = {n.data["rule"]: n.data for n in notices if n.topic == "alert"}
    mine = [{"id": card["id"], "number": "26-000001"}]
    assert alerts["window_unstaffed"]["id"] == str(tied)
    assert alerts["window_unstaffed"]["complaints"] == mine
    arrived = alerts["complaint_received"]
    assert arrived["complaints"] == mine
    assert arrived["camera"]["id"] == str(office.cameras[0])
    assert arrived["details"] == {
        "number": "26-000001",
        "happened_at": "2026-03-19T06:50:00Z",
        "service_code": "absent_staff",
        "window_number": 3,
    }
    (announced,) = [n for n in notices if n.topic == "complaint"]
    assert "caller_phone" not in announced.data


async def test_the_same_key_gives_the_same_card(database: Database, office: BuiltOffice) -> None:
    numbers = set()
    for _ in range(3):
        async with database.transaction() as session:
            card = await register(
                session,
                an_intake(office.office_id),
                by=None,
                idempotency_key="call-77",
                clock=ManualClock(NOON),
            )
            numbers.add(card.number)
    assert len(numbers) == 1
    async with database.read() as session:
        assert (await session.execute(select(func.count()).select_from(Alert))).scalar() == 1
        assert (await session.execute(select(func.count()).select_from(Hold))).scalar() == 1


async def test_a_key_sent_twice_at_once_is_one_card(
    database: Database, office: BuiltOffice
) -> None:
    async def send() -> str:
        async with database.transaction() as session:
            card = await register(
                session,
                an_intake(office.office_id),
                by=None,
                idempotency_key="call-78",
                clock=ManualClock(NOON),
            )
            return card.number

    assert len(set(await asyncio.gather(*(send() for _ in range(5))))) == 1


async def test_an_alert_that_ended_long_before_is_not_tied(
    database: Database, office: BuiltOffice
) -> None:
    alert_id = await an_unstaffed_alert(database, office, 3)
    long_ago = NOON - timedelta(minutes=40)
    async with database.transaction() as session:
        alert = await session.get_one(Alert, alert_id)
        alert.since_at = alert.raised_at = long_ago
        record.clear_alert(session, alert, long_ago + timedelta(minutes=5))
    async with database.transaction() as session:
        complaint = await register(
            session, an_intake(office.office_id), by=None, clock=ManualClock(NOON)
        )
        card = await present.card(session, complaint.id, ManualClock(NOON))
    assert [alert["rule"] for alert in card["alerts"]] == ["complaint_received"]


async def test_a_refused_complaint_leaves_nothing(database: Database, office: BuiltOffice) -> None:
    intake = an_intake(office.office_id)
    cases = {
        "channel": replace(intake, channel="pigeon"),
        "service_code": replace(intake, service_code=""),
        "description": replace(intake, description=" \n"),
        "office_id": replace(intake, office_id=new_id()),
        "window_number": replace(intake, window_number=99),
        "happened_at": replace(intake, happened_at=NOON + timedelta(minutes=6)),
        "happened_within_s": replace(intake, happened_within_s=-1),
        "ticket_number": replace(intake, ticket_number="A\0"),
        "caller_name": replace(intake, caller_name="\ud800"),
        "caller_phone": replace(intake, caller_phone="7" * 41),
    }
    for field, case in cases.items():
        with pytest.raises(InvalidInput) as refused:
            async with database.transaction() as session:
                await register(session, case, by=None, clock=ManualClock(NOON))
        assert refused.value.field == field
    naive = replace(intake, happened_at=NOON.replace(tzinfo=None))
    with pytest.raises(InvalidInput, match="offset"):
        async with database.transaction() as session:
            await register(session, naive, by=None, clock=ManualClock(NOON))
    async with database.read() as session:
        for table in (Complaint, ComplaintUpdate, Hold, Alert):
            assert (await session.execute(select(func.count()).select_from(table))).scalar() == 0


async def test_an_office_without_cameras_can_still_be_complained_about(
    database: Database,
) -> None:
    async with database.transaction() as session:
        office = await build_office(session, windows=0)
        await session.execute(delete(Camera))
    async with database.transaction() as session:
        intake = replace(an_intake(office.office_id), window_number=None)
        complaint = await register(session, intake, by=None, clock=ManualClock(NOON))
    async with database.read() as session:
        card = await present.card(session, complaint.id, ManualClock(NOON))
    assert (card["window"], card["cameras"], card["holds"], card["findings"]) == (None, [], [], [])
