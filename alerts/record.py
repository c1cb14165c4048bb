"""Writes alerts: the row, its history line and the notice with the AlertOut, in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import lifecycle
from alerts.lifecycle import AlertStatus, Step
from alerts.present import alert_out
from models.alert import Alert, AlertUpdate
from models.kit.bus import announce
from models.kit.ids import new_id
from models.observations import AlertState, Severity


@dataclass(frozen=True, slots=True)
class NewAlert:
    """What is known when an alert is raised; ``since_at`` is when its condition began."""

    rule: str
    subject: str
    severity: Severity
    since_at: datetime
    office_id: UUID | None = None
    window_id: UUID | None = None
    camera_id: UUID | None = None
    complaint_id: UUID | None = None
    vehicle_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict)


async def raise_alert(session: AsyncSession, new: NewAlert, at: datetime) -> Alert | None:
    """Insert an open alert and its first line; None when the subject has an unresolved one.

    The caller announces with ``publish`` once everything that belongs to it is written.
    """
    inserted = await session.execute(
        insert(Alert)
        .values(
            id=new_id(),
            rule=new.rule,
            subject=new.subject,
            severity=new.severity,
            state=AlertState.OPEN,
            active=True,
            office_id=new.office_id,
            window_id=new.window_id,
            camera_id=new.camera_id,
            complaint_id=new.complaint_id,
            vehicle_id=new.vehicle_id,
            since_at=new.since_at,
            raised_at=at,
            details=new.details,
        )
        .on_conflict_do_nothing(
            index_elements=["rule", "subject"], index_where=Alert.resolved_at.is_(None)
        )
        .returning(Alert)
    )
    alert = inserted.scalar_one_or_none()
    if alert is not None:
        session.add(AlertUpdate(alert_id=alert.id, at=at, kind="raised"))
    return alert


async def unresolved(session: AsyncSession, rule: str, subject: str) -> Alert | None:
    """Return the unresolved alert of a subject, locked for this transaction."""
    return (
        await session.execute(
            select(Alert)
            .where(Alert.rule == rule, Alert.subject == subject, Alert.resolved_at.is_(None))
            .with_for_update()
        )
    ).scalar_one_or_none()


def clear_alert(session: AsyncSession, alert: Alert, at: datetime) -> None:
    """The condition ended at ``at``: move as alerts/lifecycle.py says."""
    apply_step(session, alert, lifecycle.clear(status_of(alert), rule=alert.rule), at=at)


def status_of(alert: Alert) -> AlertStatus:
    return AlertStatus(AlertState(alert.state), alert.active)


def apply_step(
    session: AsyncSession,
    alert: Alert,
    step: Step,
    *,
    at: datetime,
    by: UUID | None = None,
    note: str = "",
) -> None:
    """Put a step of the lifecycle onto the row, with one history line a kind."""
    alert.state, alert.active = step.status.state, step.status.active
    for kind in step.lines:
        if kind == "cleared":
            alert.cleared_at = at
        elif kind == "resolved":
            alert.resolved_at = at
        elif kind == "acknowledged":
            alert.acknowledged_at, alert.acknowledged_by = at, by
        session.add(AlertUpdate(alert_id=alert.id, at=at, kind=kind, by=by, note=note))


async def publish(session: AsyncSession, *alert_ids: UUID) -> None:
    """Announce the alerts as they stand in this transaction."""
    await session.flush()
    for shown in await alert_out(session, alert_ids):
        announce(session, "alert", shown["id"], shown)
