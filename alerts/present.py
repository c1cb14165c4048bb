"""Alerts as the API, the wall and the ``alert`` topic show them (AlertOut)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.times import iso
from models.alert import Alert, AlertUpdate, ComplaintAlert
from models.camera import Camera
from models.complaint import Complaint
from models.office import Office, ServiceWindow
from models.operator import Operator


async def alert_out(session: AsyncSession, alert_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the AlertOut objects in the order of the ids; ids that do not exist are left out."""
    if not alert_ids:
        return []
    shown = {alert["id"]: alert for alert in await _alerts(session, Alert.id.in_(alert_ids))}
    return [shown[str(alert_id)] for alert_id in alert_ids if str(alert_id) in shown]


async def alerts_of(session: AsyncSession, complaint_id: UUID) -> list[dict[str, Any]]:
    """Return the alerts tied to a complaint and those about it, newest first."""
    tied = select(ComplaintAlert.alert_id).where(ComplaintAlert.complaint_id == complaint_id)
    found = await _alerts(session, Alert.id.in_(tied) | (Alert.complaint_id == complaint_id))
    return sorted(found, key=lambda alert: alert["raised_at"], reverse=True)


async def alert_updates(session: AsyncSession, alert_id: UUID) -> list[dict[str, Any]]:
    """Return the history of one alert, oldest first."""
    rows = await session.execute(
        select(AlertUpdate, Operator)
        .outerjoin(Operator, Operator.id == AlertUpdate.by)
        .where(AlertUpdate.alert_id == alert_id)
        .order_by(AlertUpdate.id)
    )
    return [
        {"at": iso(line.at), "kind": line.kind, "by": person(by), "note": line.note}
        for line, by in rows
    ]


def person(operator: Operator | None) -> dict[str, str] | None:
    return None if operator is None else {"id": str(operator.id), "full_name": operator.full_name}


async def _alerts(session: AsyncSession, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [_shown(*row) for row in await session.execute(_ALERTS.where(condition))]


def _complaints_of_alert() -> ScalarSelect[Any]:
    """Return the cards tied to an alert, its own complaint included, by number."""
    tied = select(ComplaintAlert.complaint_id).where(ComplaintAlert.alert_id == Alert.id)
    shown = func.jsonb_build_object(
        literal_column("'id'"), Complaint.id, literal_column("'number'"), Complaint.number
    )
    listed = func.jsonb_agg(aggregate_order_by(shown, Complaint.number))
    return (
        select(func.coalesce(listed, func.jsonb_build_array(), type_=JSONB))
        .where(Complaint.id.in_(tied.correlate(Alert)) | (Complaint.id == Alert.complaint_id))
        .correlate(Alert)
        .scalar_subquery()
    )


_ALERTS = (
    select(Alert, Office.name, ServiceWindow, Camera.name, Operator, _complaints_of_alert())
    .outerjoin(Office, Office.id == Alert.office_id)
    .outerjoin(ServiceWindow, ServiceWindow.id == Alert.window_id)
    .outerjoin(Camera, Camera.id == Alert.camera_id)
    .outerjoin(Operator, Operator.id == Alert.acknowledged_by)
)


def _shown(
    alert: Alert,
    office_name: dict[str, str] | None,
    window: ServiceWindow | None,
    camera_name: dict[str, str] | None,
    acknowledged_by: Operator | None,
    complaints: list[dict[str, str]],
) -> dict[str, Any]:
    return {
        "id": str(alert.id),
        "rule": alert.rule,
        "severity": alert.severity,
        "state": alert.state,
        "active": alert.active,
        "subject": alert.subject,
        "office": office_name and {"id": str(alert.office_id), "name": office_name},
        "window": window
        and {
            "id": str(window.id),
            "number": window.number,
            "name": window.name,
            "owner": window.owner,
        },
        "camera": camera_name and {"id": str(alert.camera_id), "name": camera_name},
        "vehicle_id": alert.vehicle_id and str(alert.vehicle_id),
        "complaint_id": alert.complaint_id and str(alert.complaint_id),
        "since_at": iso(alert.since_at),
        "raised_at": iso(alert.raised_at),
        "cleared_at": iso(alert.cleared_at),
        "acknowledged_at": iso(alert.acknowledged_at),
        "acknowledged_by": person(acknowledged_by),
        "resolved_at": iso(alert.resolved_at),
        "details": alert.details,
        "complaints": complaints,
    }
