"""Tables of what vision saw: changes and minute rollups."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.camera import Zone
from models.kit.database import Base


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
