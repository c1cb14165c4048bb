"""Alerts as the API, the wall and the ``alert`` topic show them (AlertOut)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, union
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
    rows = await session.execute(
        select(Alert, Office, ServiceWindow, Camera, Operator)
        .outerjoin(Office, Office.id == Alert.office_id)
        .outerjoin(ServiceWindow, ServiceWindow.id == Alert.window_id)
        .outerjoin(Camera, Camera.id == Alert.camera_id)
        .outerjoin(Operator, Operator.id == Alert.acknowledged_by)
        .where(Alert.id.in_(alert_ids))
    )
    complaints = await _complaints_of(session, alert_ids)
    shown = {
        alert.id: _shown(alert, office, window, camera, by) | {"complaints": complaints[alert.id]}
        for alert, office, window, camera, by in rows
    }
    return [shown[alert_id] for alert_id in alert_ids if alert_id in shown]


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


def _shown(
    alert: Alert,
    office: Office | None,
    window: ServiceWindow | None,
    camera: Camera | None,
    acknowledged_by: Operator | None,
) -> dict[str, Any]:
    return {
        "id": str(alert.id),
        "rule": alert.rule,
        "severity": alert.severity,
        "state": alert.state,
        "active": alert.active,
        "subject": alert.subject,
        "office": office and {"id": str(office.id), "name": office.name},
        "window": window
        and {
            "id": str(window.id),
            "number": window.number,
            "name": window.name,
            "owner": window.owner,
        },
        "camera": camera and {"id": str(camera.id), "name": camera.name},
        "vehicle_id": alert.vehicle_id and str(alert.vehicle_id),
        "complaint_id": alert.complaint_id and str(alert.complaint_id),
        "since_at": iso(alert.since_at),
        "raised_at": iso(alert.raised_at),
        "cleared_at": iso(alert.cleared_at),
        "acknowledged_at": iso(alert.acknowledged_at),
        "acknowledged_by": person(acknowledged_by),
        "resolved_at": iso(alert.resolved_at),
        "details": alert.details,
    }


async def _complaints_of(
    session: AsyncSession, alert_ids: Sequence[UUID]
) -> dict[UUID, list[dict[str, str]]]:
    """Return the cards tied to each alert, its own complaint included, by number."""
    ties = union(
        select(ComplaintAlert.alert_id, ComplaintAlert.complaint_id).where(
            ComplaintAlert.alert_id.in_(alert_ids)
        ),
        select(Alert.id, Alert.complaint_id).where(
            Alert.id.in_(alert_ids), Alert.complaint_id.is_not(None)
        ),
    ).subquery()
    rows = await session.execute(
        select(ties.c.alert_id, Complaint.id, Complaint.number)
        .join(Complaint, Complaint.id == ties.c.complaint_id)
        .order_by(Complaint.number)
    )
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    for alert_id, complaint_id, number in rows:
        found[alert_id].append({"id": str(complaint_id), "number": number})
    return found
