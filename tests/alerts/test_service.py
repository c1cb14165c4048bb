from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from alerts import desk
from alerts.complaints.intake import ComplaintIntake, register
from ingest.onvif.ledger import NoticeLedger
from ingest.onvif.notices import Sign
from models.alert import ComplaintAlert
from models.camera import Camera, Zone
from models.complaint import ComplaintUpdate
from models.kit.bus import announce, changes_after
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.observations import NoticeKind, StreamState
from tests.alerts.terms import a_term, alerts, lines, pass_time, see, set_streams
from tests.builders import NOON, BuiltOffice, build_operator

pytestmark = pytest.mark.postgis


async def test_an_empty_window_raises_once_and_resolves_when_staffed(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    zone = office.operator_zones[3]
    async with a_term(database, clock) as (term, follower):
        await see(database, zone, 0, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 179)
        assert await alerts(database, "window_unstaffed") == []
        await pass_time(database, term, clock, 20)
        (alert,) = await alerts(database, "window_unstaffed")
        assert alert.raised_at == NOON + timedelta(seconds=180)
        assert alert.since_at == NOON
        assert alert.window_id == office.windows[3]
        assert alert.details["window_number"] == 3
        await see(database, zone, 1, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 6)
    (alert,) = await alerts(database, "window_unstaffed")
    assert (alert.state, alert.active) == ("resolved", False)
    assert await lines(database, alert.id) == ["raised", "cleared", "resolved"]
    async with database.read() as session:
        said = [n.data["state"] for n in await changes_after(session, 0, ["alert"])]
    assert said == ["open", "resolved"]


async def test_a_new_leader_resumes_and_doubles_nothing(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    zone = office.operator_zones[1]
    async with a_term(database, clock) as (term, follower):
        await see(database, zone, 0, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 100)
    async with a_term(database, clock) as (term, _):  # killed while pending
        await pass_time(database, term, clock, 81)
        (first,) = await alerts(database, "window_unstaffed")
        assert first.raised_at == NOON + timedelta(seconds=180)
    async with a_term(database, clock) as (term, follower):  # killed while firing
        await pass_time(database, term, clock, 300)
        assert len(await alerts(database, "window_unstaffed")) == 1
        await see(database, zone, 1, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 6)
    (only,) = await alerts(database, "window_unstaffed")
    assert only.resolved_at is not None


async def test_a_change_that_was_missed_is_caught_up(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with a_term(database, clock) as (_, follower):
        await see(database, office.queue_zone, 9, clock)
        await follower.catch_up()
    clock.advance(timedelta(seconds=61))
    async with a_term(database, clock):
        (alert,) = await alerts(database, "queue_too_long")
        assert (alert.since_at, alert.details["people"]) == (NOON, 9)


async def test_a_silent_camera_is_one_alert_and_freezes_its_windows(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    camera = office.cameras[0]
    async with a_term(database, clock) as (term, follower):
        await see(database, office.operator_zones[1], 0, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 170)
        await set_streams(database, camera, StreamState.DOWN, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 60)
        (silent,) = await alerts(database, "camera_silent")
        assert silent.raised_at == NOON + timedelta(seconds=180)
        assert await alerts(database, "window_unstaffed") == []
        await set_streams(database, camera, StreamState.LIVE, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 4)
        (silent,) = await alerts(database, "camera_silent")
        assert silent.resolved_at is not None
        await pass_time(database, term, clock, 7)
        assert len(await alerts(database, "window_unstaffed")) == 1


async def test_a_camera_that_says_it_is_covered_raises_and_clears(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async def tell(sign: Sign) -> None:
        ledger = NoticeLedger(database)
        ledger.tell(office.cameras[0], sign, clock.now())
        await ledger.flush()

    async with a_term(database, clock) as (term, follower):
        await tell(Sign(NoticeKind.TAMPER, "vs0", True))
        await follower.catch_up()
        await pass_time(database, term, clock, 40)  # also over a reload
        (alert,) = await alerts(database, "camera_blind")
        assert (alert.since_at, alert.camera_id) == (NOON, office.cameras[0])
        assert alert.details == {"sight": "covered", "told_by": "camera", "source": "vs0"}
        await tell(Sign(NoticeKind.TAMPER, "vs0", False))
        await follower.catch_up()
        await pass_time(database, term, clock, 20)
    (alert,) = await alerts(database, "camera_blind")
    assert alert.state == "resolved"


async def test_a_resolved_alert_comes_again_only_after_the_interval(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with a_term(database, clock) as (term, follower):
        await see(database, office.queue_zone, 9, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 60)
        (first,) = await alerts(database, "queue_too_long")
        async with database.transaction() as session:
            by = await build_operator(session)
        async with database.transaction() as session:
            await desk.acknowledge(session, first.id, by=by, note="", clock=clock)
            await desk.resolve(session, first.id, by=by, note="rang them", clock=clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 59)
        assert len(await alerts(database, "queue_too_long")) == 1
        await pass_time(database, term, clock, 2)
        assert len(await alerts(database, "queue_too_long")) == 2
    assert await lines(database, first.id) == ["raised", "acknowledged", "resolved"]


async def test_a_new_alert_is_tied_to_the_cards_of_its_window(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with a_term(database, clock) as (term, follower):
        await see(database, office.operator_zones[3], 0, clock)
        await follower.catch_up()
        clock.advance(timedelta(seconds=60))
        intake: dict[str, Any] = {
            "channel": "call_1414",
            "service_code": "absent_staff",
            "description": "Ешкім жоқ",
            "office_id": office.office_id,
            "happened_at": clock.now(),
        }
        cards = {}
        for number in (3, 2, None):
            async with database.transaction() as session:
                card = ComplaintIntake(**intake, window_number=number)
                cards[number] = (await register(session, card, by=None, clock=clock)).id
        await follower.catch_up()
        await pass_time(database, term, clock, 125)
        await follower.catch_up()
    (alert,) = await alerts(database, "window_unstaffed")
    async with database.read() as session:
        tied = set((await session.execute(select(ComplaintAlert.complaint_id))).scalars())
        noted = await session.execute(
            select(ComplaintUpdate.complaint_id).where(ComplaintUpdate.kind == "alert_tied")
        )
        said = [
            n for n in await changes_after(session, 0, ["alert"]) if n.subject_id == str(alert.id)
        ]
        assert tied == set(noted.scalars()) == {cards[3], cards[None]}
    assert {shown["id"] for shown in said[0].data["complaints"]} == {str(c) for c in tied}


async def test_a_card_and_an_alert_of_the_same_moment_are_tied_afterwards(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with a_term(database, clock) as (term, follower):
        await see(database, office.operator_zones[3], 0, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 180)
        async with database.transaction() as session:
            card = ComplaintIntake(
                channel="call_1414",
                service_code="absent_staff",
                description="Ешкім жоқ",
                office_id=office.office_id,
                window_number=3,
                happened_at=clock.now(),
            )
            complaint = await register(session, card, by=None, clock=clock)
            # As if the alert had been written by a transaction that was not committed yet.
            await session.execute(delete(ComplaintAlert))
        await follower.catch_up()
    async with database.read() as session:
        ties = (await session.execute(select(ComplaintAlert))).scalars().all()
        said = [n for n in await changes_after(session, 0, ["alert"]) if n.data["complaints"]]
    assert [tie.complaint_id for tie in ties] == [complaint.id]
    assert said[-1].data["rule"] == "window_unstaffed"


async def test_removing_a_zone_clears_its_alert(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with a_term(database, clock) as (term, follower):
        await see(database, office.queue_zone, 9, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 60)
        async with database.transaction() as session:
            await session.execute(
                update(Zone).where(Zone.id == office.queue_zone).values(queue_limit=None)
            )
            announce(session, "config", office.cameras[0], {"camera_id": str(office.cameras[0])})
        await follower.catch_up()
    (alert,) = await alerts(database, "queue_too_long")
    assert alert.resolved_at is not None


async def test_unreadable_notices_are_passed_over(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with a_term(database, clock) as (term, follower):
        async with database.transaction() as session:
            announce(session, "observation", "x", {"zone_id": "nonsense"})
            announce(session, "observation", "x", {})
            announce(session, "stream", "x", {"camera_id": str(office.cameras[0]), "kind": "third"})
            announce(session, "complaint", "not-a-uuid", {})
            announce(session, "alert", "x", {"state": "resolved"})
        await see(database, office.queue_zone, 9, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 61)
    assert len(await alerts(database, "queue_too_long")) == 1


async def test_an_observation_of_an_unknown_zone_reloads_the_layout(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        await session.execute(update(Camera).values(enabled=False))
    async with a_term(database, clock) as (term, follower):
        async with database.transaction() as session:
            await session.execute(update(Camera).values(enabled=True))
        await see(database, office.queue_zone, 9, clock)
        await follower.catch_up()
        await pass_time(database, term, clock, 61)
    assert len(await alerts(database, "queue_too_long")) == 1
