"""Takes in what a crew says on its panel: kept once, told to screens, an alert where one is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import record
from alerts.times import iso
from models.alert import Alert, AlertUpdate
from models.kit.bus import announce
from models.kit.errors import Conflict, InvalidInput
from models.observations import AlertState, ReportKind, Severity, VanProblem
from models.plan import StopVisit, Trip, VanPanel, VanReport
from models.vehicle import LastPosition, Vehicle

FUTURE_TOLERANCE = timedelta(minutes=5)  # a phone without a network keeps its own time
ALARMS = {ReportKind.SOS: "van_sos", ReportKind.PROBLEM: "van_problem"}
_SEVERITY = {ReportKind.SOS: Severity.CRITICAL, ReportKind.PROBLEM: Severity.WARNING}


@dataclass(frozen=True, slots=True)
class CrewReport:
    """What a crew said; the phone makes ``id``. ``people`` counts all of the stop so far."""

    id: UUID
    kind: ReportKind
    happened_at: datetime
    problem: VanProblem | None = None
    people: int | None = None
    note: str = ""
    trip_id: UUID | None = None
    sequence: int | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """``repeated``: it was taken in before. ``tied``: it belongs to a stop of a trip."""

    report_id: UUID
    repeated: bool
    tied: bool


async def take_in(session: AsyncSession, said: CrewReport, panel: VanPanel, now: datetime) -> Taken:
    """Store a report with all that follows from it, in the caller's transaction.

    Of a trip that is gone or another van's only the tie is lost: what a crew said is kept.

    Raises:
        InvalidInput: it happened in the future, so the phone's clock is wrong.
        Conflict: another van's report has this id.
    """
    happened_at = _possible(said, now)
    tie = await _tie(session, said, panel.vehicle_id)
    inserted = await session.execute(
        insert(VanReport)
        .values(
            id=said.id,
            vehicle_id=panel.vehicle_id,
            panel_id=panel.id,
            trip_id=tie and tie[0],
            sequence=tie and tie[1],
            kind=said.kind,
            problem=said.problem,
            people=said.people,
            note=said.note,
            happened_at=happened_at,
            received_at=now,
            latitude=said.latitude,
            longitude=said.longitude,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(VanReport)
    )
    report = inserted.scalar_one_or_none()
    if report is None:
        return await _taken_before(session, said.id, panel.vehicle_id)
    if report.kind == ReportKind.PEOPLE_SERVED and tie is not None:
        await _count_people(session, *tie)
    if said.kind in ALARMS:
        await _raise(session, report, said, now)
    announce(session, "van_report", report.id, report_out(report))
    return Taken(report.id, repeated=False, tied=tie is not None)


def report_out(report: VanReport) -> dict[str, Any]:
    """Return a report as the topic ``van_report`` tells it."""
    return {
        "id": str(report.id),
        "vehicle_id": str(report.vehicle_id),
        "trip_id": report.trip_id and str(report.trip_id),
        "sequence": report.sequence,
        "kind": report.kind,
        "problem": report.problem,
        "people": report.people,
        "note": report.note,
        "happened_at": iso(report.happened_at),
        "received_at": iso(report.received_at),
    }


def _possible(said: CrewReport, now: datetime) -> datetime:
    """Return when it happened. A call for help is never refused for the sake of a clock."""
    if said.happened_at <= now + FUTURE_TOLERANCE:
        return said.happened_at
    if said.kind == ReportKind.SOS:
        return now
    ahead = round((said.happened_at - now) / timedelta(minutes=1))
    msg = (
        f"The phone's clock is {ahead} minutes ahead: let the phone set its time by itself, "
        "then say it again."
    )
    raise InvalidInput(msg, field="happened_at")


async def _tie(
    session: AsyncSession, said: CrewReport, vehicle_id: UUID
) -> tuple[UUID, int] | None:
    if said.trip_id is None or said.sequence is None:
        return None
    found = await session.execute(
        select(StopVisit.trip_id, StopVisit.sequence)
        .join(Trip, Trip.id == StopVisit.trip_id)
        .where(
            Trip.vehicle_id == vehicle_id,
            StopVisit.trip_id == said.trip_id,
            StopVisit.sequence == said.sequence,
        )
        .with_for_update(of=StopVisit, key_share=True)
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1])


async def _taken_before(session: AsyncSession, report_id: UUID, vehicle_id: UUID) -> Taken:
    known = await session.get_one(VanReport, report_id)
    if known.vehicle_id != vehicle_id:
        raise Conflict("Another van's report has this id; say it again")
    return Taken(report_id, repeated=True, tied=known.trip_id is not None)


async def _count_people(session: AsyncSession, trip_id: UUID, sequence: int) -> None:
    """Write how many people a stop has served: what was said last there, in the crew's time."""
    newest = (
        select(VanReport.people)
        .where(
            VanReport.trip_id == trip_id,
            VanReport.sequence == sequence,
            VanReport.kind == ReportKind.PEOPLE_SERVED,
        )
        .order_by(VanReport.happened_at.desc(), VanReport.received_at.desc())
        .limit(1)
    )
    await session.execute(
        update(StopVisit)
        .where(StopVisit.trip_id == trip_id, StopVisit.sequence == sequence)
        .values(people_served=newest.scalar_subquery())
    )


async def _raise(session: AsyncSession, report: VanReport, said: CrewReport, now: datetime) -> None:
    """Raise the alert of a report; a second call for help joins one that nobody has seen yet."""
    rule = ALARMS[said.kind]
    if said.kind == ReportKind.SOS:
        unseen = await _unseen(session, rule, report.vehicle_id)
        if unseen is not None:
            session.add(AlertUpdate(alert_id=unseen.id, at=now, kind="reraised", note=report.note))
            await record.publish(session, unseen.id)
            return
    van = await session.get_one(Vehicle, report.vehicle_id)
    alert = await record.raise_alert(
        session,
        record.NewAlert(
            rule=rule,
            subject=f"van_report:{report.id}",
            severity=_SEVERITY[said.kind],
            since_at=report.happened_at,
            office_id=van.office_id,
            vehicle_id=van.id,
            details={
                "plate": van.plate,
                "note": report.note or None,
                "problem": report.problem,
                **await _place(session, report),
            },
        ),
        now,
    )
    if alert is not None:
        await record.publish(session, alert.id)


async def _unseen(session: AsyncSession, rule: str, vehicle_id: UUID) -> Alert | None:
    query = select(Alert).where(
        Alert.rule == rule, Alert.vehicle_id == vehicle_id, Alert.state == AlertState.OPEN
    )
    return (await session.execute(query.limit(1).with_for_update())).scalar_one_or_none()


async def _place(session: AsyncSession, report: VanReport) -> dict[str, Any]:
    """Return where it was said, else where the van was last; empty where nobody knows."""
    if report.latitude is not None and report.longitude is not None:
        latitude, longitude, at = report.latitude, report.longitude, report.happened_at
    else:
        query = select(
            func.ST_Y(LastPosition.geom), func.ST_X(LastPosition.geom), LastPosition.fixed_at
        ).where(LastPosition.vehicle_id == report.vehicle_id)
        row = (await session.execute(query)).one_or_none()
        if row is None:
            return {}
        latitude, longitude, at = row
    return {
        "place": f"{latitude:.5f}, {longitude:.5f}",
        "latitude": latitude,
        "longitude": longitude,
        "placed_at": iso(at),
    }
