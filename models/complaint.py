"""Complaints, their history, clocks, outcome and ties to alerts. Open311 names where one exists."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Sequence,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.camera import Camera
from models.kit.database import Base
from models.kit.ids import new_id
from models.office import Office, ServiceWindow
from models.operator import Operator

TALON_NUMBERS = Sequence("complaint_talon_seq")


class Complaint(Base):
    """A citizen's complaint, by 1414 or otherwise. ``number`` is the talon told to the citizen.

    ``requested_at`` is when we got it (Open311 requested_datetime), ``happened_at`` the stated
    time of the incident, ``happened_within_s`` its uncertainty either way.
    """

    __tablename__ = "complaint"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str]  # with the number, lets the citizen follow the stage
    channel: Mapped[str]  # call_1414, walk_in, blog, social, mystery_shopper
    service_code: Mapped[str]  # category: wrong_advice, long_wait, rudeness, refusal, …
    description: Mapped[str]
    office_id: Mapped[UUID] = mapped_column(ForeignKey(Office.id))
    window_id: Mapped[UUID | None] = mapped_column(ForeignKey(ServiceWindow.id))
    ticket_number: Mapped[str | None]
    happened_at: Mapped[datetime]
    happened_within_s: Mapped[int] = mapped_column(default=300)
    requested_at: Mapped[datetime]
    caller_name: Mapped[str | None]
    caller_phone: Mapped[str | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)  # ETag of the card
    registered_by: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    camera_id: Mapped[UUID | None] = mapped_column(ForeignKey(Camera.id))  # confirmed by a person
    confirmed_at: Mapped[datetime | None]  # the minute on that camera
    closed_at: Mapped[datetime | None]
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    __table_args__ = (
        CheckConstraint(
            "happened_at <= requested_at + interval '5 minutes'", name="not_from_future"
        ),
        CheckConstraint("happened_within_s >= 0", name="uncertainty_not_negative"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        Index("ix_complaint_office_happened", "office_id", "happened_at"),
        Index("ix_complaint_requested_at", "requested_at"),
    )


class ComplaintUpdate(Base):
    """One step in a card's life; never changed, never deleted."""

    __tablename__ = "complaint_update"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey(Complaint.id))
    at: Mapped[datetime]
    kind: Mapped[str]  # received, state, comment, camera_confirmed, hold, clip, answer, outcome …
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    by: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    note: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (Index("ix_complaint_update_complaint_id", "complaint_id"),)


class ComplaintClock(Base):
    """One deadline of a card (table ``clock``): due_at never changes without a history line."""

    __tablename__ = "clock"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey(Complaint.id))
    kind: Mapped[str]  # short_answer, full_answer
    days: Mapped[int]
    working_days: Mapped[bool]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    met_at: Mapped[datetime | None]
    explanation: Mapped[dict[str, Any]]  # registered, skipped days, due: shown beside the countdown
    __table_args__ = (
        UniqueConstraint("complaint_id", "kind"),
        CheckConstraint("started_at < due_at", name="due_after_start"),
        CheckConstraint("days > 0", name="days_positive"),
    )


class Outcome(Base):
    """What became of the service itself. A card without one cannot close."""

    __tablename__ = "outcome"
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey(Complaint.id), primary_key=True)
    kind: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[UUID] = mapped_column(ForeignKey(Operator.id))
    __table_args__ = (
        CheckConstraint("kind IN ('provided', 'lawfully_refused', 'withdrawn')", name="kind_known"),
    )
