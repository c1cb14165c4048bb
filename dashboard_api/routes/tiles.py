"""/map: heavy layers as vector tiles, and the installation's own ground."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import FileResponse, Response

from dashboard_api import scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.map_archive import fault
from dashboard_api.map_ground import BUILTIN_ATTRIBUTION, ground
from dashboard_api.permissions import Permission
from dashboard_api.routes.fleet import LONGEST_EXPORT
from dashboard_api.routes.vehicles import Viewer
from dashboard_api.schemas.common import Moment
from dashboard_api.schemas.fleet import MapGround
from dashboard_api.sessions import Caller
from dashboard_api.spans import refuse_bad_span
from geo.vector_tiles import DEEPEST, Tile, TileLayer, tile
from models.kit.errors import InvalidInput, NotFound

router = APIRouter(tags=["map"])
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_FOR_THE_PAST_S, _FOR_NOW_S = 86_400, 60
Zoom = Annotated[int, Path(ge=0, le=DEEPEST)]
Place = Annotated[int, Path(ge=0, lt=2**DEEPEST)]
MapViewer = Annotated[Caller, Depends(Requires(Permission.OFFICES_READ))]


def _square(z: Zoom, x: Place, y: Place) -> Tile:
    return Tile(z, x, y)


@router.get("/map/{layer}/{z}/{x}/{y}.mvt", response_class=Response)
async def read_tile(
    layer: TileLayer,
    square: Annotated[Tile, Depends(_square)],
    caller: Viewer,
    centre: Centre,
    *,
    starts_at: Annotated[Moment | None, Query(alias="from")] = None,
    ends_at: Annotated[Moment | None, Query(alias="to")] = None,
    vehicle_id: UUID | None = None,
) -> Response:
    """A Mapbox Vector Tile: planned routes, a van's track, or how often vans were where.

    What is wholly past does not change often, so browsers may keep it for a day.
    """
    kept_s = _FOR_NOW_S
    if layer is not TileLayer.ROUTES:
        if starts_at is None or ends_at is None:
            raise InvalidInput(f"The layer {layer} takes from and to", field="from")
        refuse_bad_span(starts_at, ends_at, LONGEST_EXPORT)
        kept_s = _FOR_THE_PAST_S if ends_at < centre.clock.now() else _FOR_NOW_S
    async with centre.database.read() as session:
        if layer is TileLayer.TRACK:
            if vehicle_id is None:
                raise InvalidInput("The layer track takes vehicle_id", field="vehicle_id")
            await scope.vehicle(session, vehicle_id, caller)
        content = await tile(
            session,
            layer,
            square,
            starts_at=starts_at,
            ends_at=ends_at,
            vehicle_id=vehicle_id,
            region_id=caller.region_id,
        )
    headers = {"Cache-Control": f"private, max-age={kept_s}", "Vary": "Cookie"}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.get("/map/ground")
async def read_ground(_caller: MapViewer, centre: Centre) -> MapGround:
    """What lies under the vans: the product's own ground unless a setting names other tiles."""
    chosen = ground(centre.settings.map_tiles_url)
    return MapGround(
        kind=chosen.kind,
        url=chosen.url,
        origins=list(chosen.origins),
        fault=None if chosen.file is None else fault(chosen.file),
        attribution=" · ".join(
            filter(None, [centre.settings.map_attribution, BUILTIN_ATTRIBUTION])
        ),
        max_zoom=chosen.max_zoom,
    )


@router.get("/map/ground.pmtiles", response_class=FileResponse)
async def read_ground_file(_caller: MapViewer, centre: Centre) -> FileResponse:
    """The installation's own PMTiles archive, in byte ranges."""
    chosen = ground(centre.settings.map_tiles_url)
    if chosen.file is None or not chosen.file.is_file():
        raise NotFound("This installation has no PMTiles file of its own")
    headers = {"Cache-Control": f"private, max-age={_FOR_THE_PAST_S}"}
    return FileResponse(chosen.file, media_type="application/octet-stream", headers=headers)
