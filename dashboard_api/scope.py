"""Region and ownership limits of a caller, as SQL conditions; deny is the default elsewhere too."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.permissions import Permission
from dashboard_api.sessions import Caller
from models.alert import Alert
from models.camera import Camera
from models.complaint import Complaint
from models.kit.errors import NotFound
from models.observations import RoleName
from models.office import Office, Region
from models.plan import Route
from models.vehicle import Vehicle

Condition = ColumnElement[bool]
Row = TypeVar("Row")


def _offices_of(region_id: UUID) -> Any:
    return select(Office.id).where(Office.region_id == region_id)


def offices(caller: Caller) -> Condition:
    return true() if caller.region_id is None else Office.region_id == caller.region_id


def cameras(caller: Caller) -> Condition:
    if caller.region_id is None:
        return true()
    return Camera.office_id.in_(_offices_of(caller.region_id))


def _of_the_centre() -> Condition:
    return Alert.office_id.is_(None) & Alert.vehicle_id.is_(None) & Alert.complaint_id.is_(None)


def alerts(caller: Caller) -> Condition:
    """A dispatcher sees alerts about vans only; everyone else those of the centre itself too."""
    seen: Condition = true()
    if caller.role is RoleName.DISPATCHER:
        seen = Alert.vehicle_id.is_not(None)
    if caller.region_id is None:
        return seen
    vans = select(Vehicle.id).where(Vehicle.region_id == caller.region_id)
    return seen & or_(
        _of_the_centre(),
        Alert.office_id.in_(_offices_of(caller.region_id)),
        Alert.vehicle_id.in_(vans),
    )


def complaints(caller: Caller) -> Condition:
    """A 1414 agent sees the complaints they registered."""
    seen: Condition = true()
    if not caller.may(Permission.COMPLAINTS_READ):
        seen = Complaint.registered_by == caller.operator_id
    if caller.region_id is None:
        return seen
    return seen & Complaint.office_id.in_(_offices_of(caller.region_id))


async def camera(session: AsyncSession, camera_id: UUID, caller: Caller) -> Camera:
    """Return the camera.

    Raises:
        NotFound: no such camera, or it is of another region.
    """
    query = select(Camera).where(Camera.id == camera_id, cameras(caller))
    return await _the(session, query, f"camera {camera_id}")


async def office(session: AsyncSession, office_id: UUID, caller: Caller) -> Office:
    query = select(Office).where(Office.id == office_id, offices(caller))
    return await _the(session, query, f"office {office_id}")


async def vehicle(session: AsyncSession, vehicle_id: UUID, caller: Caller) -> Vehicle:
    query = select(Vehicle).where(Vehicle.id == vehicle_id)
    if caller.region_id is not None:
        query = query.where(Vehicle.region_id == caller.region_id)
    return await _the(session, query, f"van {vehicle_id}")


async def route(session: AsyncSession, route_id: UUID, caller: Caller) -> Route:
    query = select(Route).where(Route.id == route_id)
    if caller.region_id is not None:
        query = query.where(Route.region_id == caller.region_id)
    return await _the(session, query, f"route {route_id}")


async def region(session: AsyncSession, region_id: UUID) -> Region:
    return await _the(session, select(Region).where(Region.id == region_id), f"region {region_id}")


async def alert(session: AsyncSession, alert_id: UUID, caller: Caller) -> Alert:
    query = select(Alert).where(Alert.id == alert_id, alerts(caller))
    return await _the(session, query, f"alert {alert_id}")


async def complaint(session: AsyncSession, complaint_id: UUID, caller: Caller) -> Complaint:
    query = select(Complaint).where(Complaint.id == complaint_id, complaints(caller))
    return await _the(session, query, f"complaint {complaint_id}")


async def _the(session: AsyncSession, query: Select[Row], name: str) -> Row:
    """Return the one row; what is of another region is told like what is not there."""
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no {name}")
    return found
