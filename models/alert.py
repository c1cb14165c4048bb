"""Alerts and their append-only history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.camera import Camera
from models.complaint import Complaint
from models.kit.database import Base
from models.kit.ids import new_id
from models.office import Office, ServiceWindow
from models.operator import Operator
from models.vehicle import Vehicle


class Alert(Base):
    """Something a person must act on. One open row per rule and subject, whatever happens.

    ``state`` changes only through alerts/lifecycle.py; ``active`` says whether the condition
    still holds (an acknowledged alert may be either).
    """

    __tablename__ = "alert"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rule: Mapped[str]  # queue_too_long, window_unstaffed, camera_silent, complaint_received …
    subject: Mapped[str]  # "window:<uuid>", "zone:<uuid>", "camera:<uuid>", "complaint:<uuid>"
    severity: Mapped[str]
    state: Mapped[str]
    active: Mapped[bool]
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey(Office.id))
    window_id: Mapped[UUID | None] = mapped_column(ForeignKey(ServiceWindow.id))
    camera_id: Mapped[UUID | None] = mapped_column(ForeignKey(Camera.id))
    vehicle_id: Mapped[UUID | None] = mapped_column(ForeignKey(Vehicle.id))
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey(Complaint.id))
    since_at: Mapped[datetime]  # when the condition began
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    resolved_at: Mapped[datetime | None]
    details: Mapped[dict[str, Any]]  # numbers behind the sentence: people, limit, minutes …
    __table_args__ = (
        CheckConstraint("state IN ('open', 'acknowledged', 'resolved')", name="state_known"),
        CheckConstraint("severity IN ('info', 'warning', 'critical')", name="severity_known"),
        CheckConstraint(
            "(state = 'resolved') = (resolved_at IS NOT NULL)", name="resolved_has_time"
        ),
        Index(
            "one_open_alert_per_subject",
            "rule",
            "subject",
            unique=True,
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("ix_alert_window_raised", "window_id", "raised_at"),
        Index("ix_alert_office_raised", "office_id", "raised_at"),
    )


class AlertUpdate(Base):
    """One line of an alert's history; never changed, never deleted."""

    __tablename__ = "alert_update"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey(Alert.id))
    at: Mapped[datetime]
    kind: Mapped[str]  # raised, cleared, acknowledged, resolved, reraised, comment
    by: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    note: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index("ix_alert_update_alert_id", "alert_id"),)


class ComplaintAlert(Base):
    """Tie of a card and an alert, seen from both sides. ``how``: automatic or by a person."""

    __tablename__ = "complaint_alert"
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey(Complaint.id), primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey(Alert.id), primary_key=True)
    how: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_complaint_alert_alert_id", "alert_id"),)
