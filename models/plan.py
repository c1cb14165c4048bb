"""Where vans are meant to be: routes with stops, weekly timetables, trips, crews and fences."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.constraints import HAS_NAMES, one_of
from models.kit.database import Base
from models.kit.ids import new_id
from models.observations import (
    ReportKind,
    RouteSource,
    StopVisitState,
    TripState,
    VanProblem,
)
from models.office import Region
from models.operator import Operator
from models.vehicle import Vehicle


class Route(Base):
    """A road that vans are meant to drive, as drawn, imported or driven.

    The line of a route never changes once trips were planned on it: an edited route is a new row
    that ``replaces_id`` names, and the old one is archived, so that a past trip is judged by the
    line it was planned on.
    """

    __tablename__ = "route"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[dict[str, Any]]
    region_id: Mapped[UUID] = mapped_column(ForeignKey(Region.id))
    version: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("route.id"))
    geom: Mapped[WKBElement] = mapped_column(Geometry("LINESTRING", srid=4326, spatial_index=False))
    length_m: Mapped[float]
    corridor_m: Mapped[float] = mapped_column(default=300.0)
    source: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    archived_at: Mapped[datetime | None]
    stops: Mapped[list["Stop"]] = relationship(
        back_populates="route", lazy="raise", order_by="Stop.sequence"
    )
    __table_args__ = (
        CheckConstraint(HAS_NAMES, name="has_names"),
        CheckConstraint(one_of("source", RouteSource), name="source_known"),
        CheckConstraint("corridor_m BETWEEN 25 AND 5000", name="corridor_possible"),
        CheckConstraint("length_m > 0", name="length_positive"),
        Index("ix_route_geom", "geom", postgresql_using="gist"),
    )


class Stop(Base):
    """A village that a route serves. ``arrive_after_s`` counts from the trip's planned start."""

    __tablename__ = "stop"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    route_id: Mapped[UUID] = mapped_column(ForeignKey(Route.id, ondelete="CASCADE"))
    sequence: Mapped[int]
    name: Mapped[dict[str, Any]]
    village: Mapped[str]  # the address of its public page, /vans/{village}
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    radius_m: Mapped[float] = mapped_column(default=150.0)
    progress_m: Mapped[float]  # along the route's line
    arrive_after_s: Mapped[int]
    stay_s: Mapped[int]  # planned length of the visit
    served_after_s: Mapped[int] = mapped_column(default=900)  # a shorter stay did not serve it
    route: Mapped[Route] = relationship(back_populates="stops", lazy="raise")
    __table_args__ = (
        UniqueConstraint("route_id", "sequence"),
        CheckConstraint(HAS_NAMES, name="has_names"),
        CheckConstraint("sequence > 0", name="sequence_positive"),
        CheckConstraint("radius_m BETWEEN 50 AND 1000", name="radius_possible"),
        CheckConstraint("arrive_after_s >= 0 AND stay_s > 0", name="window_possible"),
        CheckConstraint("progress_m >= 0", name="progress_not_negative"),
        Index("ix_stop_geom", "geom", postgresql_using="gist"),
        Index("ix_stop_village", "village"),
    )


class CrewMember(Base):
    """A driver or a specialist who goes with vans."""

    __tablename__ = "crew_member"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    full_name: Mapped[str]
    role: Mapped[str]
    phone: Mapped[str | None]
    region_id: Mapped[UUID] = mapped_column(ForeignKey(Region.id))
    archived_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("role IN ('driver', 'specialist')", name="role_known"),)


class VisitTimetable(Base):
    """A van drives a route on these weekdays (1 = Monday … 7) from ``valid_from`` on.

    ``starts_at`` is local time in ``time_zone``. Trips are made from it ahead of their day.
    """

    __tablename__ = "visit_timetable"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    route_id: Mapped[UUID] = mapped_column(ForeignKey(Route.id))
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id))
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    every_weeks: Mapped[int] = mapped_column(default=1)  # counted from the week of valid_from
    starts_at: Mapped[time]
    time_zone: Mapped[str] = mapped_column(default="Asia/Almaty")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # the last day
    archived_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(
            "cardinality(weekdays) > 0 AND weekdays <@ ARRAY[1,2,3,4,5,6,7]::smallint[]",
            name="weekdays_known",
        ),
        CheckConstraint("every_weeks BETWEEN 1 AND 8", name="every_weeks_possible"),
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="valid_span"),
    )


class Trip(Base):
    """One drive of a van along a route on a day."""

    __tablename__ = "trip"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id))
    route_id: Mapped[UUID] = mapped_column(ForeignKey(Route.id))
    timetable_id: Mapped[UUID | None] = mapped_column(ForeignKey(VisitTimetable.id))
    service_date: Mapped[date]  # local day
    planned_start_at: Mapped[datetime]
    planned_end_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=TripState.PLANNED)
    started_at: Mapped[datetime | None]  # when the van really left, ended: came to the last stop
    ended_at: Mapped[datetime | None]
    progress_m: Mapped[float | None]
    judged_until: Mapped[datetime | None]  # the newest fix that the above knows
    cancelled_why: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    visits: Mapped[list["StopVisit"]] = relationship(
        back_populates="trip", lazy="raise", order_by="StopVisit.sequence"
    )
    __table_args__ = (
        UniqueConstraint("vehicle_id", "planned_start_at"),
        CheckConstraint(one_of("state", TripState), name="state_known"),
        CheckConstraint("planned_start_at < planned_end_at", name="starts_before_end"),
        Index("ix_trip_service_date", "service_date"),
        Index("ix_trip_vehicle_time", "vehicle_id", "planned_start_at"),
    )


