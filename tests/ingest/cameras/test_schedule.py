"""When a camera is recorded, by its own hours, its office's, or a hold."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from ingest.cameras.schedule import Hours, Schedule
from ingest.cameras.schedules import load_schedules
from models.camera import Camera, RetentionClass
from models.kit.database import Database
from models.office import TimetableException
from models.recording import Hold
from tests.builders import NOON, names

DAY = Hours(time(8), time(20))
NIGHT = Hours(time(22), time(6))
TO_MIDNIGHT = Hours(time(9), time(23, 59))
THURSDAY = date(2026, 3, 19)


def local(hour: int, minute: int = 0, *, day: int = 19) -> datetime:
    """Return an instant of March 2026 by the clocks of Almaty, UTC+5."""
    return datetime.fromisoformat(f"2026-03-{day}T{hour:02}:{minute:02}:00+05:00")


@pytest.mark.parametrize(
    ("weekly", "at", "wanted"),
    [
        ({4: [DAY]}, local(8), True),
        ({4: [DAY]}, local(7, 59), False),
        ({4: [DAY]}, local(19, 59), True),
        ({4: [DAY]}, local(20), False),
        ({4: [DAY]}, local(12, day=20), False),
        ({4: [NIGHT]}, local(23), True),
        ({4: [NIGHT]}, local(5, 59, day=20), True),
        ({4: [NIGHT]}, local(6, day=20), False),
        ({4: [NIGHT]}, local(5), False),
        ({4: [TO_MIDNIGHT]}, local(23, 59), True),
        ({4: [TO_MIDNIGHT]}, local(0, day=20), False),
        ({}, local(12), False),
    ],
)
def test_hours_are_local(weekly: dict[int, list[Hours]], at: datetime, wanted: bool) -> None:
    assert Schedule("Asia/Almaty", weekly).wants(at) is wanted


def test_a_date_of_its_own_a_margin_and_a_hold() -> None:
    dated = {THURSDAY: [Hours(time(10), time(13))]}
    held = [(local(2), local(3))]
    schedule = Schedule("Asia/Almaty", {4: [DAY]}, dated, timedelta(minutes=30), held)
    asked = [(9, 29), (9, 30), (13, 29), (13, 30), (2, 0), (3, 0)]
    assert [schedule.wants(local(*at)) for at in asked] == [False, True, True, False, True, False]


TIMES = st.times().map(lambda at: at.replace(fold=0))


@given(
    weekly=st.dictionaries(st.integers(1, 7), st.lists(st.builds(Hours, TIMES, TIMES))),
    dated=st.dictionaries(st.dates(), st.lists(st.builds(Hours, TIMES, TIMES)), max_size=3),
    margin_s=st.integers(0, 3_600),
)
def test_a_schedule_comes_back_from_its_copy(
    weekly: dict[int, list[Hours]], dated: dict[date, list[Hours]], margin_s: int
) -> None:
    held = [(NOON, NOON + timedelta(hours=1))]
    made = Schedule("Asia/Almaty", weekly, dated, timedelta(seconds=margin_s), held)
    again = Schedule.from_json(made.to_json())
    assert again.to_json() == made.to_json()
    assert again.wants(NOON)


OFFICE = {"kind": "office_hours"}
TABLE = {"kind": "hours", "hours": [{"weekday": 4, "starts_at": "11:00", "ends_at": "13:00"}]}


@pytest.mark.postgis
@pytest.mark.parametrize(
    ("own", "of_class", "wanted"),
    [
        (None, None, [True, True, True]),
        (None, {"kind": "never"}, [False, False, False]),
        ({"kind": "always"}, {"kind": "never"}, [True, True, True]),
        (OFFICE, {"kind": "never"}, [False, True, True]),  # 9 to 18, half an hour around
        (TABLE, None, [False, False, True]),
    ],
    ids=["nothing set", "of its class", "own is stronger", "office hours", "hours"],
)
async def test_schedules_of_a_node(
    database: Database,
    camera_id: UUID,
    own: dict[str, Any] | None,
    of_class: dict[str, Any] | None,
    wanted: list[bool],
) -> None:
    async with database.transaction() as session:
        kept = RetentionClass(
            code="k",
            name=names("K"),
            keep_min_days=1.0,
            keep_max_days=2.0,
            recording_schedule=of_class,
        )
        session.add(kept)
        await session.flush()
        row = {"recording_schedule": own, "retention_class_id": kept.id}
        await session.execute(update(Camera).values(row))
    async with database.read() as session:
        schedule = (await load_schedules(session, "node-1")).get(camera_id)
    asked = [local(8), local(8, 30), local(12)]
    assert [schedule is None or schedule.wants(at) for at in asked] == wanted


@pytest.mark.postgis
async def test_a_hold_is_recorded_and_a_closed_day_is_not(
    database: Database, camera_id: UUID
) -> None:
    today = datetime.now(NOON.tzinfo)  # noqa: DTZ005, RUF100 - the database asks its own clock
    async with database.transaction() as session:
        camera = await session.get_one(Camera, camera_id)
        camera.recording_schedule = OFFICE
        session.add(TimetableException(office_id=camera.office_id, on_date=today, reason="x"))
        hold = {"starts_at": today, "ends_at": today + timedelta(hours=1), "made_at": today}
        session.add(Hold(camera_ids=[camera_id], reason="x", **hold))
    async with database.read() as session:
        schedule = (await load_schedules(session, "node-1"))[camera_id]
    assert schedule.wants(today + timedelta(minutes=1))
    assert list(schedule.dated.values()) == [[]]


EVERY_DAY = range(1, 8)


@pytest.mark.parametrize(
    ("schedule", "hours_a_week"),
    [
        (Schedule(), 0),
        (Schedule("Asia/Almaty", dict.fromkeys(EVERY_DAY, (DAY,))), 84),
        (Schedule("Asia/Almaty", dict.fromkeys(EVERY_DAY, (NIGHT,))), 56),
        (Schedule("Asia/Almaty", {1: [DAY, Hours(time(18), time(22))]}), 14),  # they overlap
        (Schedule("Asia/Almaty", {4: [DAY]}, margin=timedelta(minutes=30)), 13),
        (Schedule("Asia/Almaty", {4: [DAY]}, {THURSDAY: []}), 0),
        (Schedule("Asia/Almaty", dict.fromkeys(EVERY_DAY, (Hours(time(0), time(0)),))), 168),
    ],
)
def test_the_part_of_a_week_that_is_recorded(schedule: Schedule, hours_a_week: float) -> None:
    assert schedule.part(THURSDAY) == pytest.approx(hours_a_week / 168)
