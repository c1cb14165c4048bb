"""How vision looks at a camera."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from dashboard_api.schemas.common import Incoming


class LookingIn(Incoming):
    """Null: as the product does by itself. ``score``: below it a box is no person."""

    looks_per_s: Annotated[float, Field(ge=0.1, le=5)] | None = None
    score: Annotated[float, Field(gt=0, lt=1)] | None = None


class LookingHealth(BaseModel):
    """How well a camera was looked at in the ten seconds before ``reported_at``.

    ``late_s`` is from a picture's arrival to its state, ``dropped`` counts looks that newer
    pictures pushed out, ``broken`` pictures that could not be decoded. ``whole``: all pictures are
    decoded, because key pictures, ``key_interval_s`` apart, are too few.
    """

    node: str
    reported_at: datetime
    looked_at: datetime | None
    looks_per_s: float
    late_s: float | None
    dropped: int
    broken: int
    key_interval_s: float | None
    whole: bool


class Looking(BaseModel):
    """What was set, and how it goes; ``health`` is null while no process looks at the camera."""

    looks_per_s: float | None
    score: float | None
    health: LookingHealth | None
