"""Vans, their devices, every position they ever sent and the newest one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.constraints import HAS_NAMES
from models.kit.database import Base
from models.kit.ids import new_id
from models.office import Office, Region


class Vehicle(Base):
    """A mobile ХҚКО."""

    __tablename__ = "vehicle"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plate: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]
    region_id: Mapped[UUID] = mapped_column(ForeignKey(Region.id))
    report_interval_s: Mapped[int] = mapped_column(default=30)
    stop_interval_s: Mapped[int] = mapped_column(
        default=3600, server_default="3600"
    )  # while parked
    speed_limit_km_h: Mapped[float] = mapped_column(default=110.0, server_default="110")
    base: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )
    base_radius_m: Mapped[float] = mapped_column(default=300.0, server_default="300")
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey(Office.id))  # its own, with cameras
    devices: Mapped[list["Device"]] = relationship(back_populates="vehicle", lazy="raise")
    __table_args__ = (
        CheckConstraint("report_interval_s > 0", name="report_interval_positive"),
        CheckConstraint("stop_interval_s > 0", name="stop_interval_positive"),
        CheckConstraint("speed_limit_km_h > 0", name="speed_limit_positive"),
        CheckConstraint("base_radius_m > 0", name="base_radius_positive"),
        CheckConstraint(HAS_NAMES, name="has_names"),
    )


class Device(Base):
    """A tracker or phone in a van, known by the identifier it sends."""

    __tablename__ = "device"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id))
    identifier: Mapped[str] = mapped_column(unique=True)
    protocol: Mapped[str]
    password: Mapped[str | None]
    vehicle: Mapped[Vehicle] = relationship(back_populates="devices", lazy="raise")


class Position(Base):
    """Every raw fix, with verdict flags; a fix re-sent is the same row. Daily partitions."""

    __tablename__ = "position"
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id), primary_key=True)
    fixed_at: Mapped[datetime] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    speed_km_h: Mapped[float | None]
    course_deg: Mapped[float | None]
    altitude_m: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    satellites: Mapped[int | None] = mapped_column(SmallInteger)
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))  # FixFlag values; empty = good
    protocol: Mapped[str]
    ignition: Mapped[bool | None]
    external_power_v: Mapped[float | None]
    __table_args__ = (
        Index("ix_position_geom", "geom", postgresql_using="gist"),
        {"postgresql_partition_by": "RANGE (fixed_at)"},
    )


class LastPosition(Base):
    """The newest good fix of a van; the upsert is guarded, so late data never moves it back."""

    __tablename__ = "last_position"
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id), primary_key=True)
    fixed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    speed_km_h: Mapped[float | None]
    course_deg: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    __table_args__ = (Index("ix_last_position_geom", "geom", postgresql_using="gist"),)


class RawMessage(Base):
    """What a device sent, as it came; kept a week so that a mended decoder reads it again.

    ``session_id`` and ``number`` give the order within a conversation, without which a decoder
    of connections cannot know whose message it is. Daily partitions.
    """

    __tablename__ = "raw_message"
    received_at: Mapped[datetime] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    protocol: Mapped[str]
    transport: Mapped[str]  # http, tcp or udp
    device: Mapped[str | None]
    payload: Mapped[bytes]
    rejection: Mapped[str | None]  # reason and sentence of the first one
    checksum_failed: Mapped[bool] = mapped_column(default=False, server_default=false())
    __table_args__ = (
        CheckConstraint("transport IN ('http', 'tcp', 'udp')", name="transport_known"),
        Index(
            "ix_raw_message_rejected",
            "received_at",
            postgresql_where=text("rejection IS NOT NULL"),
        ),
        Index("ix_raw_message_device", "device", "received_at"),
        Index("ix_raw_message_checksum", "received_at", postgresql_where=text("checksum_failed")),
        {"postgresql_partition_by": "RANGE (received_at)"},
    )
