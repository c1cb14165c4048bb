"""Changes become rows and notices together; minutes merge; nothing is lost while away."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from models.kit.bus import Change as Notice
from models.kit.database import Database
from models.kit.ids import new_id
from models.observation import OfficeMinute, WindowPresence, ZoneMinute, ZoneObservationRow
from models.observations import ZoneKind, ZoneObservation, ZoneState
from tests.builders import NOON, BuiltOffice, build_office
from vision.flow import OfficeMinuteDone
from vision.minutes import Minute
from vision.record import Backlog
from vision.waiting import Figure, Forecast
from vision.watch import Change, Outcome, ZoneMinuteDone

pytestmark = pytest.mark.postgis


@pytest.fixture
async def office(database: Database) -> BuiltOffice:
    async with database.transaction() as session:
        return await build_office(session, windows=1)


def change(
    office: BuiltOffice, second: int, people: int | None, *, zone_id: UUID | None = None
) -> Change:
    state = (
        ZoneState.UNKNOWN if people is None else ZoneState.OCCUPIED if people else ZoneState.EMPTY
    )
    at = NOON + timedelta(seconds=second)
    seen = ZoneObservation(
        zone_id or office.operator_zones[1], ZoneKind.OPERATOR, state, people, at, at
    )
    return Change(seen, office.cameras[0], office.office_id, office.windows[1])


async def test_a_change_is_a_row_and_a_notice(database: Database, office: BuiltOffice) -> None:
    backlog = Backlog(database)
    backlog.add(Outcome(changes=[change(office, 1, 1), change(office, 9, None)]))
    await backlog.flush()
    assert len(backlog) == 0
    async with database.read() as session:
        rows = (await session.scalars(select(ZoneObservationRow).order_by("at"))).all()
        notices = (await session.scalars(select(Notice).order_by(Notice.seq))).all()
    assert [(row.state, row.people) for row in rows] == [("occupied", 1), ("unknown", None)]
    assert [notice.topic for notice in notices] == ["observation", "observation"]
    assert notices[0].subject_id == str(office.operator_zones[1])
    assert notices[0].data == {
        "zone_id": str(office.operator_zones[1]),
        "camera_id": str(office.cameras[0]),
        "office_id": str(office.office_id),
        "window_id": str(office.windows[1]),
        "kind": "operator",
        "state": "occupied",
        "people": 1,
        "since": "2026-03-19T07:00:01+00:00",
        "at": "2026-03-19T07:00:01+00:00",
        "sight": None,
    }


async def test_a_minute_that_was_cut_by_a_restart_is_whole_again(
    database: Database, office: BuiltOffice
) -> None:
    zone_id = office.operator_zones[1]
    backlog = Backlog(database)
    parts = (
        Minute(NOON, looks=3),
        Minute(NOON, looks=20, known_looks=20, people_sum=20, people_max=1, occupied_looks=20),
        Minute(NOON, looks=20, known_looks=10, people_sum=50, people_max=6, occupied_looks=10),
        Minute(NOON, looks=17),
    )
    for part in parts:
        backlog.add(Outcome(minutes=[ZoneMinuteDone(zone_id, part)]))
        await backlog.flush()
    async with database.read() as session:
        row = (await session.scalars(select(ZoneMinute))).one()
    assert (row.looks, row.known_looks, row.people_max) == (60, 30, 6)
    assert row.people_mean == pytest.approx(70 / 30)
    assert row.occupied_share == pytest.approx(1)


async def test_a_minute_without_a_known_look_says_so(
    database: Database, office: BuiltOffice
) -> None:
    backlog = Backlog(database)
    backlog.add(Outcome(minutes=[ZoneMinuteDone(office.operator_zones[1], Minute(NOON, looks=60))]))
    await backlog.flush()
    async with database.read() as session:
        row = (await session.scalars(select(ZoneMinute))).one()
    assert (row.known_looks, row.people_mean, row.people_max, row.occupied_share) == (
        0,
        None,
        None,
        None,
    )


async def test_rows_of_a_deleted_zone_are_given_up_alone(
    database: Database, office: BuiltOffice
) -> None:
    backlog = Backlog(database)
    gone = new_id()
    backlog.add(
        Outcome(
            changes=[
                change(office, 1, 1),
                change(office, 2, 1, zone_id=gone),
                change(office, 3, 0),
            ],
            minutes=[ZoneMinuteDone(gone, Minute(NOON, looks=1))],
        )
    )
    await backlog.flush()
    assert len(backlog) == 0
    async with database.read() as session:
        rows = (await session.scalars(select(ZoneObservationRow).order_by("at"))).all()
    assert [row.state for row in rows] == ["occupied", "empty"]


async def test_what_cannot_be_written_waits(database: Database, office: BuiltOffice) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    backlog = Backlog(away, at_most=2)
    backlog.add(Outcome(changes=[change(office, second, 1) for second in range(3)]))
    assert len(backlog) == 2  # the oldest was given up
    with pytest.raises(SQLAlchemyError):
        await backlog.flush()
    assert len(backlog) == 2
    await away.close()


async def test_presence_is_intervals_that_a_dead_process_leaves_closed(
    database: Database, office: BuiltOffice
) -> None:
    seat = office.operator_zones[1]
    looked = Minute(NOON, looks=60, known_looks=60, looked_at=NOON + timedelta(seconds=59))
    backlog = Backlog(database)
    backlog.add(Outcome(changes=[change(office, 1, 1)]))
    backlog.add(Outcome(minutes=[ZoneMinuteDone(seat, looked, seat=True)]))
    backlog.add(Outcome(changes=[change(office, 40, 0), change(office, 70, None)]))
    await backlog.flush()
    async with database.read() as session:
        rows = await session.scalars(select(WindowPresence).order_by("started_at"))
        seconds = [
            (row.state, (row.started_at - NOON).seconds, (row.ended_at - NOON).seconds)
            for row in rows
        ]
    assert seconds == [("occupied", 1, 40), ("empty", 40, 40), ("unknown", 70, 70)]


async def test_an_office_minute_is_a_row_and_a_notice_and_replaces_its_first_part(
    database: Database, office: BuiltOffice
) -> None:
    backlog = Backlog(database)
    for served in (1, 2):
        done = OfficeMinuteDone(
            office.office_id, NOON, 58.0, served, 4.5, 6, 2.0,
            Figure(300.0, 240.0, 360.0, 9), "flow", Forecast(280.0, 420.0), None,
        )  # fmt: skip
        backlog.add(Outcome(offices=[done]))
    await backlog.flush()
    async with database.read() as session:
        row = (await session.scalars(select(OfficeMinute))).one()
        notices = (await session.scalars(select(Notice).order_by(Notice.seq))).all()
    assert (row.served, row.wait_s, row.wait_high_s, row.service_s) == (2, 300.0, 360.0, None)
    assert [notice.topic for notice in notices] == ["waiting", "waiting"]
    assert notices[1].data["forecast_high_s"] == 420.0
    assert notices[1].data["wait"] == {"value_s": 300.0, "low_s": 240.0, "high_s": 360.0}
