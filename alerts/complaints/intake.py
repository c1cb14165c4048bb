"""Registers a complaint: talon, clocks, held footage, alert, ties and notices, all or nothing."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import record, ties
from alerts.calendars import load_calendar
from alerts.complaints import holds
from alerts.complaints.cameras import rank_cameras
from alerts.complaints.clocks import POLICY, deadlines
from alerts.complaints.resolver import RankedCamera
from alerts.complaints.taxonomy import CHANNELS, SERVICE_CODES
from alerts.complaints.texts import clean, clean_or_none
from alerts.times import iso
from models.complaint import TALON_NUMBERS, Complaint, ComplaintClock, ComplaintUpdate
from models.kit.clock import Clock
from models.kit.errors import InvalidInput
from models.observations import ComplaintState, Severity
from models.office import Office, ServiceWindow

FUTURE_TOLERANCE = timedelta(minutes=5)  # the caller's watch, not a wish
_WITHIN_MAX_S = 24 * 3600
_HELD_CAMERAS = 4
_CODE_ALPHABET = (
    "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misheard on the phone as another
)
_CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class ComplaintIntake:
    """What the agent types in. ``happened_at`` is the stated time, ± ``happened_within_s``."""

    channel: str
    service_code: str
    description: str
    office_id: UUID
    happened_at: datetime
    window_number: int | None = None
    ticket_number: str | None = None
    happened_within_s: int = 300
    caller_name: str | None = None
    caller_phone: str | None = None


async def register(
    session: AsyncSession,
    intake: ComplaintIntake,
    *,
    by: UUID | None,
    idempotency_key: str | None = None,
    clock: Clock,
) -> Complaint:
    """Register a complaint in the caller's transaction; the same key gives the same card.

    Raises:
        InvalidInput: with the field that cannot be meant.
    """
    now = clock.now()
    if idempotency_key is not None:
        known = await _registered_before(session, idempotency_key)
        if known is not None:
            return known
    _check(intake, now)
    office = await session.get(Office, intake.office_id)
    if office is None:
        msg = "There is no such office; choose one from the list of offices."
        raise InvalidInput(msg, field="office_id")
    window = await _window(session, office, intake.window_number)
    complaint = await _insert(session, intake, office, window, idempotency_key, by, now)
    await _start_clocks(session, complaint, office.time_zone)
    cameras = await rank_cameras(
        session, office.id, window.id if window else None, complaint.happened_at
    )
    held = [camera.camera_id for camera in cameras[:_HELD_CAMERAS]]
    footage = holds.around(held, complaint.happened_at, complaint.happened_within_s)
    await holds.ensure_held(session, complaint, footage, by=by, at=now)
    tied = await ties.tie_complaint(session, complaint, now)
    if tied:
        ties.note_tie(session, complaint.id, tied, now)
    raised = await _raise_alert(session, complaint, window, cameras, now)
    await record.publish(session, *raised, *tied)
    ties.announce_complaint(session, complaint)
    return complaint


def _check(intake: ComplaintIntake, now: datetime) -> None:
    if intake.channel not in CHANNELS:
        msg = f"channel must be one of: {', '.join(CHANNELS)}."
        raise InvalidInput(msg, field="channel")
    if intake.service_code not in SERVICE_CODES:
        msg = f"service_code must be one of: {', '.join(SERVICE_CODES)}."
        raise InvalidInput(msg, field="service_code")
    if intake.happened_at.tzinfo is None:
        msg = "happened_at needs an offset, e.g. 2026-03-19T12:00:00+05:00."
        raise InvalidInput(msg, field="happened_at")
    if intake.happened_at > now + FUTURE_TOLERANCE:
        msg = f"happened_at is in the future; it is now {iso(now)}."
        raise InvalidInput(msg, field="happened_at")
    if not 0 <= intake.happened_within_s <= _WITHIN_MAX_S:
        msg = f"happened_within_s must be between 0 and {_WITHIN_MAX_S} seconds."
        raise InvalidInput(msg, field="happened_within_s")


async def _registered_before(session: AsyncSession, key: str) -> Complaint | None:
    """Return the card of this key; of two at once, the second waits for the first's commit."""
    clean(key, "Idempotency-Key", 200)
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1414))"), {"key": key}
    )
    found = await session.execute(select(Complaint).where(Complaint.idempotency_key == key))
    return found.scalar_one_or_none()


