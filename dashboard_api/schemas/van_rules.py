"""What vans are judged by, and where they are known to fall silent."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dashboard_api.schemas.common import Incoming, Names
from dashboard_api.schemas.geofences import FenceHours
from models.van_rules import LEAST_S, MOST_S

Seconds = Annotated[int, Field(ge=LEAST_S, le=MOST_S)]
ZoneDecision = Literal["known", "ignored"]


class VanRules(Incoming):
    """Numbers of one van or of all; null takes the fleet's, there the product's own.

    Attributes:
        working_hours: who moves a van outside of them and of its trips does so without leave.
        late_s, early_s: from when on a van is late at a stop, or early.
        off_route_s: how long it has to be off its route until that is told.
        stay_s: how long it has to stand where nobody planned a stop.
        no_progress_s: how long it drives without getting on.
        lost_s: how long it is silent on its way; three report intervals where those are longer.
    """

    working_hours: FenceHours | None = None
    late_s: Seconds | None = None
    early_s: Seconds | None = None
    off_route_s: Seconds | None = None
    stay_s: Seconds | None = None
    no_progress_s: Seconds | None = None
    lost_s: Seconds | None = None


class OwnRules(BaseModel):
    vehicle_id: UUID
    rules: VanRules


class RulesOfVans(BaseModel):
    """``defaults`` are whole; ``fleet`` and ``vans`` hold only what differs."""

    defaults: VanRules
    fleet: VanRules
    vans: list[OwnRules]


class DeadZone(BaseModel):
    """A cell of the map where vans fall silent; ``name``: of the nearest place.

    It is known from three silences on, or because somebody said so.
    """

    cell: str
    name: Names
    south: float
    west: float
    side_deg: float
    silences: int
    longest_s: float
    last_at: datetime
    decision: ZoneDecision | None
    known: bool


class DeadZones(BaseModel):
    items: list[DeadZone]


class ZoneDecided(Incoming):
    """What a person says of a cell; null leaves it to what is counted."""

    decision: ZoneDecision | None
