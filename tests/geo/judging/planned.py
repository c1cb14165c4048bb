"""A planned trip in the tables, as the pure plan says it; fixes through the real writer."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from geo.judgement.fixes import Fix
from geo.judgement.plan import TripPlan
from ingest.gps.rows import Row, insert_positions
from models.kit.database import Database
from models.kit.ids import new_id
from models.observations import FixFlag, PositionFix, RouteSource
from models.plan import Route, Stop, StopVisit, Trip
from tests.builders import build_region, build_vehicle, names
from tests.geo.judgement.drives import BASE


def at(t: float) -> datetime:
    return datetime.fromtimestamp(t, UTC)


async def build_trip(session: AsyncSession, vehicle_id: UUID, plan: TripPlan) -> UUID:
    """Store the plan's route, stops and trip; return the trip's id."""
    region_id = await build_region(session)
    points = ",".join(
        f"{longitude!r} {latitude!r}"
        for latitude, longitude in zip(plan.line.latitudes, plan.line.longitudes, strict=True)
    )
    route = Route(
        id=new_id(),
        name=names("route"),
        region_id=region_id,
        geom=f"SRID=4326;LINESTRING({points})",
        length_m=plan.line.length_m,
        corridor_m=plan.corridor_m,
        source=RouteSource.DRAWN,
        made_at=at(plan.starts),
    )
    session.add(route)
    await session.flush()
    trip = Trip(
        id=UUID(plan.id),
        vehicle_id=vehicle_id,
        route_id=route.id,
        service_date=date(2026, 3, 19),
        planned_start_at=at(plan.starts),
        planned_end_at=at(plan.ends),
    )
    session.add(trip)
    for stop in plan.stops:
        latitude, longitude = stop.place
        stored = Stop(
            id=new_id(),
            route_id=route.id,
            sequence=stop.sequence,
            name=names(f"village {stop.sequence}"),
            village=f"village-{stop.sequence}",
            geom=f"SRID=4326;POINT({longitude!r} {latitude!r})",
            radius_m=stop.radius_m,
            progress_m=stop.along_m,
            arrive_after_s=int(stop.arrival - plan.starts),
            stay_s=int(stop.departure - stop.arrival),
            served_after_s=int(stop.served_after_s),
        )
        session.add(stored)
        await session.flush()
        session.add(
            StopVisit(
                trip_id=trip.id,
                sequence=stop.sequence,
                stop_id=stored.id,
                planned_arrival_at=at(stop.arrival),
                planned_departure_at=at(stop.departure),
            )
        )
    await session.flush()
    return trip.id


async def build_planned_van(database: Database, *plans: TripPlan, plate: str = "001 AA 02") -> UUID:
    """Store a van with its base and trips; return its id."""
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session, plate=plate, identifier=plate)
        await session.execute(
            text("UPDATE vehicle SET base = ST_SetSRID(ST_MakePoint(:x, :y), 4326) WHERE id = :id"),
            {"x": BASE[1], "y": BASE[0], "id": vehicle_id},
        )
        for plan in plans:
            await build_trip(session, vehicle_id, plan)
    return vehicle_id


async def store(
    database: Database, vehicle_id: UUID, fixes: Sequence[Fix], received: float
) -> None:
    """Store fixes as one batch of the receiver."""
    rows = [
        Row(
            vehicle_id,
            PositionFix(
                "van",
                at(fix.t),
                fix.latitude,
                fix.longitude,
                speed_km_h=fix.speed_km_h,
                course_deg=fix.course_deg,
                accuracy_m=fix.accuracy_m,
                ignition=fix.ignition,
                external_power_v=fix.external_power_v,
            ),
            at(received),
            "test",
            () if fix.usable else (FixFlag.WEAK,),
        )
        for fix in sorted({fix.t: fix for fix in fixes}.values(), key=lambda fix: fix.t)
    ]
    async with database.transaction() as session:
        await insert_positions(session, rows)