async def _window(
    session: AsyncSession, office: Office, number: int | None
) -> ServiceWindow | None:
    if number is None:
        return None
    windows = await session.execute(
        select(ServiceWindow)
        .where(ServiceWindow.office_id == office.id)
        .order_by(ServiceWindow.number)
    )
    by_number = {window.number: window for window in windows.scalars()}
    if number not in by_number:
        existing = ", ".join(str(n) for n in by_number) or "none"
        msg = f"This office has no window {number}; its windows: {existing}."
        raise InvalidInput(msg, field="window_number")
    return by_number[number]


async def _insert(
    session: AsyncSession,
    intake: ComplaintIntake,
    office: Office,
    window: ServiceWindow | None,
    idempotency_key: str | None,
    by: UUID | None,
    now: datetime,
) -> Complaint:
    serial: int = (await session.execute(select(TALON_NUMBERS.next_value()))).scalar_one()
    year = now.astimezone(ZoneInfo(office.time_zone)).year % 100
    complaint = Complaint(
        number=f"{year:02d}-{serial:06d}",
        code="".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH)),
        channel=intake.channel,
        service_code=intake.service_code,
        description=clean(intake.description, "description", 4000),
        office_id=office.id,
        window_id=window.id if window else None,
        ticket_number=clean_or_none(intake.ticket_number, "ticket_number", 40),
        happened_at=intake.happened_at,
        happened_within_s=intake.happened_within_s,
        requested_at=now,
        caller_name=clean_or_none(intake.caller_name, "caller_name", 200),
        caller_phone=clean_or_none(intake.caller_phone, "caller_phone", 40),
        state=ComplaintState.REGISTERED,
        version=1,
        registered_by=by,
        idempotency_key=idempotency_key,
    )
    session.add(complaint)
    await session.flush()
    for kind, from_state, to_state in (
        ("received", None, ComplaintState.RECEIVED),
        ("state", ComplaintState.RECEIVED, ComplaintState.REGISTERED),
    ):
        session.add(
            ComplaintUpdate(
                complaint_id=complaint.id,
                at=now,
                kind=kind,
                from_state=from_state,
                to_state=to_state,
                by=by,
            )
        )
        await session.flush()
    return complaint


async def _start_clocks(session: AsyncSession, complaint: Complaint, time_zone: str) -> None:
    calendar = await load_calendar(session)
    for deadline in deadlines(complaint.requested_at, time_zone, calendar):
        session.add(
            ComplaintClock(
                complaint_id=complaint.id,
                kind=deadline.rule.kind,
                days=deadline.rule.days,
                working_days=deadline.rule.working_days,
                started_at=deadline.started_at,
                due_at=deadline.due_at,
                explanation=deadline.explanation(POLICY, calendar),
            )
        )


async def _raise_alert(
    session: AsyncSession,
    complaint: Complaint,
    window: ServiceWindow | None,
    cameras: list[RankedCamera],
    now: datetime,
) -> list[UUID]:
    alert = await record.raise_alert(
        session,
        record.NewAlert(
            rule=ties.COMPLAINT_RECEIVED,
            subject=f"complaint:{complaint.id}",
            severity=Severity.WARNING,
            since_at=complaint.happened_at,
            office_id=complaint.office_id,
            window_id=complaint.window_id,
            camera_id=cameras[0].camera_id if cameras else None,
            complaint_id=complaint.id,
            details={
                "number": complaint.number,
                "happened_at": iso(complaint.happened_at),
                "service_code": complaint.service_code,
                "window_number": window.number if window else None,
            },
        ),
        now,
    )
    return [] if alert is None else [alert.id]
