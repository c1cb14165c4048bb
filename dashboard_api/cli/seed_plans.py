"""The demo's routes, timetables and trips: what its simulated vans drive, as a dispatcher plans it.

Idempotent: a van that has a timetable keeps what it has.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from geo.map_layers import place_names
from geo.plans.days import local_day
from geo.plans.making import make_trips
from geo.plans.routes import RouteDraft, StopDraft, store_route
from ingest.simulated import timetable
from ingest.simulated.fleet import FLEET, SimulatedVan, Waypoint
from models.kit.ids import new_id
from models.observations import RouteSource
from models.plan import CrewMember, TripCrew, VisitTimetable
from models.vehicle import Vehicle

ZONE = "Asia/Almaty"
CORRIDOR_M = 150.0
RADIUS_M = 300.0
_CREWS = (
    ("Асқар Жүнісов", "Мадина Ахметова"),
    ("Сергей Ким", "Айнұр Бектұрова"),
    ("Болат Сейітқали", "Ольга Иванова"),
    ("Ержан Төлегенов", "Гүлмира Тасова"),
    ("Қайрат Оспанов", "Динара Мұқанова"),
    ("Виктор Пак", "Жанна Ералиева"),
    ("Марат Әбенов", "Салтанат Ордабай"),
    ("Талғат Нұрпейіс", "Ирина Соколова"),
)


async def sow_plans(session: AsyncSession, now: datetime) -> None:
    """Put in what is missing, and the trips of the next days."""
    for number, van in enumerate(FLEET):
        vehicle = (
            await session.execute(select(Vehicle).where(Vehicle.plate == van.plate))
        ).scalar_one()
        known = await session.scalar(
            select(VisitTimetable.id).where(VisitTimetable.vehicle_id == vehicle.id).limit(1)
        )
        if known is None:
            home = van.stops[0]
            base = f"SRID=4326;POINT({home.longitude} {home.latitude})"
            await session.execute(update(Vehicle).where(Vehicle.id == vehicle.id).values(base=base))
            await _plan(session, van, number, vehicle, now)
            await _crew(session, number, vehicle, now)


async def _plan(
    session: AsyncSession, van: SimulatedVan, number: int, vehicle: Vehicle, now: datetime
) -> None:
    planned = timetable.route_of(van)
    route = await store_route(
        session,
        RouteDraft(
            name=_between(van.stops[0], van.stops[-1]),
            region_id=vehicle.region_id,
            line=planned.line,
            stops=[
                StopDraft(
                    name=place_names(stop.latitude, stop.longitude),
                    latitude=stop.latitude,
                    longitude=stop.longitude,
                    arrive_after_s=stop.arrive_after_s,
                    stay_s=stop.stay_s,
                    radius_m=RADIUS_M,
                    served_after_s=stop.served_after_s,
                )
                for stop in planned.stops
            ],
            source=RouteSource.DRIVEN,
            corridor_m=CORRIDOR_M,
        ),
        now,
    )
    session.add_all(
        VisitTimetable(
            route_id=route.id,
            vehicle_id=vehicle.id,
            weekdays=[1, 2, 3, 4, 5, 6, 7],
            starts_at=starts_at,
            time_zone=ZONE,
            valid_from=local_day(now, ZONE) - timedelta(days=1),  # a trip may be under way
        )
        for starts_at in timetable.departures_of(van, number).times()
    )
    await session.flush()


async def _crew(session: AsyncSession, number: int, vehicle: Vehicle, now: datetime) -> None:
    driver, specialist = _CREWS[number % len(_CREWS)]
    crew = [
        CrewMember(id=new_id(), full_name=name, role=role, region_id=vehicle.region_id)
        for name, role in ((driver, "driver"), (specialist, "specialist"))
    ]
    session.add_all(crew)
    await session.flush()
    tables = select(VisitTimetable.id).where(VisitTimetable.vehicle_id == vehicle.id)
    for made_from in (await session.execute(tables)).scalars().all():
        for trip_id in await make_trips(session, now, timetable_id=made_from):
            session.add_all(TripCrew(trip_id=trip_id, crew_member_id=one.id) for one in crew)
    await session.flush()


def _between(home: Waypoint, turn: Waypoint) -> dict[str, str]:
    there, back = (place_names(place.latitude, place.longitude) for place in (home, turn))
    return {language: f"{there[language]} – {back[language]}" for language in there}
