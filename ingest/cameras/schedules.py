"""Loads when the cameras of a node are recorded: their own schedules, or those of their class."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.cameras.schedule import MARGIN, Hours, Schedule, ScheduleKind, hours_of
from models.camera import Camera, RetentionClass
from models.office import Office, Timetable, TimetableException
from models.recording import Hold

_Dated = dict[date, list[Hours]]


@dataclass(frozen=True, slots=True)
class _Published:
    weekly: dict[int, list[Hours]]
    dated: _Dated


@dataclass(frozen=True, slots=True)
class _Camera:
    """``told`` is what a person set: kind and, of kind hours, hours."""

    id: UUID
    office_id: UUID
    time_zone: str
    told: dict[str, Any]


async def load_schedules(session: AsyncSession, node: str) -> dict[UUID, Schedule]:
    """Return the schedules of the node's cameras that are not recorded always."""
    rows = await session.execute(
        select(
            Camera.id,
            Camera.office_id,
            Office.time_zone,
            Camera.recording_schedule,
            RetentionClass.recording_schedule.label("of_class"),
        )
        .join(Office, Office.id == Camera.office_id)
        .outerjoin(RetentionClass, RetentionClass.id == Camera.retention_class_id)
        .where(Camera.node_name == node, Camera.enabled)
    )
    wanted = [
        _Camera(row.id, row.office_id, row.time_zone, told)
        for row in rows
        if (told := row.recording_schedule or row.of_class) and told["kind"] != ScheduleKind.ALWAYS
    ]
    if not wanted:
        return {}
    held = await _held(session, {camera.id for camera in wanted})
    offices = {c.office_id for c in wanted if c.told["kind"] == ScheduleKind.OFFICE_HOURS}
    published = await _published(session, offices)
    found = {}
    for camera in wanted:
        schedule = _schedule(camera, published.get(camera.office_id), held[camera.id])
        if schedule is not None:
            found[camera.id] = schedule
    return found


def _schedule(
    camera: _Camera, published: _Published | None, held: list[tuple[datetime, datetime]]
) -> Schedule | None:
    """Return the schedule; None: always."""
    told, time_zone = camera.told, camera.time_zone
    if told["kind"] == ScheduleKind.NEVER:
        return Schedule(time_zone, held=held)
    if told["kind"] == ScheduleKind.HOURS:
        weekly: dict[int, list[Hours]] = defaultdict(list)
        for each in told["hours"]:
            weekly[each["weekday"]] += hours_of([(each["starts_at"], each["ends_at"])])
        return Schedule(time_zone, weekly, held=held)
    if published is None or not (published.weekly or published.dated):
        return None
    return Schedule(time_zone, published.weekly, published.dated, MARGIN, held)


async def _held(
    session: AsyncSession, camera_ids: set[UUID]
) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """Return by camera the spans of holds that are not over."""
    found: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    query = select(Hold).where(Hold.released_at.is_(None), Hold.ends_at > func.now())
    for hold in (await session.execute(query.order_by(Hold.id))).scalars():
        for camera_id in camera_ids & set(hold.camera_ids):
            found[camera_id].append((hold.starts_at, hold.ends_at))
    return found


async def _published(session: AsyncSession, office_ids: set[UUID]) -> dict[UUID, _Published]:
    """Return the published hours of offices and of all their windows, of about today."""
    found: dict[UUID, _Published] = defaultdict(lambda: _Published({}, {}))
    valid = and_(
        Timetable.valid_from <= func.current_date() + 1,
        or_(Timetable.valid_to.is_(None), Timetable.valid_to >= func.current_date() - 1),
    )
    weekly = select(Timetable).where(Timetable.office_id.in_(office_ids), valid)
    for row in (await session.execute(weekly.order_by(Timetable.id))).scalars():
        spans = found[row.office_id].weekly.setdefault(row.weekday, [])
        spans.append(Hours(row.opens_at, row.closes_at))
    dated = select(TimetableException).where(
        TimetableException.office_id.in_(office_ids),
        TimetableException.on_date.between(func.current_date() - 2, func.current_date() + 31),
    )
    exceptions = list(await session.scalars(dated.order_by(TimetableException.id)))
    replaced = {(each.office_id, each.on_date) for each in exceptions if each.window_id is None}
    for each in exceptions:
        office, day = found[each.office_id], each.on_date
        usual = [] if (each.office_id, day) in replaced else office.weekly.get(day.isoweekday(), [])
        spans = office.dated.setdefault(day, list(usual))
        if each.opens_at is not None and each.closes_at is not None:
            spans.append(Hours(each.opens_at, each.closes_at))
    return found
