"""What a crew's phone shows: its van, its trips and what of its reports is still open."""

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas.panels import OpenReport, PanelTrip, PanelVehicle, VanHome
from geo.plans.trips import TripsWanted, find_trips
from models.alert import Alert
from models.observations import TripState
from models.plan import VanReport
from models.vehicle import Vehicle

ZONE = ZoneInfo("Asia/Almaty")
_OPEN_REPORTS = 20


async def home(session: AsyncSession, vehicle_id: UUID, now: datetime) -> VanHome:
    """Return what a panel shows; with tomorrow, for a morning without a network."""
    today = now.astimezone(ZONE).date()
    day = timedelta(days=1)
    van = await session.get_one(Vehicle, vehicle_id)
    trips = await find_trips(session, TripsWanted(today - day, today + day, vehicle_id=vehicle_id))
    return VanHome(
        now=now,
        vehicle=PanelVehicle.model_validate(van, from_attributes=True),
        trips=[
            PanelTrip.model_validate(
                asdict(trip) | {"route": {"id": trip.route_id, "name": trip.route_name}}
            )
            for trip in trips
            if trip.service_date >= today
            or trip.state == TripState.RUNNING
            or trip.planned_end_at > now
        ],
        open_reports=await _open_reports(session, vehicle_id),
    )


async def _open_reports(session: AsyncSession, vehicle_id: UUID) -> list[OpenReport]:
    query = (
        select(VanReport, Alert.state)
        .join(Alert, Alert.subject == func.concat("van_report:", cast(VanReport.id, String)))
        .where(Alert.vehicle_id == vehicle_id, Alert.resolved_at.is_(None))
        .order_by(VanReport.happened_at.desc(), VanReport.id)
        .limit(_OPEN_REPORTS)
    )
    return [
        OpenReport(
            id=report.id,
            kind=report.kind,
            problem=report.problem,
            note=report.note,
            happened_at=report.happened_at,
            state=state,
        )
        for report, state in await session.execute(query)
    ]
