"""What was made of the vans' fixes: movements found, how they were revised, what is remembered."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.kit.database import Base
from models.plan import Trip
from models.vehicle import Vehicle


class UnjudgedSpan(Base):
    """A span with new fixes of a van for geo to judge: written with them, deleted when judged.

    Appended only, so that receiving and judging never wait for each other's rows.
    """

    __tablename__ = "unjudged_span"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id))
    from_at: Mapped[datetime]  # the oldest and newest fix of the batch
    until_at: Mapped[datetime]
    __table_args__ = (Index("ix_unjudged_span_vehicle_id", "vehicle_id"),)


class Movement(Base):
    """Something that a van did: off its route, arrived, stood still, went silent ….

    ``id`` is made of the van, the kind, the trip and what the movement is about, so that judging
    the same fixes again, in any order of arrival, finds the same row. A movement that later fixes
    disprove is withdrawn, never deleted.
    """

    __tablename__ = "movement"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id))
    trip_id: Mapped[UUID | None] = mapped_column(ForeignKey(Trip.id, ondelete="CASCADE"))
    kind: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # null: it lasts
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )
    details: Mapped[dict[str, Any]]
    late: Mapped[bool]  # found from fixes that came too late for anyone to act on
    made_at: Mapped[datetime]
    revised_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR started_at <= ended_at", name="starts_before_end"),
        Index("ix_movement_vehicle_time", "vehicle_id", "started_at"),
        Index("ix_movement_trip_id", "trip_id"),
        Index("ix_movement_started_at", "started_at"),
        Index(
            "ix_movement_open",
            "vehicle_id",
            postgresql_where=text("ended_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )


class MovementRevision(Base):
    """How a movement came to be as it is: said, amended, withdrawn, said again."""

    __tablename__ = "movement_revision"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    movement_id: Mapped[UUID] = mapped_column(ForeignKey(Movement.id, ondelete="CASCADE"))
    at: Mapped[datetime]
    change: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    __table_args__ = (
        CheckConstraint("change IN ('said', 'amended', 'withdrawn')", name="change_known"),
        Index("ix_movement_revision_movement_id", "movement_id"),
    )


class VanDay(Base):
    """What a van did on a local day until ``until_at``, so that reports need not read its fixes.

    Struck out, in the transaction that judges them, by fixes that come late.
    """

    __tablename__ = "van_day"
    vehicle_id: Mapped[UUID] = mapped_column(
        ForeignKey(Vehicle.id, ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    until_at: Mapped[datetime]  # the day's end, or of a day that lasts the last fix in motion
    fixes: Mapped[int]
    distance_m: Mapped[float]
    unseen_m: Mapped[float]
    moving_s: Mapped[float]
    fastest_km_h: Mapped[float | None]
    first_at: Mapped[datetime | None]  # null: no good fix
    last_at: Mapped[datetime | None]
    stays: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # since, until, latitude, longitude
    __table_args__ = (Index("ix_van_day_day", "day"),)


class JudgementSnapshot(Base):
    """What the engine knew of a van after its last fix before ``at``, a full hour."""

    __tablename__ = "judgement_snapshot"
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    version: Mapped[int]  # of the engine; another version's snapshot is not read
    knowledge: Mapped[dict[str, Any]]


class DeadZone(Base):
    """A cell of the map (0.05°) where vans fell silent and came back; known from three on.

    ``decision``: a person said that it is one whatever was counted, or that it is none.
    """

    __tablename__ = "dead_zone"
    cell: Mapped[str] = mapped_column(primary_key=True)
    silences: Mapped[int]
    longest_s: Mapped[float]
    last_at: Mapped[datetime]
    decision: Mapped[str | None]
    __table_args__ = (CheckConstraint("decision IN ('known', 'ignored')", name="decision_known"),)
