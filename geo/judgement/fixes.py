"""A fix as judgement sees it, and whether it may be believed, in the order of time."""

import math
from dataclasses import dataclass

from geo.judgement.rules import (
    JUMP_KM_H,
    JUMP_NOISE_M,
    JUMPS_TO_ACCEPT,
    UNKNOWN_ACCURACY_M,
)
from ingest.gps.geodesy import EARTH_RADIUS_M

DEGREE_M = math.radians(EARTH_RADIUS_M)


@dataclass(slots=True)  # not frozen: that makes each of many thousand a second 2 µs dearer
class Fix:
    """One stored position, never changed; ``t`` is Unix seconds, angles are degrees.

    ``usable`` is False where the fix itself says that its place is not to be believed; its
    ignition and voltage are believed all the same.
    """

    t: float
    latitude: float
    longitude: float
    speed_km_h: float | None = None
    course_deg: float | None = None
    accuracy_m: float | None = None
    usable: bool = True
    ignition: bool | None = None
    external_power_v: float | None = None

    @property
    def error_m(self) -> float:
        """Return the accuracy; 0 and nothing mean that the device does not know."""
        return self.accuracy_m or UNKNOWN_ACCURACY_M


def apart_m(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float) -> float:
    """Return metres between points that are near each other: a tenth of a haversine's work."""
    north = (b_latitude - a_latitude) * DEGREE_M
    middle = math.radians((a_latitude + b_latitude) / 2)
    return math.hypot(north, (b_longitude - a_longitude) * DEGREE_M * math.cos(middle))


Spot = tuple[float, float, float]  # time, latitude, longitude


@dataclass(slots=True)
class Trust:
    """The newest believed place of a van, and jumps away from it that may be the new one."""

    good: Spot | None = None
    jumps: tuple[Spot, ...] = ()

    def believes(self, fix: Fix) -> bool:
        """Take in the next fix by time; return whether its place is believed."""
        spot = (fix.t, fix.latitude, fix.longitude)
        if self.good is None or _reachable(self.good, spot):
            self.good = spot
            if self.jumps:
                self.jumps = ()
            return True
        self.jumps = (
            (*self.jumps, spot) if self.jumps and _reachable(self.jumps[-1], spot) else (spot,)
        )
        if len(self.jumps) < JUMPS_TO_ACCEPT:
            return False
        self.good, self.jumps = spot, ()
        return True


def _reachable(a: Spot, b: Spot) -> bool:
    apart = apart_m(a[1], a[2], b[1], b[2])
    return apart - JUMP_NOISE_M <= JUMP_KM_H / 3.6 * (b[0] - a[0])
