"""Crews' phones: pairing, what they show, what they report."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from dashboard_api.schemas.common import Incoming, Line, Moment, NamedRef, Names, Problem
from dashboard_api.schemas.plans import Latitude, Longitude
from models.observations import ReportKind, StopVisitState, TripState, VanProblem


class VanPanel(BaseModel):
    id: UUID
    made_at: datetime
    made_by: str | None
    seen_at: datetime | None
    revoked_at: datetime | None


class PairedPanel(BaseModel):
    """``link`` is shown this once; ``qr`` is it as rows of 0 and 1 (dark), border included."""

    id: UUID
    link: str
    qr: list[str]


class PanelVehicle(BaseModel):
    id: UUID
    plate: str
    name: Names


class PanelVisit(BaseModel):
    sequence: int
    name: Names
    planned_arrival_at: datetime
    planned_departure_at: datetime
    state: StopVisitState
    arrived_at: datetime | None
    departed_at: datetime | None
    expected_at: datetime | None
    people_served: int | None


class PanelTrip(BaseModel):
    id: UUID
    route: NamedRef
    service_date: date
    planned_start_at: datetime
    planned_end_at: datetime
    state: TripState
    visits: list[PanelVisit]


class OpenReport(BaseModel):
    """A problem or call for help that nobody has resolved; ``state`` is that of its alert."""

    id: UUID
    kind: ReportKind
    problem: VanProblem | None
    note: str
    happened_at: datetime
    state: Literal["open", "acknowledged"]


class VanHome(BaseModel):
    """All that a panel shows; it keeps this for when it has no network.

    ``trips`` are those of yesterday that still run, of today and of tomorrow.
    """

    now: datetime
    vehicle: PanelVehicle
    trips: list[PanelTrip]
    open_reports: list[OpenReport]


class VanReportIn(Incoming):
    """What a crew says. ``people`` counts everybody served at the stop so far.

    ``vehicle_id`` is the van that it was said in: a phone that was paired anew meanwhile may
    still hold words of another one, which are refused.
    """

    id: UUID
    kind: ReportKind
    happened_at: Moment
    problem: VanProblem | None = None
    people: int | None = Field(None, ge=0, le=10_000)
    note: Line = ""
    vehicle_id: UUID | None = None
    trip_id: UUID | None = None
    sequence: int | None = Field(None, ge=1, le=1000)
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind is ReportKind.PEOPLE_SERVED and self.people is None:
            msg = "people_served needs people"
            raise ValueError(msg)
        if self.kind is ReportKind.PROBLEM and self.problem is None:
            msg = "problem needs problem: which it is"
            raise ValueError(msg)
        return self


class VanReportsIn(Incoming):
    """Reports in the order they were made, each a VanReportIn; a bad one costs only itself."""

    reports: list[dict[str, Any]] = Field(min_length=1, max_length=100)


class ReportAnswer(BaseModel):
    """``repeated``: taken in before. ``tied``: it belongs to a stop of one of the van's trips."""

    id: str | None
    accepted: bool
    repeated: bool = False
    tied: bool = False
    problem: Problem | None = None


class ReportAnswers(BaseModel):
    """One answer a report, in their order."""

    now: datetime
    results: list[ReportAnswer]


class PanelFix(Incoming):
    """Where a phone was; speed in m/s as phones measure it."""

    fixed_at: Moment
    latitude: Latitude
    longitude: Longitude
    accuracy_m: float | None = Field(None, ge=0)
    speed_m_s: float | None = Field(None, ge=0, le=200)
    course_deg: float | None = Field(None, ge=0, le=360)
    altitude_m: float | None = Field(None, ge=-1000, le=20_000)


class PanelFixesIn(Incoming):
    positions: list[PanelFix] = Field(min_length=1, max_length=500)


class PanelFixesTaken(BaseModel):
    now: datetime
    stored: int


class VanReport(BaseModel):
    """What a crew said, as dispatchers see it; ``stop`` is where it was about."""

    id: UUID
    vehicle_id: UUID
    plate: str
    trip_id: UUID | None
    sequence: int | None
    stop: Names | None
    kind: ReportKind
    problem: VanProblem | None
    people: int | None
    note: str
    happened_at: datetime
    received_at: datetime
    latitude: float | None
    longitude: float | None
