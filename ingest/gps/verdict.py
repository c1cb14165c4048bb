"""May a fix be trusted? Flags for each fix in the order of its van's time; pure."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ingest.gps.geodesy import distance_m
from models.observations import FixFlag, PositionFix

FUTURE_AFTER = timedelta(minutes=10)
ANCIENT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
WEAK_ACCURACY_M = 100.0
WEAK_HDOP = 5.0
WEAK_SATELLITES = 4
JUMP_KM_H = 200.0
JUMPS_TO_ACCEPT = 3  # that many jumps that agree with each other are the new place
_NOISE_M = 50.0  # two fixes a second apart may differ by this much without any speed


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a fix was."""

    fixed_at: datetime
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Trust:
    """What is believed of one van: its newest good place and jumps that may be a new one."""

    good: Place | None = None
    jumps: tuple[Place, ...] = ()


def judge(
    trust: Trust, fix: PositionFix, received_at: datetime
) -> tuple[Trust, tuple[FixFlag, ...]]:
    """Return the belief after this fix and its flags; no flag means good.

    A fix older than the newest good one is judged against it, but changes no belief.
    """
    flags = _own_flags(fix, received_at)
    if flags:
        return trust, flags
    place = Place(fix.fixed_at, fix.latitude, fix.longitude)
    late = trust.good is not None and place.fixed_at <= trust.good.fixed_at
    if trust.good is None or _reachable(trust.good, place):
        return (trust if late else Trust(good=place)), ()
    if late:
        return trust, (FixFlag.JUMP,)
    jumps = trust.jumps
    if jumps and place.fixed_at <= jumps[-1].fixed_at:
        return trust, (FixFlag.JUMP,)  # re-sent: it is no second witness
    jumps = (*jumps, place) if jumps and _reachable(jumps[-1], place) else (place,)
    if len(jumps) >= JUMPS_TO_ACCEPT:
        return Trust(good=place), ()
    return replace(trust, jumps=jumps), (FixFlag.JUMP,)


def _own_flags(fix: PositionFix, received_at: datetime) -> tuple[FixFlag, ...]:
    flags: list[FixFlag] = []
    if not fix.valid:
        flags.append(FixFlag.INVALID)
    if fix.latitude == 0 and fix.longitude == 0:
        flags.append(FixFlag.ZERO)
    if _weak(fix):
        flags.append(FixFlag.WEAK)
    if fix.fixed_at > received_at + FUTURE_AFTER:
        flags.append(FixFlag.FUTURE)
    if fix.fixed_at < ANCIENT_BEFORE:
        flags.append(FixFlag.ANCIENT)
    return tuple(flags)


def _weak(fix: PositionFix) -> bool:
    return (
        (fix.accuracy_m is not None and fix.accuracy_m > WEAK_ACCURACY_M)
        or (fix.hdop is not None and fix.hdop > WEAK_HDOP)
        or (fix.satellites is not None and fix.satellites < WEAK_SATELLITES)
    )


def _reachable(a: Place, b: Place) -> bool:
    apart_m = distance_m(a.latitude, a.longitude, b.latitude, b.longitude)
    seconds = abs((b.fixed_at - a.fixed_at).total_seconds())
    return apart_m - _NOISE_M <= JUMP_KM_H / 3.6 * seconds
