from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from alerts import desk
from alerts.complaints.intake import ComplaintIntake, register
from alerts.service import Term
from models.alert import Alert, AlertUpdate, ComplaintAlert
from models.camera import Camera, MediaNode, Stream, Zone
from models.complaint import ComplaintUpdate
from models.kit.bus import announce, changes_after, last_seq
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.ids import new_id
from models.observation import ZoneObservationRow
from models.observations import StreamState
from tests.builders import NOON, BuiltOffice, build_office, build_operator, names

pytestmark = pytest.mark.postgis


@pytest.fixture
async def office(database: Database) -> BuiltOffice:
    async with database.transaction() as session:
        built = await build_office(session)
        await session.execute(update(Stream).values(state=StreamState.LIVE))
        session.add(MediaNode(name="node-1", port=8090, started_at=NOON, seen_at=NOON))
        return built


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


async def see(
    database: Database, zone_id: UUID | None, people: int | None, clock: ManualClock
) -> None:
    """Write an observation as vision does: row and notice in one transaction."""
    state = "unknown" if people is None else "occupied" if people else "empty"
    now = clock.now()
    async with database.transaction() as session:
        session.add(
            ZoneObservationRow(zone_id=zone_id, at=now, since=now, state=state, people=people)
        )
        announce(
            session,
            "observation",
            str(zone_id),
            {
                "zone_id": str(zone_id),
                "state": state,
                "people": people,
                "since": now.isoformat(),
                "at": now.isoformat(),
            },
        )


async def set_streams(database: Database, camera_id: UUID, state: str, clock: ManualClock) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(Stream)
            .where(Stream.camera_id == camera_id)
            .values(state=state, state_since=clock.now())
        )
        for kind in ("main", "sub"):
            announce(
                session,
                "stream",
                camera_id,
                {
                    "camera_id": str(camera_id),
                    "kind": kind,
                    "state": state,
                    "since": clock.now().isoformat(),
                    "detail": "",
                },
            )


async def pass_time(database: Database, term: Term, clock: ManualClock, seconds: int) -> None:
    """Let a term live through that time, its media node alive."""
    for _ in range(seconds):
        clock.advance(timedelta(seconds=1))
        async with database.transaction() as session:
            await session.execute(update(MediaNode).values(seen_at=clock.now()))
        await term.tick()


class Follower:
    """Hands every notice to a term, one round at a time."""

    def __init__(self, database: Database, term: Term) -> None:
        self.database, self.term, self.seq = database, term, 0

    async def catch_up(self) -> None:
        async with self.database.read() as session:
            notices = await changes_after(session, self.seq)
        for notice in notices:
            await self.term._take(notice)
            self.seq = notice.seq


@asynccontextmanager
async def a_term(database: Database, clock: ManualClock) -> AsyncIterator[tuple[Term, Follower]]:
    term = Term(database, clock)
    follower = Follower(database, term)
    async with database.read() as session:
        follower.seq = await last_seq(session)
    await term.begin()
    yield term, follower


async def alerts(database: Database, rule: str) -> list[Alert]:
    async with database.read() as session:
        rows = await session.execute(
            select(Alert).where(Alert.rule == rule).order_by(Alert.raised_at)
        )
        return list(rows.scalars())


async def lines(database: Database, alert_id: UUID) -> list[str]:
    async with database.read() as session:
        rows = await session.execute(
            select(AlertUpdate.kind)
            .where(AlertUpdate.alert_id == alert_id)
            .order_by(AlertUpdate.id)
        )
        return list(rows.scalars())


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


async def test_a_dead_node_silences_its_cameras(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with a_term(database, clock) as (term, _):
        for _ in range(16):
            clock.advance(timedelta(seconds=1))
            await term.tick()
        (alert,) = await alerts(database, "node_down")
        assert (alert.office_id, alert.camera_id) == (None, None)
        assert alert.details == {"node": "node-1/0", "cameras": 1}
        assert await alerts(database, "camera_silent") == []
        await pass_time(database, term, clock, 4)
        assert (await alerts(database, "node_down"))[0].resolved_at is not None


async def test_a_disk_that_fills_up_is_forecast_then_told(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async def disk(state: str, free: int) -> None:
        values = {"disk_state": state, "disk_since": clock.now(), "free_bytes": free}
        more = {"freeable_bytes": 0, "write_bytes_per_s": 1000.0, "disk_detail": state}
        async with database.transaction() as session:
            await session.execute(update(MediaNode).values(**values, **more))

    async with a_term(database, clock) as (term, _):
        await disk("ok", 3_600_000)
        await pass_time(database, term, clock, 62)
        (forecast,) = await alerts(database, "recording_disk")
        assert (forecast.severity, forecast.subject) == ("warning", "disk:node-1")
        assert forecast.details["headroom_s"] == 3600
        await disk("full", 0)
        await pass_time(database, term, clock, 5)
        (stopped,) = await alerts(database, "recording_stopped")
        assert (stopped.severity, stopped.office_id) == ("critical", None)
        assert stopped.details == {"node": "node-1", "disk": "full", "disk_detail": "full"}
        await disk("ok", 36_000_000)
        await pass_time(database, term, clock, 62)
        found = await alerts(database, "recording_disk") + await alerts(
            database, "recording_stopped"
        )
        assert all(alert.resolved_at is not None for alert in found)


async def test_an_office_without_line_is_one_alert(
    database: Database, office: BuiltOffice, clock: ManualClock
) -> None:
    async with database.transaction() as session:
        for number in (2, 3):
            camera = Camera(
                id=new_id(),
                office_id=office.office_id,
                code=f"cam-{number}",
                name=names("hall"),
                node_name="node-1",
            )
            session.add(camera)
            await session.flush()
            office.cameras.append(camera.id)
            session.add(
                Stream(
                    camera_id=camera.id,
                    kind="main",
                    url="rtsp://127.0.0.1/1",
                    recorded=True,
                    state=StreamState.LIVE,
                    state_since=NOON,
                )
            )
    async with a_term(database, clock) as (term, follower):
        await pass_time(database, term, clock, 60)
        for camera_id in office.cameras:  # 0, 8 and 16 s after the first
            await set_streams(database, camera_id, StreamState.STALLED, clock)
            await follower.catch_up()
            await pass_time(database, term, clock, 8)
        await pass_time(database, term, clock, 120)
        (offline,) = await alerts(database, "office_offline")
        assert (offline.office_id, offline.camera_id) == (office.office_id, None)
        assert offline.since_at == NOON + timedelta(seconds=60)
        assert offline.raised_at == NOON + timedelta(seconds=86)
        assert await alerts(database, "camera_silent") == []
        for camera_id in office.cameras[:2]:  # two come back one after another, the third not
            await set_streams(database, camera_id, StreamState.LIVE, clock)
            await follower.catch_up()
            await pass_time(database, term, clock, 20)
        assert (await alerts(database, "office_offline"))[0].resolved_at is not None
        assert await alerts(database, "camera_silent") == []
        await pass_time(database, term, clock, 30)
        (silent,) = await alerts(database, "camera_silent")
        assert silent.camera_id == office.cameras[2]


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
