"""Regions, offices, their windows and the published timetables."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.constraints import HAS_NAMES
from models.kit.database import Base
from models.kit.ids import new_id


class Region(Base):
    """A region as of a span of time: there were 17, since June 2022 there are 20."""

    __tablename__ = "region"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)  # ISO 3166-2, e.g. KZ-75
    name: Mapped[dict[str, Any]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    __table_args__ = (CheckConstraint(HAS_NAMES, name="has_names"),)


class SiteKind(Base):
    """Front office, specialised centre, mobile van …: brings the template of a timetable."""

    __tablename__ = "site_kind"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]
    __table_args__ = (CheckConstraint(HAS_NAMES, name="has_names"),)


class Office(Base):
    """A public service centre (ХҚКО). ``time_zone`` is an IANA name; its clocks are local."""

    __tablename__ = "office"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    region_id: Mapped[UUID] = mapped_column(ForeignKey(Region.id))
    site_kind_id: Mapped[UUID] = mapped_column(ForeignKey(SiteKind.id))
    name: Mapped[dict[str, Any]]
    address: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="Asia/Almaty")
    phone: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    region: Mapped[Region] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint(HAS_NAMES, name="has_names"),
        Index("ix_office_geom", "geom", postgresql_using="gist"),
    )


class ServiceWindow(Base):
    """A counter that citizens come to. ``owner`` is the organisation that must staff it."""

    __tablename__ = "service_window"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey(Office.id))
    number: Mapped[int]
    owner: Mapped[str]  # hqko, migration_police, cadastre, …
    name: Mapped[dict[str, Any]]
    unstaffed_after_s: Mapped[int] = mapped_column(default=180)
    office: Mapped[Office] = relationship(lazy="raise")
    __table_args__ = (
        UniqueConstraint("office_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("unstaffed_after_s > 0", name="unstaffed_after_positive"),
        CheckConstraint(HAS_NAMES, name="has_names"),
    )


class Timetable(Base):
    """One published span of one weekday: of a window where window_id is set, else of the office.

    A window with any rows of its own ignores the office's. Times are the office's local time.
    """

    __tablename__ = "timetable"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey(Office.id))
    window_id: Mapped[UUID | None] = mapped_column(ForeignKey(ServiceWindow.id))
    weekday: Mapped[int]  # ISO: Monday 1 … Sunday 7
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_iso"),
        CheckConstraint("opens_at < closes_at", name="opens_before_closes"),
        Index("ix_timetable_office", "office_id", "window_id", "weekday"),
    )


class TimetableException(Base):
    """A dated exception (duty office, holiday, sport hour); null times mean closed all day."""

    __tablename__ = "timetable_exception"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey(Office.id))
    window_id: Mapped[UUID | None] = mapped_column(ForeignKey(ServiceWindow.id))
    on_date: Mapped[date]
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    reason: Mapped[str]
    __table_args__ = (
        CheckConstraint(
            "(opens_at IS NULL) = (closes_at IS NULL) "
            "AND (opens_at IS NULL OR opens_at < closes_at)",
            name="both_or_neither",
        ),
        Index("ix_timetable_exception_office", "office_id", "on_date"),
    )


class CalendarOverride(Base):
    """A day that a decree made working or free, over what the holidays library knows."""

    __tablename__ = "calendar_override"
    on_date: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    reason: Mapped[str]
    added_at: Mapped[datetime]
