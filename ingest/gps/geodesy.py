"""Distances and directions on a sphere; pure, good to 0.5 % anywhere, which fixes never beat."""

import math

EARTH_RADIUS_M = 6_371_008.8


def distance_m(
    from_latitude: float, from_longitude: float, to_latitude: float, to_longitude: float
) -> float:
    """Return the great-circle distance of two WGS 84 points in metres."""
    from_phi, to_phi = math.radians(from_latitude), math.radians(to_latitude)
    half_phi = (to_phi - from_phi) / 2
    half_lambda = math.radians(to_longitude - from_longitude) / 2
    chord = (
        math.sin(half_phi) ** 2 + math.cos(from_phi) * math.cos(to_phi) * math.sin(half_lambda) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def bearing_deg(
    from_latitude: float, from_longitude: float, to_latitude: float, to_longitude: float
) -> float:
    """Return the initial direction to the second point: degrees clockwise from north, 0–360."""
    from_phi, to_phi = math.radians(from_latitude), math.radians(to_latitude)
    turn = math.radians(to_longitude - from_longitude)
    east = math.sin(turn) * math.cos(to_phi)
    north = math.cos(from_phi) * math.sin(to_phi) - math.sin(from_phi) * math.cos(
        to_phi
    ) * math.cos(turn)
    return math.degrees(math.atan2(east, north)) % 360


def offset(
    latitude: float, longitude: float, *, north_m: float, east_m: float
) -> tuple[float, float]:
    """Return (latitude, longitude) moved by metres; for distances far below the Earth's radius."""
    moved = latitude + math.degrees(north_m / EARTH_RADIUS_M)
    shrink = max(math.cos(math.radians(latitude)), 1e-9)
    return moved, longitude + math.degrees(east_m / (EARTH_RADIUS_M * shrink))
