"""Layers that are too heavy for GeoJSON, as Mapbox Vector Tiles made by the database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.kit.errors import InvalidInput

DEEPEST = 18
_PIXELS = 2048  # a tile's width, in which a line finer than that is not seen
_CELLS = 128  # a tile's width in cells, in which the fixes of a day are counted
_BOUNDS = """
    WITH tile AS (SELECT ST_TileEnvelope(:z, :x, :y) AS square,
                         ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.05), 4326) AS around)
"""


def _coarse(line: str) -> str:
    """Return SQL for a line with only the corners that the tile can show: at zoom 4 one in ten."""
    return f"ST_Simplify({line}, (ST_XMax(tile.around) - ST_XMin(tile.around)) / {_PIXELS}, true)"


_ROUTES = text(f"""
    {_BOUNDS}
    SELECT ST_AsMVT(shape, 'routes', 4096, 'geom') FROM (
        SELECT CAST(r.id AS text) AS route_id, r.name ->> 'kk' AS kk, r.name ->> 'ru' AS ru,
               r.name ->> 'en' AS en, r.corridor_m,
               ST_AsMVTGeom(ST_Transform({_coarse("r.geom")}, 3857), tile.square) AS geom
        FROM route r, tile
        WHERE r.geom && tile.around AND r.archived_at IS NULL
          AND (CAST(:region_id AS uuid) IS NULL OR r.region_id = :region_id)
    ) shape WHERE geom IS NOT NULL
""")
_TRACK = text(f"""
    {_BOUNDS}
    SELECT ST_AsMVT(shape, 'track', 4096, 'geom') FROM (
        SELECT ST_AsMVTGeom(ST_Transform({_coarse("line.geom")}, 3857), tile.square) AS geom
        FROM (SELECT ST_MakeLine(p.geom ORDER BY p.fixed_at) AS geom FROM position p
              WHERE p.vehicle_id = :vehicle_id AND p.fixed_at >= :starts_at
                AND p.fixed_at < :ends_at AND cardinality(p.flags) = 0) line, tile
        WHERE line.geom && tile.around
    ) shape WHERE geom IS NOT NULL
""")
# Whole numbers are counted in half the time that points on a grid would take.
_FIXES = text(f"""
    {_BOUNDS}, grid AS (SELECT (ST_XMax(around) - ST_XMin(around)) / {_CELLS} AS cell FROM tile)
    SELECT ST_AsMVT(shape, 'fixes', 4096, 'geom') FROM (
        SELECT counted.fixes,
               ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(
                   (counted.east + 0.5) * grid.cell, (counted.north + 0.5) * grid.cell
               ), 4326), 3857), tile.square) AS geom
        FROM tile, grid, LATERAL (
            SELECT floor(ST_X(p.geom) / grid.cell)::int AS east,
                   floor(ST_Y(p.geom) / grid.cell)::int AS north, count(*)::int AS fixes
            FROM position p
            WHERE p.geom && tile.around AND p.fixed_at >= :starts_at AND p.fixed_at < :ends_at
              AND cardinality(p.flags) = 0
              AND (CAST(:region_id AS uuid) IS NULL OR p.vehicle_id IN
                   (SELECT id FROM vehicle WHERE region_id = :region_id))
            GROUP BY 1, 2) counted
    ) shape WHERE geom IS NOT NULL
""")


class TileLayer(StrEnum):
    """``FIXES`` counts where vans were; ``TRACK`` is one van's line; ``ROUTES`` are planned."""

    ROUTES = "routes"
    TRACK = "track"
    FIXES = "fixes"


_QUERIES = {TileLayer.ROUTES: _ROUTES, TileLayer.TRACK: _TRACK, TileLayer.FIXES: _FIXES}


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the web map.

    Raises:
        InvalidInput: there is no such square.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= DEEPEST or not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise InvalidInput(f"There is no tile {self.z}/{self.x}/{self.y}", field="z")


async def tile(
    session: AsyncSession,
    layer: TileLayer,
    where: Tile,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    vehicle_id: UUID | None = None,
    region_id: UUID | None = None,
) -> bytes:
    """Return a tile; empty where nothing is."""
    wanted: dict[str, object] = {"z": where.z, "x": where.x, "y": where.y, "region_id": region_id}
    if layer is not TileLayer.ROUTES:
        wanted |= {"starts_at": starts_at, "ends_at": ends_at}
    if layer is TileLayer.TRACK:
        wanted |= {"vehicle_id": vehicle_id}
        del wanted["region_id"]
    made: bytes | None = (await session.execute(_QUERIES[layer], wanted)).scalar_one()
    return bytes(made or b"")
