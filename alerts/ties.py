"""Ties alerts and complaint cards of the same place and time, whichever came first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from alerts.times import iso
from models.alert import Alert, ComplaintAlert
from models.complaint import Complaint, ComplaintUpdate
from models.kit.bus import announce

AROUND = timedelta(minutes=15)
COMPLAINT_RECEIVED = "complaint_received"


async def tie_complaint(session: AsyncSession, complaint: Complaint, at: datetime) -> list[UUID]:
    """Attach to a new card the alerts of its window or office around its time; return their ids."""
    within = AROUND + timedelta(seconds=complaint.happened_within_s)
    alerts = await session.execute(
        select(Alert.id).where(
            Alert.office_id == complaint.office_id,
            Alert.rule != COMPLAINT_RECEIVED,
            _same_window(Alert.window_id, complaint.window_id),
            Alert.since_at <= complaint.happened_at + within,
            func.coalesce(Alert.cleared_at, Alert.resolved_at, at)
            >= complaint.happened_at - within,
        )
    )
    alert_ids = list(alerts.scalars())
    return await _tie(session, [(complaint.id, alert_id) for alert_id in alert_ids], at)


async def tie_alert(session: AsyncSession, alert: Alert, at: datetime) -> list[UUID]:
    """Attach a new alert to the cards that speak of its window or office at its time.

    Each card gets a history line and is announced. Returns the ids of the alerts tied.
    """
    if alert.office_id is None or alert.rule == COMPLAINT_RECEIVED:
        return []
    uncertainty = func.make_interval(0, 0, 0, 0, 0, 0, Complaint.happened_within_s)
    cards = await session.execute(
        select(Complaint).where(
            Complaint.office_id == alert.office_id,
            _same_window(Complaint.window_id, alert.window_id),
            Complaint.happened_at + uncertainty >= alert.since_at - AROUND,
            Complaint.happened_at - uncertainty <= alert.raised_at + AROUND,
        )
    )
    complaints = list(cards.scalars())
    tied = await _tie(session, [(card.id, alert.id) for card in complaints], at)
    if tied:
        for card in complaints:
            note_tie(session, card.id, [alert.id], at)
            announce_complaint(session, card)
    return tied


def note_tie(
    session: AsyncSession, complaint_id: UUID, alert_ids: Sequence[UUID], at: datetime
) -> None:
    """Write into the card's history which alerts were attached to it."""
    session.add(
        ComplaintUpdate(
            complaint_id=complaint_id,
            at=at,
            kind="alert_tied",
            data={"alert_ids": [str(alert_id) for alert_id in alert_ids]},
        )
    )


def announce_complaint(session: AsyncSession, complaint: Complaint) -> None:
    """Announce a card as it stands; nothing of the caller's person is in it."""
    announce(
        session,
        "complaint",
        complaint.id,
        {
            "id": str(complaint.id),
            "number": complaint.number,
            "state": complaint.state,
            "version": complaint.version,
            "office_id": str(complaint.office_id),
            "window_id": complaint.window_id and str(complaint.window_id),
            "camera_id": complaint.camera_id and str(complaint.camera_id),
            "happened_at": iso(complaint.happened_at),
            "requested_at": iso(complaint.requested_at),
            "service_code": complaint.service_code,
        },
    )


def _same_window(
    column: InstrumentedAttribute[UUID | None], window_id: UUID | None
) -> ColumnElement[bool]:
    """The same window; where one side names none, the office is enough."""
    if window_id is None:
        return true()
    return or_(column == window_id, column.is_(None))


async def _tie(
    session: AsyncSession, pairs: Sequence[tuple[UUID, UUID]], at: datetime
) -> list[UUID]:
    if not pairs:
        return []
    inserted = await session.execute(
        insert(ComplaintAlert)
        .values(
            [
                {"complaint_id": complaint_id, "alert_id": alert_id, "how": "automatic", "at": at}
                for complaint_id, alert_id in pairs
            ]
        )
        .on_conflict_do_nothing()
        .returning(ComplaintAlert.alert_id)
    )
    return list(inserted.scalars())
