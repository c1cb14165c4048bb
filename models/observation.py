"""Tables of what vision saw: changes, presence at windows, minute rollups; ticket calls."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.camera import Zone
from models.kit.database import Base
from models.office import Office, ServiceWindow


class ZoneObservationRow(Base):
    """A change in a zone (models/observations.py: ZoneObservation). Written on change only.

    Partitioned by ``at`` (monthly) in the migration; ``people`` is null exactly when unknown.
    """

    __tablename__ = "zone_observation"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    zone_id: Mapped[UUID] = mapped_column(ForeignKey(Zone.id, ondelete="CASCADE"))
    state: Mapped[str]
    people: Mapped[int | None]
    since: Mapped[datetime]
    attributes: Mapped[dict[str, Any] | None]
    __table_args__ = (
        CheckConstraint("state IN ('occupied', 'empty', 'unknown')", name="state_known"),
        CheckConstraint("(people IS NULL) = (state = 'unknown')", name="unknown_has_no_people"),
        Index("ix_zone_observation_zone_at", "zone_id", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )


class ZoneMinute(Base):
    """One minute of one zone: looks taken, looks known, people (mean, max) and occupied share."""

    __tablename__ = "zone_minute"
    zone_id: Mapped[UUID] = mapped_column(ForeignKey(Zone.id, ondelete="CASCADE"), primary_key=True)
    minute_at: Mapped[datetime] = mapped_column(primary_key=True)
    looks: Mapped[int]
    known_looks: Mapped[int]
    people_mean: Mapped[float | None]
    people_max: Mapped[int | None]
    occupied_share: Mapped[float | None]
    __table_args__ = (CheckConstraint("known_looks <= looks", name="known_within_looks"),)


class WindowPresence(Base):
    """One state of one operator zone from … to; never open, so a dead process claims nothing.

    ``ended_at`` moves on with every minute that was looked at. What no row covers is unknown.
    """

    __tablename__ = "window_presence"
    zone_id: Mapped[UUID] = mapped_column(ForeignKey(Zone.id, ondelete="CASCADE"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime]
    window_id: Mapped[UUID] = mapped_column(ForeignKey(ServiceWindow.id, ondelete="CASCADE"))
    state: Mapped[str]
    __table_args__ = (
        CheckConstraint("state IN ('occupied', 'empty', 'unknown')", name="state_known"),
        CheckConstraint("started_at <= ended_at", name="starts_before_ends"),
        Index("ix_window_presence_window_time", "window_id", "started_at"),
    )


class OfficeMinute(Base):
    """The waiting at one office as of the end of one minute; figures are null while unknown.

    ``wait_s`` is the mean wait of those served lately with the band it surely lies in (90 %);
    ``wait_from`` says how it was found: from the flow (who waits, who goes) or from single stays.
    ``forecast_s`` is what a newcomer waits in the middle case, ``forecast_high_s`` in 9 of 10.
    """

    __tablename__ = "office_minute"
    office_id: Mapped[UUID] = mapped_column(
        ForeignKey(Office.id, ondelete="CASCADE"), primary_key=True
    )
    minute_at: Mapped[datetime] = mapped_column(primary_key=True)
    known_s: Mapped[float]
    served: Mapped[int]
    people_mean: Mapped[float | None]
    people_max: Mapped[int | None]
    staffed_mean: Mapped[float | None]
    wait_from: Mapped[str | None]
    wait_s: Mapped[float | None]
    wait_low_s: Mapped[float | None]
    wait_high_s: Mapped[float | None]
    forecast_s: Mapped[float | None]
    forecast_high_s: Mapped[float | None]
    service_s: Mapped[float | None]
    service_low_s: Mapped[float | None]
    service_high_s: Mapped[float | None]
    __table_args__ = (CheckConstraint("wait_from IN ('flow', 'stays')", name="wait_from_known"),)


class TicketCall(Base):
    """One ticket of an office's ticket system: the truth that seen waiting is compared with."""

    __tablename__ = "ticket_call"
    office_id: Mapped[UUID] = mapped_column(
        ForeignKey(Office.id, ondelete="CASCADE"), primary_key=True
    )
    called_at: Mapped[datetime] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
    window_number: Mapped[int | None]
    __table_args__ = (CheckConstraint("taken_at <= called_at", name="taken_before_called"),)
