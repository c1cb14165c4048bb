"""What a tracker measures on a journey and when it reaches the receivers; pure and seeded."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.gps.geodesy import distance_m, offset
from ingest.simulated.journeys import Journey, TrueSpan
from ingest.simulated.roads import GpsNoise, LatLon, Motion
from models.observations import PositionFix

PARKED_KM_H = 1.0
_POWER_V = 13.8
_SENT_EVERY_S = 0.1  # while a tracker empties its black box
_JUMP_M = 150.0  # mean of the outliers that reflections make
_LEAP_SHARE = 0.1  # of outliers are leaps of many kilometres
_LEAP_M = 40_000.0


@dataclass(frozen=True, slots=True)
class Tracker:
    """A device and its faults.

    Attributes:
        parked_interval_s: between reports while the van stands; it also reports when that changes.
        error_m: correlated error of the receiver.
        outliers: share of fixes far beside the van.
        clock_offset_s: how far its clock is ahead.
        power_cut: span in which the van's battery is cut off and only its own feeds it.
        reach_m: farther than this from every place with a mast it has no network.
        newest_first: how it empties its black box.
        repeated: share of fixes that it sends twice.
    """

    identifier: str
    report_interval_s: float = 30.0
    parked_interval_s: float = 120.0
    error_m: float = 5.0
    outliers: float = 0.001
    clock_offset_s: float = 0.0
    power_cut: TrueSpan | None = None
    reach_m: float = 15_000.0
    newest_first: bool = False
    repeated: float = 0.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A fix reached the receivers."""

    received_at: datetime
    fix: PositionFix


def measured_fix(
    motion: Motion,
    at: datetime,
    tracker: Tracker,
    noise: tuple[float, float],
    chance: random.Random,
) -> PositionFix:
    """Return what a receiver in the van says at a moment; ``noise`` is (north, east) metres."""
    latitude, longitude = offset(
        motion.latitude, motion.longitude, north_m=noise[0], east_m=noise[1]
    )
    parked = motion.speed_km_h < PARKED_KM_H
    at += timedelta(seconds=tracker.clock_offset_s)
    return PositionFix(
        device=tracker.identifier,
        fixed_at=at.replace(microsecond=at.microsecond // 1000 * 1000),
        latitude=latitude,
        longitude=longitude,
        speed_km_h=0.0 if parked else max(0.0, motion.speed_km_h + chance.gauss(0, 0.5)),
        course_deg=(motion.course_deg + chance.gauss(0, 2)) % 360,
        altitude_m=350 + chance.gauss(0, 8),
        accuracy_m=chance.uniform(3, 9),
        hdop=chance.uniform(0.7, 1.6),
        satellites=chance.randint(7, 14),
        ignition=not parked,
        external_power_v=_POWER_V + chance.gauss(0, 0.2),
    )


def measured_journey(
    journey: Journey,
    begins_at: datetime,
    tracker: Tracker,
    chance: random.Random,
    *,
    around_s: float = 900.0,
) -> list[PositionFix]:
    """Return the fixes of a journey and of the time ``around_s`` before and after it.

    ``begins_at`` is the planned start, to which the journey's seconds belong.
    """
    noise = GpsNoise(chance, tracker.error_m)
    fixes: list[PositionFix] = []
    second, last_s, parked_before = -around_s, -around_s, True
    while second <= journey.over_s + around_s:
        motion = journey.at(second)
        parked = motion.speed_km_h < PARKED_KM_H
        due = tracker.parked_interval_s if parked else tracker.report_interval_s
        if not fixes or second - last_s >= due or parked != parked_before:
            error = noise.after(second - last_s)
            if chance.random() < tracker.outliers:
                far_m = _LEAP_M if chance.random() < _LEAP_SHARE else _JUMP_M
                error = (chance.gauss(0, far_m), chance.gauss(0, far_m))
            at = begins_at + timedelta(seconds=second)
            fix = measured_fix(motion, at, tracker, error, chance)
            cut = tracker.power_cut
            if cut is not None and cut.from_s <= second <= cut.until_s:
                fix = replace(fix, external_power_v=0.0)
            towed = journey.towed
            if towed is not None and towed.from_s <= second < towed.until_s:
                fix = replace(fix, ignition=False)
            fixes.append(fix)
            last_s, parked_before = second, parked
        second += 1.0
    return fixes


def silences(
    journey: Journey, masts: Sequence[LatLon], reach_m: float, *, every_s: float = 20.0
) -> list[TrueSpan]:
    """Return when a van was too far from every mast to be heard, to within ``every_s``."""
    found: list[TrueSpan] = []
    begun: float | None = None
    second = 0.0
    while second <= journey.ends_s:
        motion = journey.at(second)
        nearest = min(distance_m(motion.latitude, motion.longitude, *mast) for mast in masts)
        if nearest > reach_m:
            begun = second if begun is None else begun
        elif begun is not None:
            found.append(TrueSpan(begun, second))
            begun = None
        second += every_s
    return found


def delivered(
    fixes: Sequence[PositionFix],
    begins_at: datetime,
    silent: Sequence[TrueSpan],
    tracker: Tracker,
    chance: random.Random,
) -> list[Arrival]:
    """Return the fixes in the order in which they reach the receivers, some of them twice."""
    return sorted(
        _sent(fixes, begins_at, silent, tracker, chance), key=lambda arrival: arrival.received_at
    )


def _sent(
    fixes: Sequence[PositionFix],
    begins_at: datetime,
    silent: Sequence[TrueSpan],
    tracker: Tracker,
    chance: random.Random,
) -> Iterator[Arrival]:
    ahead = timedelta(seconds=tracker.clock_offset_s)
    boxes: dict[TrueSpan, list[PositionFix]] = {}
    for fix in fixes:
        real_at = fix.fixed_at - ahead
        second = (real_at - begins_at).total_seconds()
        hole = next((one for one in silent if one.from_s <= second < one.until_s), None)
        if hole is not None:
            boxes.setdefault(hole, []).append(fix)
            continue
        heard_at = real_at + timedelta(seconds=chance.uniform(0.2, 2.0))
        yield Arrival(heard_at, fix)
        if chance.random() < tracker.repeated:
            yield Arrival(heard_at + timedelta(seconds=chance.uniform(1, 600)), fix)
    for hole, kept in boxes.items():
        ordered = kept[::-1] if tracker.newest_first else kept
        for number, fix in enumerate(ordered):
            since_s = hole.until_s + 2 + number * _SENT_EVERY_S
            yield Arrival(begins_at + timedelta(seconds=since_s), fix)