class TripCrew(Base):
    """Who goes on a trip."""

    __tablename__ = "trip_crew"
    trip_id: Mapped[UUID] = mapped_column(ForeignKey(Trip.id, ondelete="CASCADE"), primary_key=True)
    crew_member_id: Mapped[UUID] = mapped_column(ForeignKey(CrewMember.id), primary_key=True)


class TimetableCrew(Base):
    """Who goes on the trips that are yet to be made from a timetable."""

    __tablename__ = "timetable_crew"
    timetable_id: Mapped[UUID] = mapped_column(
        ForeignKey(VisitTimetable.id, ondelete="CASCADE"), primary_key=True
    )
    crew_member_id: Mapped[UUID] = mapped_column(ForeignKey(CrewMember.id), primary_key=True)


class StopVisit(Base):
    """Plan against fact of one stop on one trip. ``inferred``: no fix was made inside it."""

    __tablename__ = "stop_visit"
    trip_id: Mapped[UUID] = mapped_column(ForeignKey(Trip.id, ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[UUID] = mapped_column(ForeignKey(Stop.id))
    planned_arrival_at: Mapped[datetime]
    planned_departure_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=StopVisitState.PLANNED)
    arrived_at: Mapped[datetime | None]
    departed_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]  # the estimate while it is on its way
    inferred: Mapped[bool] = mapped_column(default=False)
    people_served: Mapped[int | None]  # as the crew said
    trip: Mapped[Trip] = relationship(back_populates="visits", lazy="raise")
    stop: Mapped[Stop] = relationship(lazy="raise")
    __table_args__ = (
        CheckConstraint(one_of("state", StopVisitState), name="state_known"),
        CheckConstraint("planned_arrival_at < planned_departure_at", name="starts_before_end"),
        CheckConstraint("people_served >= 0", name="people_not_negative"),
        Index("ix_stop_visit_stop_id", "stop_id"),
    )


class Geofence(Base):
    """An area that vans are watched in: ``rule`` says what is told, ``calendar`` when.

    ``calendar`` is null for always, else {"weekdays": [1…7], "from": "09:00", "to": "18:00",
    "time_zone": …}. Space has hysteresis (``buffer_m`` outside the line), time too (``hold_s``).
    """

    __tablename__ = "geofence"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[dict[str, Any]]
    region_id: Mapped[UUID | None] = mapped_column(ForeignKey(Region.id))
    geom: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=4326, spatial_index=False))
    rule: Mapped[str]
    buffer_m: Mapped[float] = mapped_column(default=50.0)
    hold_s: Mapped[int] = mapped_column(default=60)
    calendar: Mapped[dict[str, Any] | None]
    made_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(HAS_NAMES, name="has_names"),
        CheckConstraint("rule IN ('stay_inside', 'stay_outside', 'note')", name="rule_known"),
        CheckConstraint("buffer_m >= 0 AND hold_s >= 0", name="hysteresis_possible"),
        Index("ix_geofence_geom", "geom", postgresql_using="gist"),
    )


class GeofenceVehicle(Base):
    """A fence holds for these vans; one without rows here holds for every van."""

    __tablename__ = "geofence_vehicle"
    geofence_id: Mapped[UUID] = mapped_column(
        ForeignKey(Geofence.id, ondelete="CASCADE"), primary_key=True
    )
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id), primary_key=True)


class VanPanel(Base):
    """A crew's phone that may speak for a van. Only the SHA-256 of its token is stored."""

    __tablename__ = "van_panel"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id))
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey(Operator.id))
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class VanReport(Base):
    """What a crew said on its panel. The panel makes ``id``, so a report re-sent is one row."""

    __tablename__ = "van_report"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey(Vehicle.id))
    panel_id: Mapped[UUID] = mapped_column(ForeignKey(VanPanel.id))
    trip_id: Mapped[UUID | None]
    sequence: Mapped[int | None]  # of the stop on the trip
    kind: Mapped[str]
    problem: Mapped[str | None]  # which, where the kind is problem
    people: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    happened_at: Mapped[datetime]  # by the phone's clock
    received_at: Mapped[datetime]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["trip_id", "sequence"],
            ["stop_visit.trip_id", "stop_visit.sequence"],
            ondelete="SET NULL",
        ),
        CheckConstraint(one_of("kind", ReportKind), name="kind_known"),
        CheckConstraint(one_of("problem", VanProblem), name="problem_known"),
        CheckConstraint("people >= 0", name="people_not_negative"),
        Index("ix_van_report_vehicle_time", "vehicle_id", "happened_at"),
        Index("ix_van_report_trip", "trip_id", "sequence"),
        Index("ix_van_report_happened_at", "happened_at"),
    )
