"""GET /map/{layer}.geojson: what the map draws under and over the vans."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse

from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.vehicles import FeatureCollection
from dashboard_api.sessions import Caller
from geo import map_layers
from models.kit.errors import Forbidden

router = APIRouter(tags=["map"])


class Layer(StrEnum):
    REGIONS = "regions"
    PLACES = "places"
    LAKES = "lakes"
    RIVERS = "rivers"
    COUNTRIES = "countries"
    OFFICES = "offices"
    VEHICLES = "vehicles"


_MOVING = frozenset({Layer.OFFICES, Layer.VEHICLES})


@router.get("/map/{layer}.geojson", response_model=FeatureCollection)
async def read_layer(
    layer: Layer,
    caller: Annotated[Caller, Depends(Requires(Permission.OFFICES_READ))],
    centre: Centre,
) -> JSONResponse:
    """GeoJSON (RFC 7946); the ground layers are part of the product and work offline."""
    if layer is Layer.VEHICLES and not caller.may(Permission.VANS_VIEW):
        raise Forbidden(f"Your role ({caller.role}) may not see vans")
    async with centre.database.read() as session:
        collection: dict[str, Any] = await map_layers.layer(session, layer, centre.clock)
    if layer is Layer.VEHICLES and caller.region_id is not None:
        own = str(caller.region_id)
        near = [f for f in collection["features"] if f["properties"]["region_id"] == own]
        collection = collection | {"features": near}
    kept = "no-store" if layer in _MOVING else "private, max-age=86400"
    return JSONResponse(
        collection, headers={"Cache-Control": kept}, media_type="application/geo+json"
    )
